//! The runs that are under way on this server, and what came of those that ended.
//! This module must not know the database.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use domain::Time;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use store::jobs::{Ended, Lease};
use tokio::task::JoinSet;

use super::{Outcome, Patience};

/// The longest that a run may take: what it waits for is slower then than it should
/// ever be, and a later run does what is missing.
const RUN_MAX: Duration = Duration::from_mins(5);

/// When a job is looked for again that this server does not know, in microseconds:
/// a newer one may.
const UNKNOWN: i64 = 60 * Time::SECOND;

/// A run that ended.
pub(super) struct Finished {
    pub(super) lease: Lease,
    pub(super) result: Result<Outcome, String>,
}

/// Runs under way, and runs that ended and are not noted yet.
#[derive(Default)]
pub(super) struct Crew {
    at_work: JoinSet<Finished>,
    /// Of both: the jobs by their ids, with the number of the lease.
    held: BTreeMap<i64, i64>,
    finished: Vec<Finished>,
}

impl Crew {
    /// How many are under way.
    pub(super) fn at_work(&self) -> usize {
        self.at_work.len()
    }

    /// Whether leases are held.
    pub(super) fn holds(&self) -> bool {
        !self.held.is_empty()
    }

    /// Whether it is this one that is held.
    pub(super) fn has(&self, lease: &Lease) -> bool {
        self.held.get(&lease.id) == Some(&lease.number)
    }

    /// Begins a run.
    pub(super) fn begin(&mut self, lease: Lease, run: BoxFuture<'static, Result<Outcome, String>>) {
        self.held.insert(lease.id, lease.number);
        self.at_work.spawn(async move {
            let result = guarded(run).await;
            Finished { lease, result }
        });
    }

    /// Has a job noted that there is no run for.
    pub(super) fn finish(&mut self, finished: Finished) {
        self.held.insert(finished.lease.id, finished.lease.number);
        self.finished.push(finished);
    }

    /// Waits until one more has ended; for ever while none is under way.
    pub(super) async fn one_ends(&mut self) {
        match self.at_work.join_next().await {
            Some(Ok(finished)) => self.finished.push(finished),
            // It was stopped, and what it held was forgotten.
            Some(Err(_)) => {}
            None => std::future::pending().await,
        }
        while let Some(ended) = self.at_work.try_join_next() {
            self.finished.extend(ended);
        }
    }

    /// What ended and is not noted.
    pub(super) fn finished(&self) -> &[Finished] {
        &self.finished
    }

    /// What had ended was noted.
    pub(super) fn noted(&mut self) {
        for finished in self.finished.drain(..) {
            self.held.remove(&finished.lease.id);
        }
    }

    /// Ends all runs where they are: as if the server had stopped.
    pub(super) async fn stop(&mut self) {
        self.at_work.shutdown().await;
        self.held.clear();
        self.finished.clear();
    }
}

/// A run that neither takes for ever nor takes the scheduler down.
pub(super) async fn guarded(
    run: BoxFuture<'static, Result<Outcome, String>>,
) -> Result<Outcome, String> {
    let run = AssertUnwindSafe(run).catch_unwind();
    match tokio::time::timeout(RUN_MAX, run).await {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => Err("the job panicked".to_owned()),
        Err(_) => Err(format!("the job took more than {} s", RUN_MAX.as_secs())),
    }
}

/// What a run's end makes of the job.
pub(super) fn judge(finished: &Finished, patience: Option<Patience>, now: Time) -> Ended {
    let Finished { lease, result } = finished;
    match (result, patience) {
        (Ok(Outcome::Done), _) => Ended::Done { at: now },
        (Ok(Outcome::Again { at }), _) => Ended::Again { at: *at, failures: 0, error: None },
        (Err(error), None) => {
            let error = Some(error.clone());
            Ended::Again { at: now.plus(UNKNOWN), failures: lease.failures, error }
        }
        (Err(error), Some(patience)) => {
            let (failures, error) = (lease.failures.saturating_add(1), error.clone());
            if patience.ends(failures) {
                return Ended::Failed { at: now, failures, error };
            }
            let at = now.plus(patience.wait(lease.id, failures));
            Ended::Again { at, failures, error: Some(error) }
        }
    }
}
