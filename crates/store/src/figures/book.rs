//! The book as a whole: how many wallets there are, how they stand, and the
//! credits in all of them.

use ledger::Partition;

use crate::error::Error;
use crate::query::Sql;
use crate::row::Row;
use crate::tx::Tx;

const FIND: Sql = Sql::both(
    "figures.find",
    "SELECT wallets, with_credits, paused, suspended, credits
    FROM figures
    WHERE partition_id = $1",
);

const PUT: Sql = Sql::both(
    "figures.put",
    "INSERT INTO figures (partition_id, wallets, with_credits, paused, suspended, credits)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (partition_id)
    DO UPDATE SET wallets = excluded.wallets, with_credits = excluded.with_credits,
        paused = excluded.paused, suspended = excluded.suspended, credits = excluded.credits",
);

pub(super) const ALL: &[&Sql] = &[&FIND, &PUT];

/// The book as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Wallets.
    pub wallets: i64,
    /// Wallets with more than nothing in them.
    pub with_credits: i64,
    /// Wallets that are paused.
    pub paused: i64,
    /// Wallets that are suspended.
    pub suspended: i64,
    /// Micro-credits in all wallets.
    pub credits: i128,
}

fn read(row: &mut Row<'_>) -> Result<Figures, Error> {
    Ok(Figures {
        wallets: row.get()?,
        with_credits: row.get()?,
        paused: row.get()?,
        suspended: row.get()?,
        credits: i128::from_be_bytes(row.get()?),
    })
}

/// As far as they are counted.
pub async fn find(tx: &mut Tx) -> Result<Figures, Error> {
    let found = tx.opt(FIND.rows([Partition::FIRST.into()], read)).await?;
    Ok(found.unwrap_or_default())
}

/// Writes them.
pub async fn put(tx: &mut Tx, figures: &Figures) -> Result<(), Error> {
    let put = PUT.change([
        Partition::FIRST.into(),
        figures.wallets.into(),
        figures.with_credits.into(),
        figures.paused.into(),
        figures.suspended.into(),
        figures.credits.to_be_bytes().to_vec().into(),
    ]);
    tx.exec(put).await?.expect_one()
}
