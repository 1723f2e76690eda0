//! Reading a row: column after column, in the order of the SELECT list.
//!
//! What does not fit is an error that names the statement and the column; data
//! never panics. This module must not know what the columns mean.

use ledger::{Credits, Fingerprint, Hash, HoldId, KeyId, Partition, Seq, Text, Time, WalletId};

use crate::error::Error;

/// A row under the cursor of a statement. [`Row::get`] takes the next column.
pub struct Row<'r> {
    source: Source<'r>,
    statement: &'static str,
    next: usize,
}

/// Where the columns come from.
pub(crate) enum Source<'r> {
    /// A stepped SQLite statement.
    Sqlite(&'r rusqlite::Row<'r>),
    /// A row a server sent.
    Postgres(&'r tokio_postgres::Row),
}

/// A column's value as the engine gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell<'c> {
    /// NULL.
    Null,
    /// An integer.
    I64(i64),
    /// Text.
    Text(&'c str),
    /// Bytes.
    Bytes(&'c [u8]),
    /// A truth value; SQLite gives the integers 0 and 1 instead.
    Bool(bool),
}

impl<'r> Row<'r> {
    pub(crate) fn new(source: Source<'r>, statement: &'static str) -> Self {
        Self { source, statement, next: 0 }
    }

    /// The next column of the SELECT list.
    pub fn get<T: FromCell>(&mut self) -> Result<T, Error> {
        let index = self.next;
        self.next += 1;
        let read = match &self.source {
            Source::Sqlite(row) => sqlite_cell(row, index).map_or(Err("a value"), T::from_cell),
            Source::Postgres(row) => row.try_get(index).map_or(Err("a value"), T::from_cell),
        };
        read.map_err(|expected| self.mismatch(index, expected))
    }

    /// The next column, read by `parse`; `expected` says what it should hold.
    pub fn parse<T: FromCell, U>(
        &mut self,
        expected: &'static str,
        parse: impl FnOnce(T) -> Option<U>,
    ) -> Result<U, Error> {
        let index = self.next;
        let value = self.get()?;
        parse(value).ok_or_else(|| self.mismatch(index, expected))
    }

    /// The columns that are left, read by `read`; `None` where the next one is NULL, as
    /// all of them are where an outer join found no row.
    pub(crate) fn rest<T>(
        &mut self,
        read: fn(&mut Self) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        let first = self.next;
        if self.get::<Presence>()?.0 {
            self.next = first;
            return read(self).map(Some);
        }
        self.next = self.columns();
        Ok(None)
    }

    /// How many columns there are.
    pub(crate) fn columns(&self) -> usize {
        match &self.source {
            Source::Sqlite(row) => row.as_ref().column_count(),
            Source::Postgres(row) => row.len(),
        }
    }

    /// Every column was read: a SELECT list and its reader belong together.
    pub(crate) fn finish(&self) -> Result<(), Error> {
        let columns = self.columns();
        if self.next == columns {
            return Ok(());
        }
        Err(Error::Columns { statement: self.statement, read: self.next, columns })
    }

    fn mismatch(&self, index: usize, expected: &'static str) -> Error {
        let column = match &self.source {
            Source::Sqlite(row) => row.as_ref().column_name(index).ok(),
            Source::Postgres(row) => row.columns().get(index).map(tokio_postgres::Column::name),
        };
        let column = column.unwrap_or("beyond the last").to_owned();
        Error::Column { statement: self.statement, column, expected }
    }
}

/// Reads a row of one column.
pub(crate) fn only<T: FromCell>(row: &mut Row<'_>) -> Result<T, Error> {
    row.get()
}

/// Text that is not UTF-8 is bytes. `None` when the column does not exist.
fn sqlite_cell<'c>(row: &'c rusqlite::Row<'_>, index: usize) -> Option<Cell<'c>> {
    use rusqlite::types::ValueRef;
    match row.get_ref(index).ok()? {
        ValueRef::Null => Some(Cell::Null),
        ValueRef::Integer(number) => Some(Cell::I64(number)),
        ValueRef::Text(text) => {
            Some(std::str::from_utf8(text).map_or(Cell::Bytes(text), Cell::Text))
        }
        ValueRef::Blob(bytes) => Some(Cell::Bytes(bytes)),
        // No STRICT column of ours holds one.
        ValueRef::Real(_) => None,
    }
}

/// Whether a column has a value.
struct Presence(bool);

impl FromCell for Presence {
    fn from_cell(cell: Cell<'_>) -> Result<Self, &'static str> {
        Ok(Self(cell != Cell::Null))
    }
}

/// What a column can be read as. The error says what was expected.
pub trait FromCell: Sized {
    /// Reads the cell.
    fn from_cell(cell: Cell<'_>) -> Result<Self, &'static str>;
}

impl FromCell for i64 {
    fn from_cell(cell: Cell<'_>) -> Result<Self, &'static str> {
        match cell {
            Cell::I64(number) => Ok(number),
            _ => Err("an integer"),
        }
    }
}

impl FromCell for bool {
    fn from_cell(cell: Cell<'_>) -> Result<Self, &'static str> {
        match cell {
            Cell::Bool(truth) => Ok(truth),
            Cell::I64(0) => Ok(false),
            Cell::I64(1) => Ok(true),
            _ => Err("a truth value"),
        }
    }
}

impl FromCell for String {
    fn from_cell(cell: Cell<'_>) -> Result<Self, &'static str> {
        match cell {
            Cell::Text(text) => Ok(text.to_owned()),
            _ => Err("text"),
        }
    }
}

impl FromCell for Vec<u8> {
    fn from_cell(cell: Cell<'_>) -> Result<Self, &'static str> {
        match cell {
            Cell::Bytes(bytes) => Ok(bytes.to_vec()),
            _ => Err("bytes"),
        }
    }
}

impl<const N: usize> FromCell for [u8; N] {
    fn from_cell(cell: Cell<'_>) -> Result<Self, &'static str> {
        match cell {
            Cell::Bytes(bytes) => bytes.try_into().map_err(|_| "bytes of another length"),
            _ => Err("bytes"),
        }
    }
}

impl<T: FromCell> FromCell for Option<T> {
    fn from_cell(cell: Cell<'_>) -> Result<Self, &'static str> {
        match cell {
            Cell::Null => Ok(None),
            cell => T::from_cell(cell).map(Some),
        }
    }
}

impl FromCell for Text {
    fn from_cell(cell: Cell<'_>) -> Result<Self, &'static str> {
        match cell {
            Cell::Text(text) => Self::parse(text).map_err(|_| "1 to 255 characters"),
            _ => Err("text"),
        }
    }
}

/// Types around another that a cell can be read as.
macro_rules! wraps {
    ($($type:ty: $inner:ty => $from:expr;)*) => {$(
        impl FromCell for $type {
            fn from_cell(cell: Cell<'_>) -> Result<Self, &'static str> {
                <$inner>::from_cell(cell).map($from)
            }
        }
    )*};
}

wraps! {
    Time: i64 => Time::from_micros;
    Credits: i64 => Credits::from_micros;
    Partition: i64 => Partition::from_number;
    Seq: i64 => Seq::from_number;
    WalletId: i64 => WalletId::from_number;
    HoldId: Seq => HoldId;
    Hash: [u8; 32] => Hash;
    KeyId: [u8; 16] => KeyId;
    Fingerprint: [u8; 16] => Fingerprint;
}
