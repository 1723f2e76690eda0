//! What was given back of each transaction, in total.

use ledger::{Credits, Partition, Seq};

use crate::error::Error;
use crate::query::{Column, Sql};
use crate::row::only;
use crate::tx::Tx;

const FIND: Sql = Sql::both(
    "refunds.find",
    "SELECT refunded
    FROM refunds
    WHERE partition_id = $1 AND of_seq = $2",
);

const MAKE: Sql = Sql::bulk(
    "refunds.make",
    "refunds",
    &[
        Column::i64("partition_id"),
        Column::i64("of_seq"),
        Column::i64("refunded"),
        Column::i64("seq"),
    ],
    "ON CONFLICT (partition_id, of_seq)
    DO UPDATE SET refunded = excluded.refunded, seq = excluded.seq
    WHERE refunds.seq < excluded.seq",
);

pub(super) const ALL: &[&Sql] = &[&FIND, &MAKE];

/// What was given back of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefundRow {
    /// The spend or capture.
    pub of: Seq,
    /// Given back of it in total.
    pub refunded: Credits,
    /// The last refund.
    pub seq: Seq,
}

pub(super) async fn make(tx: &mut Tx, refunds: &[RefundRow]) -> Result<(), Error> {
    let rows = refunds.iter().map(|refund| {
        [Partition::FIRST.into(), refund.of.into(), refund.refunded.into(), refund.seq.into()]
    });
    // A row that is as late already is not hit.
    tx.bulk(&MAKE, rows).await.map(drop)
}

/// What was given back of a transaction, if anything was.
pub async fn find_refunded(tx: &mut Tx, of: Seq) -> Result<Option<Credits>, Error> {
    tx.opt(FIND.rows([Partition::FIRST.into(), of.into()], only)).await
}
