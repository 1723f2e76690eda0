//! The trial balance's lines, kept by a consumer of the journal: it writes them
//! together with its cursor, so that every record counts once. This module must
//! not know what an account is.

use ledger::{Partition, Totals, Turnover};

use crate::error::Error;
use crate::query::{Column, Sql};
use crate::row::Row;
use crate::tx::Tx;

const LIST: Sql = Sql::both(
    "totals.list",
    "SELECT line, debits, credits
    FROM totals
    WHERE partition_id = $1",
);

const PUT: Sql = Sql::bulk(
    "totals.put",
    "totals",
    &[
        Column::i64("partition_id"),
        Column::text("line"),
        Column::bytes("debits"),
        Column::bytes("credits"),
    ],
    "ON CONFLICT (partition_id, line)
    DO UPDATE SET debits = excluded.debits, credits = excluded.credits",
);

/// The statements of this module.
pub const ALL: &[&Sql] = &[&LIST, &PUT];

/// Every line.
pub async fn list(tx: &mut Tx) -> Result<Totals, Error> {
    let lines = tx.all(LIST.rows([Partition::FIRST.into()], read)).await?;
    Ok(Totals::from_lines(lines))
}

fn read(row: &mut Row<'_>) -> Result<(String, Turnover), Error> {
    let line = row.get()?;
    let turnover = Turnover {
        debits: i128::from_be_bytes(row.get()?),
        credits: i128::from_be_bytes(row.get()?),
    };
    Ok((line, turnover))
}

/// Writes the named lines as they are in `totals`.
pub async fn put<S>(tx: &mut Tx, totals: &Totals, names: &[S]) -> Result<(), Error>
where
    S: AsRef<str> + Sync,
{
    let named = |(line, _): &(&str, &Turnover)| names.iter().any(|name| name.as_ref() == *line);
    let rows = totals.lines().filter(named).map(|(line, turnover)| {
        [
            Partition::FIRST.into(),
            line.into(),
            turnover.debits.to_be_bytes().to_vec().into(),
            turnover.credits.to_be_bytes().to_vec().into(),
        ]
    });
    // Each row is written or the statement fails.
    tx.bulk(&PUT, rows).await.map(drop)
}
