//! Rows of wallets.

use ledger::{Owner, Partition, Wallet};

use super::{Datum, Projection, Table, WholeRow, whole};
use crate::query::{Column, Sql};

const FROM: Sql = Sql::both(
    "wallets.whole_from",
    "SELECT partition_id, wallet_id, owner_kind, owner_id, unit, opened_at, status, posted,
        held, frozen, debt, account_seq, seq
    FROM wallets
    WHERE (partition_id, wallet_id) >= ($1, $2)
    ORDER BY partition_id, wallet_id
    LIMIT $3",
);

const TAKE: Sql = Sql::both(
    "wallets.whole_take",
    "DELETE FROM wallets
    WHERE partition_id = $1 AND wallet_id = $2
    RETURNING partition_id, wallet_id, owner_kind, owner_id, unit, opened_at, status, posted,
        held, frozen, debt, account_seq, seq",
);

const PUT: Sql = Sql::both(
    "wallets.whole_put",
    "INSERT INTO wallets (partition_id, wallet_id, owner_kind, owner_id, unit, opened_at,
        status, posted, held, frozen, debt, account_seq, seq)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
);

const COLUMNS: &[Column] = &[
    Column::i64("partition_id"),
    Column::i64("wallet_id"),
    Column::text("owner_kind"),
    Column::i64("owner_id"),
    Column::text("unit"),
    Column::i64("opened_at"),
    Column::text("status"),
    Column::i64("posted"),
    Column::i64("held"),
    Column::i64("frozen"),
    Column::i64("debt"),
    Column::i64("account_seq"),
    Column::i64("seq"),
];

/// The wallets, without what is in them.
pub static WALLETS: Projection = Projection {
    table: Table {
        name: "wallets",
        columns: COLUMNS,
        first: &[Datum::I64(i64::MIN), Datum::I64(i64::MIN)],
        from: &FROM,
        read: whole::<13>,
    },
    take: &TAKE,
    put: &PUT,
};

/// The row of a wallet.
pub fn wallet(wallet: &Wallet) -> WholeRow {
    let (kind, owner) = match wallet.owner {
        Owner::User(id) => ("user", id),
    };
    let figures = &wallet.balances;
    WholeRow::of([
        Partition::FIRST.into(),
        wallet.id.into(),
        kind.into(),
        owner.into(),
        (&wallet.unit).into(),
        wallet.opened_at.into(),
        figures.status.as_str().into(),
        figures.posted.into(),
        figures.held.into(),
        figures.frozen.into(),
        figures.debt.into(),
        figures.account_seq.into(),
        wallet.seq.into(),
    ])
}
