//! Values as the server's library takes and gives them.

use bytes::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type};

use crate::error::Cause;
use crate::query::{Rows, Sql};
use crate::row::Cell;
use crate::value::{Kind, Value};

/// What the server calls a kind.
pub(super) const fn scalar(kind: Kind) -> Type {
    match kind {
        Kind::I64 => Type::INT8,
        Kind::Text => Type::TEXT,
        Kind::Bytes => Type::BYTEA,
        Kind::Bool => Type::BOOL,
    }
}

const fn array(kind: Kind) -> Type {
    match kind {
        Kind::I64 => Type::INT8_ARRAY,
        Kind::Text => Type::TEXT_ARRAY,
        Kind::Bytes => Type::BYTEA_ARRAY,
        Kind::Bool => Type::BOOL_ARRAY,
    }
}

/// A value with what the server calls its kind.
pub(super) fn typed<'a>(value: &'a Value<'_>) -> (&'a (dyn ToSql + Sync), Type) {
    (value, scalar(value.kind()))
}

impl ToSql for Value<'_> {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Cause> {
        match self {
            Self::I64(value) => value.to_sql(&Type::INT8, out),
            Self::Text(value) => value.as_deref().to_sql(&Type::TEXT, out),
            Self::Bytes(value) => value.as_deref().to_sql(&Type::BYTEA, out),
            Self::Bool(value) => value.to_sql(&Type::BOOL, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn to_sql_checked(&self, expected: &Type, out: &mut BytesMut) -> Result<IsNull, Cause> {
        if *expected != scalar(self.kind()) {
            return Err(format!("{:?} is not a {expected}", self.kind()).into());
        }
        self.to_sql(expected, out)
    }
}

impl<'a> FromSql<'a> for Cell<'a> {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Cause> {
        Ok(match *kind {
            Type::INT8 => Self::I64(i64::from_sql(kind, raw)?),
            Type::INT4 => Self::I64(i32::from_sql(kind, raw)?.into()),
            Type::BOOL => Self::Bool(bool::from_sql(kind, raw)?),
            Type::BYTEA => Self::Bytes(raw),
            _ => Self::Text(<&str>::from_sql(kind, raw)?),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Cause> {
        Ok(Self::Null)
    }

    fn accepts(kind: &Type) -> bool {
        matches!(
            *kind,
            Type::INT8 | Type::INT4 | Type::BOOL | Type::BYTEA | Type::TEXT | Type::NAME
        )
    }
}

/// The arguments of a statement for many rows: one value or one array a column.
pub(super) struct Columns {
    pub(super) sql: &'static Sql,
    pub(super) types: Vec<Type>,
    values: Vec<Box<dyn ToSql + Send + Sync>>,
}

impl Columns {
    /// Turns rows into columns. All are of one partition, which is given once.
    pub(super) fn of(rows: &Rows<'_>) -> Self {
        let (mut types, mut values) = (Vec::new(), Vec::new());
        for (place, column) in rows.sql.columns().iter().enumerate() {
            let cells = rows.iter().map(|row| &row[place]);
            if column.is_partition() {
                types.push(scalar(column.kind()));
                values.push(partition(cells));
            } else {
                types.push(array(column.kind()));
                values.push(column_of(column.kind(), cells));
            }
        }
        Self { sql: rows.sql, types, values }
    }

    pub(super) fn arguments(&self) -> Vec<&(dyn ToSql + Sync)> {
        self.values.iter().map(|value| -> &(dyn ToSql + Sync) { &**value }).collect()
    }
}

fn partition<'c, 'v: 'c>(
    mut cells: impl Iterator<Item = &'c Value<'v>>,
) -> Box<dyn ToSql + Send + Sync> {
    let first = cells.next();
    assert!(cells.all(|cell| Some(cell) == first), "rows of one partition are written at once");
    Box::new(match first {
        Some(Value::I64(number)) => *number,
        _ => None,
    })
}

fn column_of<'c, 'v: 'c>(
    kind: Kind,
    cells: impl Iterator<Item = &'c Value<'v>>,
) -> Box<dyn ToSql + Send + Sync> {
    match kind {
        Kind::I64 => Box::new(cells.map(number).collect::<Vec<_>>()),
        Kind::Bool => Box::new(cells.map(truth).collect::<Vec<_>>()),
        Kind::Text => Box::new(cells.map(text).collect::<Vec<_>>()),
        Kind::Bytes => Box::new(cells.map(bytes).collect::<Vec<_>>()),
    }
}

fn number(cell: &Value<'_>) -> Option<i64> {
    if let Value::I64(number) = cell { *number } else { None }
}

fn truth(cell: &Value<'_>) -> Option<bool> {
    if let Value::Bool(truth) = cell { *truth } else { None }
}

fn text(cell: &Value<'_>) -> Option<String> {
    if let Value::Text(text) = cell { text.as_deref().map(str::to_owned) } else { None }
}

fn bytes(cell: &Value<'_>) -> Option<Vec<u8>> {
    if let Value::Bytes(bytes) = cell { bytes.as_deref().map(<[u8]>::to_vec) } else { None }
}
