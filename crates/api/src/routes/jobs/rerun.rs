//! `POST /api/admin/jobs/{id}/rerun`

use axum::extract::State;
use domain::JobId;

use crate::api::Api;
use crate::extract::{Administers, Caller, Named, NoBody, OptionalKey};
use crate::openapi::AcceptedKey;
use crate::problem::Problem;
use crate::reply::Done;

/// Run a job again
///
/// It is due now, as if it had never failed, wherever it stands: a job does what is
/// missing, so running one that is done changes nothing. One that runs now runs once
/// more after that.
#[utoipa::path(
    post,
    path = "/api/admin/jobs/{id}/rerun",
    operation_id = "rerunJob",
    tag = "jobs",
    params(("id" = i64, Path, description = "The job", example = 7), AcceptedKey),
    responses((status = 204, description = "It is due")),
    security(("bearer" = ["admin"])),
)]
pub(crate) async fn rerun(
    State(api): State<Api>,
    caller: Caller<Administers>,
    id: Named<JobId>,
    OptionalKey(key): OptionalKey,
    _: NoBody,
) -> Result<Done, Problem> {
    let id = id.get()?;
    let (app, caller) = (api.app().clone(), caller.into_inner());
    api.run(async move { app.rerun_job(&caller, key, id).await }).await.map(Done::from)
}
