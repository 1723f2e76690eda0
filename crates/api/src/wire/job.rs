//! Jobs, and what asks for them.

use app::jobs::{JobFilter, JobView};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

use super::charge::page;
use super::input::In;
use super::output::Instant;
use super::scalar::{JobStateIn, TextIn, WholeIn};
use crate::extract::Form;
use crate::problem::Problem;

/// Which jobs: all of what is said must fit.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct JobsQuery {
    /// Of that kind: `jobs.prune`.
    #[param(value_type = Option<String>)]
    name: Option<TextIn>,
    /// `waiting`, `running`, `done` or `failed`.
    #[param(value_type = Option<String>)]
    status: Option<JobStateIn>,
    /// From 1.
    #[param(value_type = Option<i64>, minimum = 1)]
    page: Option<WholeIn>,
    /// 1 to 100; 50 if left out.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100)]
    page_size: Option<WholeIn>,
}

impl Form for JobsQuery {
    type Request = (JobFilter, app::Page);

    fn into_request(self) -> Result<Self::Request, Problem> {
        let (name, state) = (self.name.map(In::into_inner), self.status.map(In::into_inner));
        Ok((JobFilter { name, state }, page(self.page, self.page_size)?))
    }
}

/// Something that is done behind requests.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Job {
    #[schema(examples(7))]
    id: i64,
    /// What kind it is.
    #[schema(examples("jobs.prune"))]
    name: String,
    /// The fact it is for: a name has each key once.
    key: String,
    /// What it works on: by name.
    #[schema(value_type = Option<Object>)]
    payload: Option<Box<RawValue>>,
    /// `waiting`, `running`, `done` or `failed`.
    #[schema(examples("waiting"))]
    status: &'static str,
    /// When it is or was due.
    run_at: Instant,
    /// How often it failed since it last went well.
    failures: i64,
    /// Why it failed the last time.
    last_error: Option<String>,
    /// When it was last begun.
    started_at: Option<Instant>,
    /// When it was done or given up.
    ended_at: Option<Instant>,
}

impl From<JobView> for Job {
    fn from(job: JobView) -> Self {
        Self {
            id: job.id.number(),
            name: job.name,
            key: job.key,
            payload: RawValue::from_string(job.payload).ok(),
            status: job.state.as_str(),
            run_at: Instant(job.run_at),
            failures: job.failures,
            last_error: job.last_error,
            started_at: job.started_at.map(Instant),
            ended_at: job.ended_at.map(Instant),
        }
    }
}

/// A page of jobs, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JobList {
    jobs: Vec<Job>,
    /// How many there are on all pages.
    total_count: i64,
    page: i64,
    page_size: i64,
}

impl From<app::Listed<JobView>> for JobList {
    fn from(listed: app::Listed<JobView>) -> Self {
        Self {
            jobs: listed.items.into_iter().map(Into::into).collect(),
            total_count: listed.total,
            page: listed.page.number(),
            page_size: listed.page.size(),
        }
    }
}
