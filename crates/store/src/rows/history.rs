//! Rows of the index of transactions by wallet.

use ledger::{Partition, WalletId};

use super::{Datum, Projection, Table, WholeRow, whole};
use crate::projections::HistoryRow;
use crate::query::{Column, Sql};

const FROM: Sql = Sql::both(
    "history.whole_from",
    "SELECT partition_id, wallet_id, account_seq, kind, at, amount, seq
    FROM history
    WHERE (partition_id, wallet_id, account_seq) >= ($1, $2, $3)
    ORDER BY partition_id, wallet_id, account_seq
    LIMIT $4",
);

const TAKE: Sql = Sql::both(
    "history.whole_take",
    "DELETE FROM history
    WHERE partition_id = $1 AND wallet_id = $2 AND account_seq = $3
    RETURNING partition_id, wallet_id, account_seq, kind, at, amount, seq",
);

const PUT: Sql = Sql::both(
    "history.whole_put",
    "INSERT INTO history (partition_id, wallet_id, account_seq, kind, at, amount, seq)
    VALUES ($1, $2, $3, $4, $5, $6, $7)",
);

const COLUMNS: &[Column] = &[
    Column::i64("partition_id"),
    Column::i64("wallet_id"),
    Column::i64("account_seq"),
    Column::text("kind"),
    Column::i64("at"),
    Column::i64("amount"),
    Column::i64("seq"),
];

/// Transactions by wallet.
pub static HISTORY: Projection = Projection {
    table: Table {
        name: "history",
        columns: COLUMNS,
        first: &[Datum::I64(i64::MIN), Datum::I64(i64::MIN), Datum::I64(i64::MIN)],
        from: &FROM,
        read: whole::<7>,
    },
    take: &TAKE,
    put: &PUT,
};

/// The row of a wallet's transaction.
pub fn transaction(wallet: WalletId, row: &HistoryRow) -> WholeRow {
    WholeRow::of([
        Partition::FIRST.into(),
        wallet.into(),
        row.account_seq.into(),
        row.kind.as_str().into(),
        row.at.into(),
        row.amount.into(),
        row.seq.into(),
    ])
}
