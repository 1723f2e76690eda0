//! Whole tables, to carry a book from one database to another. Every column of
//! every table is here, but of those that the schema fills itself.
//!
//! Rows are carried as they are: what they say is for `verify`. This module must
//! not know where they come from or go to.

mod edits;
mod ledger;

use crate::error::Error;
use crate::query::{Column, Query, Rows, Sql};
use crate::row::{Row, only};
use crate::rows::{Datum, WholeRow};
use crate::tx::Tx;
use crate::value::Kind;

/// A table, its key's columns first.
#[derive(Debug)]
pub struct Table {
    name: &'static str,
    columns: &'static [Column],
    keys: usize,
    count: Sql,
    from: Sql,
    put: Sql,
}

/// `table! { "name", keys, kind column, … }`.
macro_rules! table {
    ($name:literal, $keys:literal, $($kind:ident $column:ident),+) => {{
        use $crate::query::{Column, Sql};
        const COLUMNS: &[Column] = &[$(Column::$kind(stringify!($column))),+];
        Table {
            name: $name,
            columns: COLUMNS,
            keys: $keys,
            count: Sql::both(
                concat!("copy.", $name, "_count"),
                concat!("SELECT COUNT(*)\nFROM ", $name),
            ),
            from: Sql::whole_from(concat!("copy.", $name, "_from"), $name, COLUMNS, $keys),
            put: Sql::bulk(concat!("copy.", $name, "_put"), $name, COLUMNS, ""),
        }
    }};
}
use table;

/// Every table, in the order in which a copy is made: the journal first, and at the
/// end [`last`].
pub fn tables() -> impl Iterator<Item = &'static Table> {
    first().chain(last())
}

/// Every table but [`last`].
pub fn first() -> impl Iterator<Item = &'static Table> {
    ledger::LEDGER.iter().chain(edits::EDITS)
}

/// What makes a database a book: written when all the rest is there.
pub fn last() -> impl Iterator<Item = &'static Table> {
    edits::LAST.iter()
}

/// The statements of this module, which are made by table.
pub fn statements() -> impl Iterator<Item = &'static Sql> {
    tables().flat_map(|table| [&table.count, &table.from, &table.put])
}

impl Table {
    /// Its name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Its columns, in the order of a row.
    pub fn columns(&self) -> &'static [Column] {
        self.columns
    }

    /// How many rows it has.
    pub fn count(&'static self) -> Query<'static, i64> {
        self.count.rows([], only)
    }

    /// Rows in the order of their key, at most so many: from a row on, which is the
    /// first of them, or from the beginning.
    pub fn rows_from(
        &'static self,
        row: Option<&WholeRow>,
        limit: i64,
    ) -> Query<'static, WholeRow> {
        let key = &self.columns[..self.keys];
        let mut args: Vec<_> = match row {
            Some(row) => row.data().iter().zip(key).map(|(d, c)| d.value(c.kind())).collect(),
            None => key.iter().map(|column| least(column.kind()).value(column.kind())).collect(),
        };
        args.push(limit.into());
        Query { sql: &self.from, args, each: None, read: whole }
    }

    /// Adds rows that are not there. Says how many it added, which are fewer where
    /// one of the ledger's is of a partition nobody has.
    pub async fn put(&'static self, tx: &mut Tx, rows: &[WholeRow]) -> Result<u64, Error> {
        let partition = self.columns.iter().position(Column::is_partition);
        let of = |row: &WholeRow| partition.and_then(|place| row.data().get(place).cloned());
        let mut count = 0;
        // One statement writes the rows of one partition.
        for rows in rows.chunk_by(|one, next| of(one) == of(next)) {
            let cells = rows.iter().flat_map(|row| row.data().iter().zip(self.columns));
            let cells = cells.map(|(datum, column)| datum.value(column.kind())).collect();
            count += tx.fill(&Rows::of_cells(&self.put, cells)).await?.rows();
        }
        Ok(count)
    }

    /// Whether its rows have numbers, which the engine may count up.
    fn has_numbers(&self) -> bool {
        (self.columns[0].name(), self.columns[0].kind()) == ("id", Kind::I64)
    }
}

/// Has ids go on behind the largest that was given.
pub async fn go_on_counting(tx: &mut Tx) -> Result<(), Error> {
    for table in tables().filter(|table| table.has_numbers()) {
        tx.go_on_counting(table.name).await?;
    }
    Ok(())
}

/// What sorts before every key.
const fn least(kind: Kind) -> Datum {
    match kind {
        Kind::I64 | Kind::Bool => Datum::I64(i64::MIN),
        Kind::Text => Datum::Text(String::new()),
        Kind::Bytes => Datum::Bytes(Vec::new()),
    }
}

/// Reads a row of any table.
fn whole(row: &mut Row<'_>) -> Result<WholeRow, Error> {
    let data: Result<Vec<Datum>, Error> = (0..row.columns()).map(|_| row.get()).collect();
    data.map(WholeRow::from_data)
}
