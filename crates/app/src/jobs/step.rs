//! A worker's step as one transaction: what ended is noted, its beat goes on, and
//! what is due is taken. If it fails, nothing of it is there; if nobody can tell,
//! the next step finds out. This module must not know who does the jobs.

use domain::Time;
use store::job_workers::{self, WorkerId};
use store::jobs::{self, Ended, Lease};
use store::{Error, Tx};

/// What is asked of a step.
pub(super) struct Plan {
    pub(super) worker: WorkerId,
    /// What came of runs.
    pub(super) ended: Vec<(Lease, Ended)>,
    /// The time, and how many jobs there is room for.
    pub(super) take: Option<(Time, i64)>,
    /// Whether it has leases.
    pub(super) holds: bool,
    /// Whether it may have some that it did not hear of.
    pub(super) is_unsure: bool,
}

/// What came of it.
#[derive(Default)]
pub(super) struct Step {
    /// Others thought that the worker had stopped, and took over.
    pub(super) is_lost: bool,
    pub(super) has_beaten: bool,
    /// How many runs had lost their lease.
    pub(super) unheard: usize,
    /// All that it has, where it was unsure.
    pub(super) held: Vec<Lease>,
    pub(super) taken: Vec<Lease>,
    /// When the next job is due.
    pub(super) next: Option<Time>,
}

impl Plan {
    pub(super) async fn take(self, tx: &mut Tx) -> Result<Step, Error> {
        let mut step = Step { unheard: self.note(tx).await?, ..Step::default() };
        if self.is_unsure {
            step.held = tx.all(jobs::held(&self.worker)).await?;
        }
        step.next = tx.opt(jobs::next()).await?;
        let due =
            self.take.filter(|(now, most)| *most > 0 && step.next.is_some_and(|next| next <= *now));
        if self.holds || due.is_some() {
            // Who has nothing does not beat, and may have been forgotten.
            if !tx.exec(job_workers::beat(&self.worker)).await?.at_most_one()? {
                step.is_lost = self.holds;
                tx.exec(job_workers::begin(&self.worker)).await?.expect_one()?;
            }
            step.has_beaten = true;
        }
        if let Some((now, most)) = due {
            step.taken = jobs::claim(tx, self.worker, now, most).await?;
            step.next = tx.opt(jobs::next()).await?;
        }
        Ok(step)
    }

    /// Notes what ended, gives back the rest, and leaves.
    pub(super) async fn retire(self, tx: &mut Tx) -> Result<(), Error> {
        self.note(tx).await?;
        // However many there are.
        let _ = tx.exec(jobs::release(&self.worker)).await?;
        tx.exec(job_workers::leave(&self.worker)).await?.at_most_one()?;
        Ok(())
    }

    async fn note(&self, tx: &mut Tx) -> Result<usize, Error> {
        let mut unheard = 0;
        for (lease, ended) in &self.ended {
            if !tx.exec(jobs::end(lease, ended)).await?.at_most_one()? {
                unheard += 1;
            }
        }
        Ok(unheard)
    }
}
