//! How far each consumer has read the journal. Its rows and its cursor are
//! written in one transaction, so a record counts once. A long step is written in
//! parts, each with the cursor that says so. This module must not know what a
//! consumer does.

use ledger::{Partition, Seq};

use crate::query::{Change, Query, Sql};

const BEGIN: Sql = Sql::both(
    "cursors.begin",
    "INSERT INTO cursors (name, partition_id, seq)
    VALUES ($1, $2, $3)
    ON CONFLICT (name, partition_id) DO NOTHING",
);

const FIND: Sql = Sql::both(
    "cursors.find",
    "SELECT seq, upto, done
    FROM cursors
    WHERE name = $1 AND partition_id = $2",
);

const ADVANCE: Sql = Sql::both(
    "cursors.advance",
    "UPDATE cursors
    SET seq = $1, upto = 0, done = 0
    WHERE name = $2 AND partition_id = $3 AND seq = $4 AND seq < $1 AND upto IN (0, $1)
        AND done = $5",
);

const WRITE_PART: Sql = Sql::both(
    "cursors.write_part",
    "UPDATE cursors
    SET upto = $1, done = $2
    WHERE name = $3 AND partition_id = $4 AND seq = $5 AND seq < $1 AND upto IN (0, $1)
        AND done = $6 AND done < $2",
);

/// The statements of this module.
pub const ALL: &[&Sql] = &[&BEGIN, &FIND, &ADVANCE, &WRITE_PART];

/// Where a consumer is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// The last record that it has read, and all before.
    pub seq: Seq,
    /// The step behind that, where some of its parts are written.
    pub begun: Option<Begun>,
}

/// A step of which some parts are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Begun {
    /// The last record of the step.
    pub upto: Seq,
    /// The last part that is written. Above zero; parts count up.
    pub done: i64,
}

impl Cursor {
    /// The end of what it has read, in part or whole.
    pub fn end(&self) -> Seq {
        self.begun.map_or(self.seq, |begun| begun.upto)
    }

    /// The last part that is written of the step behind it.
    pub fn done(&self) -> i64 {
        self.begun.map_or(0, |begun| begun.done)
    }
}

/// Gives a consumer its cursor, unless it has one.
pub fn begin(name: &str, partition: Partition, seq: Seq) -> Change<'_> {
    BEGIN.change([name.into(), partition.into(), seq.into()])
}

/// Where a consumer is.
pub fn find(name: &str, partition: Partition) -> Query<'_, Cursor> {
    FIND.rows([name.into(), partition.into()], |row| {
        let (seq, upto, done) = (row.get()?, row.get()?, row.get()?);
        Ok(Cursor { seq, begun: (done > 0).then_some(Begun { upto, done }) })
    })
}

/// Moves a cursor behind a step whose last part is written now; hits no row if another
/// one moved it first, or began a step that goes elsewhere.
pub fn advance(name: &str, partition: Partition, from: Cursor, to: Seq) -> Change<'_> {
    let (seq, done) = (from.seq.into(), from.done().into());
    ADVANCE.change([to.into(), name.into(), partition.into(), seq, done])
}

/// Notes a part as written that isn't the last one; hits no row if another one moved the
/// cursor first, or began a step that goes elsewhere.
pub fn write_part(name: &str, partition: Partition, from: Cursor, begun: Begun) -> Change<'_> {
    let (seq, before) = (from.seq.into(), from.done().into());
    let Begun { upto, done } = begun;
    WRITE_PART.change([upto.into(), done.into(), name.into(), partition.into(), seq, before])
}
