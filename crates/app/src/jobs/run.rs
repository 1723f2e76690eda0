//! The jobs of a running app: who knows them, and how they are begun.

use std::time::Duration;

use domain::Time;
use futures::future::BoxFuture;
use store::jobs::Lease;
use tokio_util::sync::CancellationToken;

use super::scheduler::{Company, Runner, Scheduler, Settings, Shift};
use super::{
    Backlog, JobFigures, KINDS, Kind, Outcome, Patience, enqueue, recurring, recurring_with_stripe,
    told,
};
use crate::App;
use crate::error::Error;

/// The most runs that one draining makes: a job that is always due again is wrong.
const RUNS_MAX: usize = 100_000;

/// What a draining came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drained {
    /// How many runs there were.
    pub runs: usize,
    /// Those that failed: the job's name and key, and why.
    pub errors: Vec<String>,
}

impl App {
    /// Has there be every job that comes back by itself, and those that have the
    /// provider sell what it does not sell yet.
    pub async fn seed_recurring_jobs(&self) -> Result<(), Error> {
        let now = self.clock();
        let mut jobs = recurring(now)?;
        if self.has_stripe() {
            jobs.extend(recurring_with_stripe(now)?);
            self.seed_stripe_packages(now).await?;
        }
        self.write(move |tx| {
            Box::pin(async move {
                for job in &jobs {
                    enqueue(tx, job).await?;
                }
                Ok(())
            })
        })
        .await
    }

    /// Does jobs that are due until the server closes.
    pub async fn keep_running_jobs(self, closing: CancellationToken) {
        self.scheduler().run(closing).await;
    }

    /// Does all jobs that are due, one behind the other, and those that become due
    /// by it.
    pub async fn run_due_jobs(&self) -> Result<Drained, Error> {
        Ok(self.scheduler().drain().await?)
    }

    /// What jobs came to since the start, and what waits.
    pub fn job_figures(&self) -> JobFigures {
        self.parts.jobs.read()
    }

    fn scheduler(&self) -> Scheduler<Self> {
        let db = self.parts.directory.db().clone();
        let company = if db.is_shared() { Company::Others } else { Company::None };
        let (time, worker) = (self.parts.time.clone(), self.entropy().bytes());
        Scheduler::new(Settings { db, time, runner: self.clone(), worker, company })
    }
}

impl Runner for App {
    fn now(&self) -> Option<Time> {
        self.ledger().time().ok()
    }

    fn patience(&self, name: &str) -> Option<Patience> {
        kind(name).map(|kind| kind.patience)
    }

    fn run(&self, lease: &Lease) -> BoxFuture<'static, Result<Outcome, String>> {
        let Some(kind) = kind(&lease.name) else {
            return Box::pin(async { Err("there is no such job".to_owned()) });
        };
        let running = (kind.run)(self.clone(), lease.payload.clone());
        let (app, id) = (self.clone(), lease.id);
        Box::pin(async move {
            let _under_way = app.parts.jobs.begin();
            let began = app.monotonic();
            let result = running.await;
            let micros = u64::try_from(app.monotonic().saturating_sub(began)).unwrap_or_default();
            app.parts.jobs.ended(kind.name, &result, Duration::from_micros(micros));
            result.map_err(|error| {
                let error = told(&error);
                tracing::warn!(job = kind.name, id, error, "jobs.failed");
                error
            })
        })
    }

    fn note(&self, backlog: Backlog) {
        self.parts.jobs.note(backlog);
    }
}

fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}

impl<R: Runner> Scheduler<R> {
    /// Does all jobs that are due, one behind the other, and those that become due
    /// by it.
    pub async fn drain(&self) -> Result<Drained, store::Error> {
        let mut shift = Shift::default();
        let mut drained = Drained::default();
        while drained.runs < RUNS_MAX {
            let has_open = !shift.crew.finished().is_empty();
            if self.step(&mut shift, 1).await?.taken == 0 && !has_open {
                break;
            }
            while shift.crew.at_work() > 0 {
                shift.crew.one_ends().await;
            }
            for finished in shift.crew.finished() {
                drained.runs += 1;
                if let Err(error) = &finished.result {
                    let lease = &finished.lease;
                    drained.errors.push(format!("{} {}: {error}", lease.name, lease.key));
                }
            }
        }
        self.retire_now().await?;
        Ok(drained)
    }
}
