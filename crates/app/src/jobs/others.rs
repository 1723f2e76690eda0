//! Other servers' workers, as one sees them: who beats is alive. One whose beat has
//! stood still for long enough is stopped, and what it had is due again.
//!
//! No two clocks are compared: each server measures by its own how long it saw a
//! beat stand still, and counts only while it could look.

use std::collections::BTreeMap;

use domain::Time;
use store::job_workers::{self, WorkerId};
use store::{Db, Error, Priority, jobs};

use super::scheduler::Company;

/// How often a worker beats that has something, in microseconds.
pub(super) const BEAT: i64 = 5 * Time::SECOND;
/// How long a beat stands still before others take over: six beats were missed.
pub(super) const STILL_MAX: i64 = 30 * Time::SECOND;
/// What one look may add to that: nobody looks while the database is away, and
/// nobody can beat then.
const LOOK_MAX: i64 = 2 * BEAT;

/// What is written on a job whose worker stopped in the middle of it.
const STOPPED: &str = "the server that ran it stopped";

/// The others' beats.
#[derive(Debug, Default)]
pub(super) struct Others {
    looked_at: Option<i64>,
    seen: BTreeMap<WorkerId, Seen>,
}

#[derive(Clone, Copy, Debug)]
struct Seen {
    beat: i64,
    /// For how long it has stood still, in microseconds.
    still: i64,
}

impl Others {
    /// Whether it is time to look again, by the monotonic clock. Who has no company
    /// looks once: what it finds then was left by those before it.
    pub(super) fn is_due(&self, company: Company, now: i64) -> bool {
        match (self.looked_at, company) {
            (None, _) => true,
            (Some(_), Company::None) => false,
            (Some(at), Company::Others) => now.saturating_sub(at) >= BEAT,
        }
    }

    /// Takes in what the beats are; those that stood still for too long.
    fn look(&mut self, beats: &[(WorkerId, i64)], now: i64) -> Vec<(WorkerId, i64)> {
        let passed = self.looked_at.map_or(0, |at| now.saturating_sub(at)).clamp(0, LOOK_MAX);
        self.looked_at = Some(now);
        let before = std::mem::take(&mut self.seen);
        for (worker, beat) in beats.iter().copied() {
            let still = match before.get(&worker) {
                Some(seen) if seen.beat == beat => seen.still.saturating_add(passed),
                _ => 0,
            };
            self.seen.insert(worker, Seen { beat, still });
        }
        let stopped = self.seen.iter().filter(|(_, seen)| seen.still >= STILL_MAX);
        stopped.map(|(worker, seen)| (*worker, seen.beat)).collect()
    }

    /// Looks at all workers but one, and takes over what the stopped ones had.
    pub(super) async fn look_after(
        &mut self,
        db: &Db,
        (me, company): (WorkerId, Company),
        now: i64,
    ) -> Result<(), Error> {
        let beats = db.read::<_, Error, _>(|tx| Box::pin(tx.all(job_workers::all())));
        let mut beats = beats.await?;
        beats.retain(|(worker, _)| *worker != me);
        let stopped = match company {
            Company::None => beats,
            Company::Others => self.look(&beats, now),
        };
        for (worker, beat) in stopped {
            take_over(db, worker, beat).await?;
        }
        self.looked_at = Some(now);
        Ok(())
    }
}

/// Has what a stopped worker had be due again, unless it lives after all.
async fn take_over(db: &Db, worker: WorkerId, beat: i64) -> Result<(), Error> {
    let taken = db.write::<_, Error, _>(Priority::Edit, move |tx| {
        Box::pin(async move {
            if !tx.exec(job_workers::stop(&worker, beat)).await?.at_most_one()? {
                return Ok(0);
            }
            let taken = tx.exec(jobs::seize(&worker, STOPPED)).await?.rows();
            tx.exec(job_workers::leave(&worker)).await?.expect_one()?;
            Ok(taken)
        })
    });
    let taken = taken.await?;
    if taken > 0 {
        tracing::warn!(jobs = taken, "jobs.taken_over");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: WorkerId = WorkerId([1; 16]);
    const BOB: WorkerId = WorkerId([2; 16]);

    #[test]
    fn a_beat_that_stands_still_for_long_enough_is_a_stopped_worker() {
        let mut others = Others::default();
        for step in 0..6 {
            let beats = [(ADA, 1), (BOB, step)];
            assert_eq!(others.look(&beats, step * BEAT), []);
        }
        assert_eq!(others.look(&[(ADA, 1), (BOB, 6)], 6 * BEAT), [(ADA, 1)]);
        assert_eq!(others.look(&[(ADA, 2), (BOB, 7)], 7 * BEAT), [], "it lives");
    }

    #[test]
    fn a_while_in_which_nobody_could_look_counts_little() {
        let mut others = Others::default();
        assert_eq!(others.look(&[(ADA, 1)], 0), []);
        assert_eq!(others.look(&[(ADA, 1)], 1_000 * BEAT), []);
        assert_eq!(others.look(&[(ADA, 1)], 1_002 * BEAT), []);
        assert_eq!(others.look(&[(ADA, 1)], 1_004 * BEAT), [(ADA, 1)]);
    }
}
