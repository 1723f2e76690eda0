//! Rows of what was given back.

use ledger::Partition;

use super::{Datum, Projection, Table, WholeRow, whole};
use crate::projections::RefundRow;
use crate::query::{Column, Sql};

const FROM: Sql = Sql::both(
    "refunds.whole_from",
    "SELECT partition_id, of_seq, refunded, seq
    FROM refunds
    WHERE (partition_id, of_seq) >= ($1, $2)
    ORDER BY partition_id, of_seq
    LIMIT $3",
);

const TAKE: Sql = Sql::both(
    "refunds.whole_take",
    "DELETE FROM refunds
    WHERE partition_id = $1 AND of_seq = $2
    RETURNING partition_id, of_seq, refunded, seq",
);

const PUT: Sql = Sql::both(
    "refunds.whole_put",
    "INSERT INTO refunds (partition_id, of_seq, refunded, seq)
    VALUES ($1, $2, $3, $4)",
);

const COLUMNS: &[Column] = &[
    Column::i64("partition_id"),
    Column::i64("of_seq"),
    Column::i64("refunded"),
    Column::i64("seq"),
];

/// What was given back of each transaction.
pub static REFUNDS: Projection = Projection {
    table: Table {
        name: "refunds",
        columns: COLUMNS,
        first: &[Datum::I64(i64::MIN), Datum::I64(i64::MIN)],
        from: &FROM,
        read: whole::<4>,
    },
    take: &TAKE,
    put: &PUT,
};

/// The row of what was given back of a transaction.
pub fn refund(refund: RefundRow) -> WholeRow {
    WholeRow::of([
        Partition::FIRST.into(),
        refund.of.into(),
        refund.refunded.into(),
        refund.seq.into(),
    ])
}
