//! Rows of grants.

use ledger::{Grant, Partition};

use super::{Datum, Projection, Table, WholeRow, whole};
use crate::query::{Column, Sql};

const FROM: Sql = Sql::both(
    "grants.whole_from",
    "SELECT partition_id, made_seq, ordinal, wallet_id, source, amount, priority, effective_at,
        cost_micro_cents, cost_currency, created_at, remaining, held, expires_at, frozen_at,
        clawed, expired, seq
    FROM grants
    WHERE (partition_id, made_seq, ordinal) >= ($1, $2, $3)
    ORDER BY partition_id, made_seq, ordinal
    LIMIT $4",
);

const TAKE: Sql = Sql::both(
    "grants.whole_take",
    "DELETE FROM grants
    WHERE partition_id = $1 AND made_seq = $2 AND ordinal = $3
    RETURNING partition_id, made_seq, ordinal, wallet_id, source, amount, priority,
        effective_at, cost_micro_cents, cost_currency, created_at, remaining, held, expires_at,
        frozen_at, clawed, expired, seq",
);

const PUT: Sql = Sql::both(
    "grants.whole_put",
    "INSERT INTO grants (partition_id, made_seq, ordinal, wallet_id, source, amount, priority,
        effective_at, cost_micro_cents, cost_currency, created_at, remaining, held, expires_at,
        frozen_at, clawed, expired, seq)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
);

const COLUMNS: &[Column] = &[
    Column::i64("partition_id"),
    Column::i64("made_seq"),
    Column::i64("ordinal"),
    Column::i64("wallet_id"),
    Column::text("source"),
    Column::i64("amount"),
    Column::i64("priority"),
    Column::i64("effective_at"),
    Column::i64("cost_micro_cents"),
    Column::text("cost_currency"),
    Column::i64("created_at"),
    Column::i64("remaining"),
    Column::i64("held"),
    Column::i64("expires_at"),
    Column::i64("frozen_at"),
    Column::i64("clawed"),
    Column::i64("expired"),
    Column::i64("seq"),
];

/// Every grant, open or not.
pub static GRANTS: Projection = Projection {
    table: Table {
        name: "grants",
        columns: COLUMNS,
        first: &[Datum::I64(i64::MIN), Datum::I64(i64::MIN), Datum::I64(i64::MIN)],
        from: &FROM,
        read: whole::<18>,
    },
    take: &TAKE,
    put: &PUT,
};

/// The row of a grant.
pub fn grant(grant: &Grant) -> WholeRow {
    let (terms, state) = (&grant.terms, &grant.state);
    WholeRow::of([
        Partition::FIRST.into(),
        grant.id.seq.into(),
        grant.id.ordinal.into(),
        grant.wallet.into(),
        terms.source.as_str().into(),
        terms.amount.into(),
        terms.priority.into(),
        terms.effective_at.into(),
        terms.cost.map(|cost| cost.micro_cents).into(),
        terms.cost.as_ref().map(|cost| cost.currency.as_str()).into(),
        terms.created_at.into(),
        state.remaining.into(),
        state.held.into(),
        state.expires_at.into(),
        state.frozen_at.into(),
        state.clawed.into(),
        state.expired.into(),
        grant.seq.into(),
    ])
}
