//! What only a repair does.

use ledger::{Partition, Seq};

use crate::query::{Change, Sql};

const LOWER: Sql = Sql::both(
    "projected.lower",
    "UPDATE projected
    SET seq = $1
    WHERE partition_id = $2 AND seq > $1",
);

pub(super) const ALL: &[&Sql] = &[&LOWER];

/// Takes back a claim that the projections are further than the journal.
pub fn lower_projected(seq: Seq) -> Change<'static> {
    LOWER.change([seq.into(), Partition::FIRST.into()])
}
