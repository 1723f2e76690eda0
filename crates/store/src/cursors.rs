//! How far each consumer has read the journal. Its rows and its cursor are
//! written in one transaction, so a record counts once. This module must not
//! know what a consumer does.

use ledger::{Partition, Seq};

use crate::query::{Change, Query, Sql};
use crate::row::only;

const BEGIN: Sql = Sql::both(
    "cursors.begin",
    "INSERT INTO cursors (name, partition_id, seq)
    VALUES ($1, $2, $3)
    ON CONFLICT (name, partition_id) DO NOTHING",
);

const FIND: Sql = Sql::both(
    "cursors.find",
    "SELECT seq
    FROM cursors
    WHERE name = $1 AND partition_id = $2",
);

const ADVANCE: Sql = Sql::both(
    "cursors.advance",
    "UPDATE cursors
    SET seq = $1
    WHERE name = $2 AND partition_id = $3 AND seq = $4 AND seq < $1",
);

/// The statements of this module.
pub const ALL: &[&Sql] = &[&BEGIN, &FIND, &ADVANCE];

/// A step of a consumer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The last record it had read.
    pub from: Seq,
    /// The last record it has read now.
    pub to: Seq,
}

/// Gives a consumer its cursor, unless it has one.
pub fn begin(name: &str, partition: Partition, seq: Seq) -> Change<'_> {
    BEGIN.change([name.into(), partition.into(), seq.into()])
}

/// The last record a consumer has read.
pub fn find(name: &str, partition: Partition) -> Query<'_, Seq> {
    FIND.rows([name.into(), partition.into()], only)
}

/// Moves a cursor forward; hits no row if another one moved it first.
pub fn advance(name: &str, partition: Partition, step: Step) -> Change<'_> {
    ADVANCE.change([step.to.into(), name.into(), partition.into(), step.from.into()])
}
