//! A column's value as the engine has it, kept.

use std::borrow::Cow;
use std::fmt;

use crate::row::{Cell, FromCell};
use crate::value::{Kind, Value};

/// A column's value. Values of one kind sort as the engines sort them, but for texts,
/// which a server may sort otherwise.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Datum {
    /// NULL.
    Null,
    /// An integer.
    I64(i64),
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl Datum {
    /// The integer, if it is one.
    pub const fn number(&self) -> Option<i64> {
        match self {
            Self::I64(number) => Some(*number),
            _ => None,
        }
    }

    /// The bytes, if it is some.
    pub fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// As a parameter for a column of that kind.
    pub(crate) fn value(&self, kind: Kind) -> Value<'static> {
        match self {
            Self::Null => null(kind),
            Self::I64(number) if kind == Kind::Bool => Value::Bool(Some(*number != 0)),
            Self::I64(number) => Value::I64(Some(*number)),
            Self::Text(text) => Value::Text(Some(Cow::Owned(text.clone()))),
            Self::Bytes(bytes) => Value::Bytes(Some(Cow::Owned(bytes.clone()))),
        }
    }
}

const fn null(kind: Kind) -> Value<'static> {
    match kind {
        Kind::I64 => Value::I64(None),
        Kind::Text => Value::Text(None),
        Kind::Bytes => Value::Bytes(None),
        Kind::Bool => Value::Bool(None),
    }
}

impl FromCell for Datum {
    fn from_cell(cell: Cell<'_>) -> Result<Self, &'static str> {
        Ok(match cell {
            Cell::Null => Self::Null,
            Cell::I64(number) => Self::I64(number),
            Cell::Bool(truth) => Self::I64(i64::from(truth)),
            Cell::Text(text) => Self::Text(text.to_owned()),
            Cell::Bytes(bytes) => Self::Bytes(bytes.to_vec()),
        })
    }
}

impl From<Value<'_>> for Datum {
    fn from(value: Value<'_>) -> Self {
        match value {
            Value::I64(Some(number)) => Self::I64(number),
            Value::Bool(Some(truth)) => Self::I64(i64::from(truth)),
            Value::Text(Some(text)) => Self::Text(text.into_owned()),
            Value::Bytes(Some(bytes)) => Self::Bytes(bytes.into_owned()),
            Value::I64(None) | Value::Bool(None) | Value::Text(None) | Value::Bytes(None) => {
                Self::Null
            }
        }
    }
}

/// As a person reads it in a finding: text bare, bytes in hexadecimal.
impl fmt::Display for Datum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("NULL"),
            Self::I64(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(text),
            Self::Bytes(bytes) => bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}")),
        }
    }
}
