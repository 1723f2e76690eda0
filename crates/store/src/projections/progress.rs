//! How far the projections have the journal, and which wallets wait for time.

use std::collections::HashSet;

use ledger::{Partition, Seq, Time, WalletId};

use super::{grants, holds};
use crate::error::Error;
use crate::query::Sql;
use crate::row::only;
use crate::tx::Tx;

const FIND: Sql = Sql::both(
    "projected.find",
    "SELECT seq
    FROM projected
    WHERE partition_id = $1",
);

const RAISE: Sql = Sql::both(
    "projected.raise",
    "INSERT INTO projected (partition_id, seq)
    VALUES ($1, $2)
    ON CONFLICT (partition_id)
    DO UPDATE SET seq = excluded.seq
    WHERE projected.seq < excluded.seq",
);

pub(super) const ALL: &[&Sql] = &[&FIND, &RAISE];

/// The last record that all rows have.
pub async fn projected(tx: &mut Tx) -> Result<Seq, Error> {
    let found = tx.opt(FIND.rows([Partition::FIRST.into()], only)).await?;
    Ok(found.unwrap_or(Seq::ZERO))
}

/// Raises it; it never falls.
pub async fn set_projected(tx: &mut Tx, seq: Seq) -> Result<(), Error> {
    let raised = tx.exec(RAISE.change([Partition::FIRST.into(), seq.into()])).await?;
    raised.at_most_one().map(drop)
}

/// Wallets with a hold or a grant whose expiry has come, longest due first.
pub async fn due_wallets(tx: &mut Tx, now: Time, limit: i64) -> Result<Vec<WalletId>, Error> {
    let mut due = tx.all(holds::due(now, limit)).await?;
    due.extend(tx.all(grants::due(now, limit)).await?);
    due.sort();
    let mut seen = HashSet::new();
    let wallets = due.into_iter().map(|(_, wallet)| wallet);
    let most = usize::try_from(limit).unwrap_or(0);
    Ok(wallets.filter(|wallet| seen.insert(*wallet)).take(most).collect())
}
