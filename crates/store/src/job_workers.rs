//! Who does jobs, and that they live. This module must not know how long a beat may
//! stand still.

use crate::query::{Change, Query, Sql};

const BEGIN: Sql = Sql::both(
    "job_workers.begin",
    "INSERT INTO job_workers (id, beat)
    VALUES ($1, 1)",
);

const BEAT: Sql = Sql::both(
    "job_workers.beat",
    "UPDATE job_workers
    SET beat = beat + 1
    WHERE id = $1",
);

const EVERY: Sql = Sql::both(
    "job_workers.all",
    "SELECT id, beat
    FROM job_workers",
);

const STOP: Sql = Sql::both(
    "job_workers.stop",
    "UPDATE job_workers
    SET beat = beat + 1
    WHERE id = $1 AND beat = $2",
);

const LEAVE: Sql = Sql::both(
    "job_workers.leave",
    "DELETE FROM job_workers
    WHERE id = $1",
);

/// The statements of this module.
pub const ALL: &[&Sql] = &[&BEGIN, &BEAT, &EVERY, &STOP, &LEAVE];

/// Who does jobs: a server, from its start to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WorkerId(pub [u8; 16]);

/// A worker begins.
pub fn begin(worker: &WorkerId) -> Change<'_> {
    BEGIN.change([(&worker.0).into()])
}

/// A worker lives; hits no row if others think otherwise.
pub fn beat(worker: &WorkerId) -> Change<'_> {
    BEAT.change([(&worker.0).into()])
}

/// Workers and their beats.
pub fn all() -> Query<'static, (WorkerId, i64)> {
    EVERY.rows([], |row| Ok((WorkerId(row.get()?), row.get()?)))
}

/// Takes hold of a worker whose beat has stood still; hits no row if it has not.
pub fn stop(worker: &WorkerId, beat: i64) -> Change<'_> {
    STOP.change([(&worker.0).into(), beat.into()])
}

/// A worker that has nothing ends.
pub fn leave(worker: &WorkerId) -> Change<'_> {
    LEAVE.change([(&worker.0).into()])
}
