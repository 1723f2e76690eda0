//! Transactions a minute, for what is said of the last day.

use ledger::Partition;

use crate::error::Error;
use crate::query::{Change, Column, Query, Sql};
use crate::row::only;
use crate::tx::Tx;

const PASS: Sql = Sql::bulk(
    "minutes.pass",
    "minutes",
    &[Column::i64("partition_id"), Column::i64("minute"), Column::i64("transactions")],
    "ON CONFLICT (partition_id, minute)
    DO UPDATE SET transactions = minutes.transactions + excluded.transactions",
);

const FORGET: Sql = Sql::both(
    "minutes.forget",
    "DELETE FROM minutes
    WHERE partition_id = $1 AND minute < $2",
);

const COUNT_SINCE: Sql = Sql::both(
    "minutes.count_since",
    "SELECT CAST(COALESCE(SUM(transactions), 0) AS BIGINT)
    FROM minutes
    WHERE partition_id = $1 AND minute >= $2",
);

pub(super) const ALL: &[&Sql] = &[&PASS, &FORGET, &COUNT_SINCE];

/// Adds transactions to minutes, each named once.
pub async fn pass(tx: &mut Tx, minutes: &[(i64, i64)]) -> Result<(), Error> {
    let rows = minutes.iter().map(|(minute, transactions)| {
        [Partition::FIRST.into(), (*minute).into(), (*transactions).into()]
    });
    // Each row is written or the statement fails.
    tx.bulk(&PASS, rows).await.map(drop)
}

/// Forgets what was before a minute.
pub fn forget_before(minute: i64) -> Change<'static> {
    FORGET.change([Partition::FIRST.into(), minute.into()])
}

/// How many transactions there were in a minute and after it.
pub fn count_since(minute: i64) -> Query<'static, i64> {
    COUNT_SINCE.rows([Partition::FIRST.into(), minute.into()], only)
}
