//! Rows as they are, whole and unread: for `verify`, which compares them with
//! what they must be, and for `rebuild`, which replaces them.
//!
//! A row that makes no sense is a row here, and so is one of a partition nobody
//! has. What a row must be is written here a second time, apart from how
//! [`crate::projections`] writes it, so that a slip there is seen.

mod datum;
mod figures;
mod grants;
mod history;
mod holds;
mod keys;
mod record;
mod refunds;
mod repair;
mod wallets;

pub use datum::Datum;
pub use figures::{FIGURES, MINUTES, MONTHS, STANDINGS, figures, minute, month, standing};
pub use grants::{GRANTS, grant};
pub use history::{HISTORY, transaction};
pub use holds::{HOLDS, hold};
pub use keys::{KEYS, key};
pub use record::{HEADS, JOURNAL, PROJECTED, TOTALS, WORDS, head, line};
pub use refunds::{REFUNDS, refund};
pub use repair::{clear_totals, lower_projected, set_cursor};
pub use wallets::{WALLETS, wallet};

use crate::error::Error;
use crate::query::{Change, Column, Query, Sql};
use crate::row::Row;
use crate::value::{Kind, Value};

/// Every projection, each one's rows independent of the others'.
pub static PROJECTIONS: [&Projection; 6] = [&WALLETS, &GRANTS, &HOLDS, &KEYS, &HISTORY, &REFUNDS];

/// The statements of these modules.
pub(crate) fn statements() -> impl Iterator<Item = &'static Sql> {
    let projections = PROJECTIONS.into_iter().flat_map(|one| [one.table.from, one.take, one.put]);
    let records = [&JOURNAL, &HEADS, &WORDS, &PROJECTED, &TOTALS];
    let figures = [&STANDINGS, &MONTHS, &MINUTES, &FIGURES];
    let others = records.into_iter().chain(figures).map(|one| one.from);
    projections.chain(others).chain(repair::ALL.iter().copied())
}

/// A table, sorted by its key, whose columns come first.
#[derive(Debug)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    columns: &'static [Column],
    /// Before every key.
    first: &'static [Datum],
    from: &'static Sql,
    read: fn(&mut Row<'_>) -> Result<WholeRow, Error>,
}

/// A table folded from the journal. Its last column is `seq`.
#[derive(Debug)]
pub struct Projection {
    /// The table.
    pub table: Table,
    take: &'static Sql,
    put: &'static Sql,
}

/// A row, column by column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WholeRow(Vec<Datum>);

impl Table {
    /// Rows in the order of their key, from a key on or from the first.
    pub fn rows_from(&self, key: Option<&[Datum]>, limit: i64) -> Query<'static, WholeRow> {
        let mut args = self.values(key.unwrap_or(self.first));
        args.push(limit.into());
        Query { sql: self.from, args, each: None, read: self.read }
    }

    /// Whether an engine may have the rows in another order than that of
    /// [`Table::key`]: a server sorts texts by the rules it was set up with.
    pub fn is_keyed_by_text(&self) -> bool {
        self.columns[..self.first.len()].iter().any(|column| column.kind() == Kind::Text)
    }

    /// The key of a row.
    pub fn key<'r>(&self, row: &'r WholeRow) -> &'r [Datum] {
        &row.0[..self.first.len()]
    }

    /// The first column in which two rows differ.
    pub fn difference(&self, one: &WholeRow, other: &WholeRow) -> Option<&'static str> {
        let mut pairs = one.0.iter().zip(&other.0).zip(self.columns);
        pairs.find(|((one, other), _)| one != other).map(|(_, column)| column.name())
    }

    fn values(&self, data: &[Datum]) -> Vec<Value<'static>> {
        data.iter().zip(self.columns).map(|(datum, column)| datum.value(column.kind())).collect()
    }
}

impl Projection {
    /// Takes a row away; answers what it was.
    pub fn take(&self, key: &[Datum]) -> Query<'static, WholeRow> {
        Query { sql: self.take, args: self.table.values(key), each: None, read: self.table.read }
    }

    /// Adds a row that is not there.
    pub fn put(&self, row: &WholeRow) -> Change<'static> {
        Change { sql: self.put, args: self.table.values(&row.0) }
    }
}

impl WholeRow {
    fn of<const N: usize>(values: [Value<'_>; N]) -> Self {
        Self(values.into_iter().map(Datum::from).collect())
    }

    /// A row with these columns.
    pub fn from_data(data: Vec<Datum>) -> Self {
        Self(data)
    }

    /// Column by column.
    pub fn data(&self) -> &[Datum] {
        &self.0
    }

    /// Column by column, to keep.
    pub fn into_data(self) -> Vec<Datum> {
        self.0
    }

    /// The last record in a projection's row, if that is a number.
    pub fn seq(&self) -> Option<i64> {
        match self.0.last() {
            Some(Datum::I64(seq)) => Some(*seq),
            _ => None,
        }
    }
}

/// Reads a row of so many columns.
fn whole<const N: usize>(row: &mut Row<'_>) -> Result<WholeRow, Error> {
    let data: Result<Vec<Datum>, Error> = (0..N).map(|_| row.get()).collect();
    data.map(WholeRow)
}
