//! Rows of holds.

use ledger::{Hold, Partition, Reserve};

use super::{Datum, Projection, Table, WholeRow, whole};
use crate::query::{Column, Sql};

const FROM: Sql = Sql::both(
    "holds.whole_from",
    "SELECT partition_id, hold_id, wallet_id, parent_id, depth, on_expiry, over_capture,
        service, price_version, job, actor, created_at, amount, captured, captured_by_children,
        released, reserved_by_children, children_open, expires_at, status, settled_at, reserves,
        seq
    FROM holds
    WHERE (partition_id, hold_id) >= ($1, $2)
    ORDER BY partition_id, hold_id
    LIMIT $3",
);

const TAKE: Sql = Sql::both(
    "holds.whole_take",
    "DELETE FROM holds
    WHERE partition_id = $1 AND hold_id = $2
    RETURNING partition_id, hold_id, wallet_id, parent_id, depth, on_expiry, over_capture,
        service, price_version, job, actor, created_at, amount, captured, captured_by_children,
        released, reserved_by_children, children_open, expires_at, status, settled_at, reserves,
        seq",
);

const PUT: Sql = Sql::both(
    "holds.whole_put",
    "INSERT INTO holds (partition_id, hold_id, wallet_id, parent_id, depth, on_expiry,
        over_capture, service, price_version, job, actor, created_at, amount, captured,
        captured_by_children, released, reserved_by_children, children_open, expires_at, status,
        settled_at, reserves, seq)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
        $19, $20, $21, $22, $23)",
);

const COLUMNS: &[Column] = &[
    Column::i64("partition_id"),
    Column::i64("hold_id"),
    Column::i64("wallet_id"),
    Column::i64("parent_id"),
    Column::i64("depth"),
    Column::text("on_expiry"),
    Column::text("over_capture"),
    Column::text("service"),
    Column::i64("price_version"),
    Column::text("job"),
    Column::text("actor"),
    Column::i64("created_at"),
    Column::i64("amount"),
    Column::i64("captured"),
    Column::i64("captured_by_children"),
    Column::i64("released"),
    Column::i64("reserved_by_children"),
    Column::i64("children_open"),
    Column::i64("expires_at"),
    Column::text("status"),
    Column::i64("settled_at"),
    Column::bytes("reserves"),
    Column::i64("seq"),
];

/// Every hold, open or not.
pub static HOLDS: Projection = Projection {
    table: Table {
        name: "holds",
        columns: COLUMNS,
        first: &[Datum::I64(i64::MIN), Datum::I64(i64::MIN)],
        from: &FROM,
        read: whole::<23>,
    },
    take: &TAKE,
    put: &PUT,
};

/// The row of a hold.
pub fn hold(hold: &Hold) -> WholeRow {
    let (terms, state) = (&hold.terms, &hold.state);
    WholeRow::of([
        Partition::FIRST.into(),
        hold.id.into(),
        hold.wallet.into(),
        terms.parent.into(),
        terms.depth.into(),
        terms.on_expiry.as_str().into(),
        terms.over_capture.as_str().into(),
        terms.service.as_ref().into(),
        terms.price_version.into(),
        terms.job.as_ref().into(),
        terms.actor.to_string().into(),
        terms.created_at.into(),
        state.amount.into(),
        state.captured.into(),
        state.captured_by_children.into(),
        state.released.into(),
        state.reserved_by_children.into(),
        state.children_open.into(),
        state.expires_at.into(),
        state.status.as_str().into(),
        state.settled_at.into(),
        reserves(&state.reserves).into(),
        hold.seq.into(),
    ])
}

/// Three big-endian integers each.
fn reserves(reserves: &[Reserve]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(24 * reserves.len());
    for reserve in reserves {
        bytes.extend(reserve.grant.seq.number().to_be_bytes());
        bytes.extend(reserve.grant.ordinal.to_be_bytes());
        bytes.extend(reserve.amount.micros().to_be_bytes());
    }
    bytes
}
