//! `GET /api/admin/jobs`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Caller, Oversees, Query};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{JobList, JobsQuery};

/// Jobs
///
/// What is done behind requests, newest first. `failed` ones were given up and wait
/// for somebody to see to them; `done` ones are forgotten after a while.
#[utoipa::path(
    get,
    path = "/api/admin/jobs",
    operation_id = "listJobs",
    tag = "jobs",
    params(JobsQuery),
    responses((status = 200, description = "A page of them", body = JobList)),
    security(("bearer" = ["admin"])),
    extensions(("x-roles" = json!(["support", "finance", "admin"]))),
)]
pub(crate) async fn list(
    State(api): State<Api>,
    caller: Caller<Oversees>,
    Query((filter, page)): Query<JobsQuery>,
) -> Result<Reply<JobList>, Problem> {
    Ok(Reply::ok(api.app().list_jobs(&caller.into_inner(), filter, page).await?))
}
