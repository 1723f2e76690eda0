//! What jobs came to since the start, and what waits, for who watches the server.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::Outcome;
use crate::ledger::Tally;

/// Some jobs write a row, some ask a provider, and 5 min is the end.
const SECONDS: [f64; 10] = [0.001, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0, 300.0, f64::INFINITY];

/// What waits, for all servers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Jobs that are due and that nobody does yet.
    pub due: i64,
    /// For how long the first of them has been due, in microseconds.
    pub late: i64,
    /// Jobs that were given up.
    pub failed: i64,
}

/// What jobs came to on this server since its start.
#[derive(Clone, Debug)]
pub struct JobFigures {
    /// Runs that ended, by name and by how: `done`, `again`, `failed`.
    pub runs: BTreeMap<(&'static str, &'static str), u64>,
    /// By their seconds.
    pub seconds: Tally,
    /// Runs under way.
    pub running: i64,
    /// What waits.
    pub backlog: Backlog,
}

/// Where it is written down.
pub(crate) struct Board(Mutex<JobFigures>);

impl Default for Board {
    fn default() -> Self {
        let (runs, seconds) = (BTreeMap::new(), Tally::empty(&SECONDS));
        Self(Mutex::new(JobFigures { runs, seconds, running: 0, backlog: Backlog::default() }))
    }
}

/// A run under way. One that is cut is under way no more.
pub(super) struct Run<'b>(&'b Board);

impl Drop for Run<'_> {
    fn drop(&mut self) {
        self.0.figures().running -= 1;
    }
}

impl Board {
    fn figures(&self) -> MutexGuard<'_, JobFigures> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// As it stands.
    pub(crate) fn read(&self) -> JobFigures {
        self.figures().clone()
    }

    /// A run begins.
    pub(super) fn begin(&self) -> Run<'_> {
        self.figures().running += 1;
        Run(self)
    }

    /// A run has ended.
    pub(super) fn ended<E>(&self, name: &'static str, result: &Result<Outcome, E>, took: Duration) {
        let how = match result {
            Ok(Outcome::Done) => "done",
            Ok(Outcome::Again { .. }) => "again",
            Err(_) => "failed",
        };
        let mut figures = self.figures();
        *figures.runs.entry((name, how)).or_default() += 1;
        figures.seconds.observe(took.as_secs_f64());
    }

    /// Somebody looked at what waits.
    pub(super) fn note(&self, backlog: Backlog) {
        self.figures().backlog = backlog;
    }
}
