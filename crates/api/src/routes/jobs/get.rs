//! `GET /api/admin/jobs/{id}`

use axum::extract::State;
use domain::JobId;

use crate::api::Api;
use crate::extract::{Caller, Named, Oversees};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::Job;

/// One job
#[utoipa::path(
    get,
    path = "/api/admin/jobs/{id}",
    operation_id = "getJob",
    tag = "jobs",
    params(("id" = i64, Path, description = "The job", example = 7)),
    responses((status = 200, description = "The job", body = Job)),
    security(("bearer" = ["admin"])),
    extensions(("x-roles" = json!(["support", "finance", "admin"]))),
)]
pub(crate) async fn get(
    State(api): State<Api>,
    caller: Caller<Oversees>,
    id: Named<JobId>,
) -> Result<Reply<Job>, Problem> {
    let id = id.get()?;
    Ok(Reply::ok(api.app().get_job(&caller.into_inner(), id).await?))
}
