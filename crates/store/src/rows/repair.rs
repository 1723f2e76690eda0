//! What only a repair does: taking back what a consumer or the projector claims.

use ledger::{Partition, Seq};

use crate::query::{Change, Sql};

const LOWER: Sql = Sql::both(
    "projected.lower",
    "UPDATE projected
    SET seq = $1
    WHERE partition_id = $2 AND seq > $1",
);

const CLEAR_TOTALS: Sql = Sql::both(
    "totals.clear",
    "DELETE FROM totals
    WHERE partition_id = $1",
);

const SET_CURSOR: Sql = Sql::both(
    "cursors.set",
    "UPDATE cursors
    SET seq = $1, upto = 0, done = 0
    WHERE name = $2 AND partition_id = $3",
);

pub(super) const ALL: &[&Sql] = &[&LOWER, &CLEAR_TOTALS, &SET_CURSOR];

/// Takes back a claim that the projections are further than that.
pub fn lower_projected(seq: Seq) -> Change<'static> {
    LOWER.change([seq.into(), Partition::FIRST.into()])
}

/// Removes the lines of the trial balance, to be written anew.
pub fn clear_totals() -> Change<'static> {
    CLEAR_TOTALS.change([Partition::FIRST.into()])
}

/// Moves a consumer's cursor, even back, in the transaction that makes its rows
/// fit. No step is begun then.
pub fn set_cursor(name: &str, seq: Seq) -> Change<'_> {
    SET_CURSOR.change([seq.into(), name.into(), Partition::FIRST.into()])
}
