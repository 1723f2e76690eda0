//! What a statement's parameters are made of: four kinds, each nullable.
//!
//! Times, credits and ids become integers here; what they mean stays with
//! their types. This module must not know an engine.

use std::borrow::Cow;

use ledger::{Credits, Fingerprint, Hash, HoldId, KeyId, Partition, Seq, Time, WalletId};

/// The kinds a column or parameter can have, the same on both engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A 64-bit signed integer.
    I64,
    /// Unicode text without NUL.
    Text,
    /// Bytes.
    Bytes,
    /// True or false.
    Bool,
}

/// One parameter. `None` is NULL, of the kind the variant says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// A 64-bit signed integer.
    I64(Option<i64>),
    /// Unicode text without NUL.
    Text(Option<Cow<'a, str>>),
    /// Bytes.
    Bytes(Option<Cow<'a, [u8]>>),
    /// True or false.
    Bool(Option<bool>),
}

impl Value<'_> {
    /// The kind, NULL or not.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::I64(_) => Kind::I64,
            Self::Text(_) => Kind::Text,
            Self::Bytes(_) => Kind::Bytes,
            Self::Bool(_) => Kind::Bool,
        }
    }

    /// The same, with what it holds as its own.
    pub(crate) fn into_owned(self) -> Value<'static> {
        match self {
            Self::I64(value) => Value::I64(value),
            Self::Text(value) => Value::Text(value.map(|text| Cow::Owned(text.into_owned()))),
            Self::Bytes(value) => Value::Bytes(value.map(|bytes| Cow::Owned(bytes.into_owned()))),
            Self::Bool(value) => Value::Bool(value),
        }
    }
}

/// `$type` and `Option<$type>` become `Value::$kind` through `$convert`.
macro_rules! becomes {
    ($($type:ty => $kind:ident($convert:expr);)*) => {$(
        impl<'a> From<$type> for Value<'a> {
            fn from(value: $type) -> Self {
                Self::$kind(Some($convert(value)))
            }
        }
        impl<'a> From<Option<$type>> for Value<'a> {
            fn from(value: Option<$type>) -> Self {
                Self::$kind(value.map($convert))
            }
        }
    )*};
}

becomes! {
    i64 => I64(|value| value);
    Time => I64(Time::micros);
    Credits => I64(Credits::micros);
    Partition => I64(Partition::number);
    Seq => I64(Seq::number);
    WalletId => I64(WalletId::number);
    HoldId => I64(|id: HoldId| id.0.number());
    bool => Bool(|value| value);
    &'a ledger::Text => Text(|text: &'a ledger::Text| Cow::Borrowed(text.as_str()));
    &'a Hash => Bytes(|hash: &'a Hash| Cow::Borrowed(hash.0.as_slice()));
    &'a KeyId => Bytes(|key: &'a KeyId| Cow::Borrowed(key.0.as_slice()));
    &'a Fingerprint => Bytes(|print: &'a Fingerprint| Cow::Borrowed(print.0.as_slice()));
    &'a str => Text(Cow::Borrowed);
    String => Text(Cow::Owned);
    &'a [u8] => Bytes(Cow::Borrowed);
    Vec<u8> => Bytes(Cow::Owned);
}

impl<'a, const N: usize> From<&'a [u8; N]> for Value<'a> {
    fn from(value: &'a [u8; N]) -> Self {
        Self::Bytes(Some(Cow::Borrowed(value)))
    }
}
