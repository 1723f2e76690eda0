//! Which part of a list is asked for.

use ledger::Time;

use crate::error::Error;
use crate::row::Row;

/// A page of a list: so many rows after so many others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// At most this many rows.
    pub limit: i64,
    /// Behind this many.
    pub offset: i64,
}

impl Page {
    /// The page with that number, from 1, of `size` rows each.
    pub const fn numbered(number: i64, size: i64) -> Self {
        Self { limit: size, offset: number.saturating_sub(1).saturating_mul(size) }
    }
}

/// A row's place among those that wait, by how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Since when.
    pub at: Time,
    /// The row.
    pub id: i64,
}

impl Place {
    /// Before every row.
    pub const START: Self = Self { at: Time::from_micros(i64::MIN), id: i64::MIN };

    pub(crate) fn read(row: &mut Row<'_>) -> Result<Self, Error> {
        Ok(Self { at: row.get()?, id: row.get()? })
    }
}
