//! Jobs as staff see them.

use domain::{JobId, Text, Time};
use store::jobs::{self, Filter, Job};

use super::JobState;
use crate::App;
use crate::callers::Caller;
use crate::error::Error;
use crate::page::{Listed, Page};

/// Which jobs: all of what is said must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JobFilter {
    /// Of that kind: `jobs.prune`.
    pub name: Option<Text>,
    /// That stand there.
    pub state: Option<JobState>,
}

/// A job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobView {
    /// Its id.
    pub id: JobId,
    /// What kind it is.
    pub name: String,
    /// The fact it is for.
    pub key: String,
    /// What it works on, as JSON.
    pub payload: String,
    /// Where it stands.
    pub state: JobState,
    /// When it is or was due.
    pub run_at: Time,
    /// How often it failed since it last went well.
    pub failures: i64,
    /// Why it last failed.
    pub last_error: Option<String>,
    /// When it was last begun.
    pub started_at: Option<Time>,
    /// When it was done or given up.
    pub ended_at: Option<Time>,
}

impl JobView {
    fn of(job: Job) -> Self {
        Self {
            id: JobId::from_number(job.id),
            name: job.name,
            key: job.key,
            payload: job.payload,
            state: job.state,
            run_at: job.run_at,
            failures: job.failures,
            last_error: job.last_error,
            started_at: job.started_at,
            ended_at: job.ended_at,
        }
    }
}

impl App {
    /// Jobs, newest first.
    pub async fn list_jobs(
        &self,
        caller: &Caller,
        filter: JobFilter,
        page: Page,
    ) -> Result<Listed<JobView>, Error> {
        caller.check_oversight()?;
        let read = self.read(move |tx| {
            Box::pin(async move {
                let name = filter.name.as_ref().map(Text::as_str);
                let filter = Filter { name, state: filter.state };
                let total = tx.one(jobs::count(filter)).await?;
                Ok((total, tx.all(jobs::list(filter, page.rows())).await?))
            })
        });
        let (total, rows) = read.await?;
        Ok(Listed { items: rows.into_iter().map(JobView::of).collect(), total, page })
    }

    /// One job.
    pub async fn get_job(&self, caller: &Caller, id: JobId) -> Result<JobView, Error> {
        caller.check_oversight()?;
        let job = self.opt(jobs::by_id(id.number())).await?;
        job.map(JobView::of).ok_or(Error::NotFound)
    }
}
