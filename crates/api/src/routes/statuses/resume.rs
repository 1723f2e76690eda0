//! `POST /api/admin/credits/resume`

use app::StatusChange;
use axum::extract::State;

use crate::api::Api;
use crate::extract::{Administers, Caller, Json, OptionalKey};
use crate::openapi::AcceptedKey;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{ResumeBody, Resumed};

/// Resume a user
///
/// Lifts a pause or a suspension. Nobody resumes themselves.
#[utoipa::path(
    post,
    path = "/api/admin/credits/resume",
    operation_id = "resumeCredits",
    tag = "users",
    params(AcceptedKey),
    request_body = ResumeBody,
    responses((status = 200, description = "So it is", body = Resumed)),
    security(("bearer" = ["admin"])),
    extensions(("x-codes" = json!(["not_found"]))),
)]
pub(crate) async fn resume(
    State(api): State<Api>,
    caller: Caller<Administers>,
    OptionalKey(key): OptionalKey,
    Json(asked): Json<ResumeBody>,
) -> Result<Reply<Resumed>, Problem> {
    let (app, caller) = (api.app().clone(), caller.into_inner());
    let request = asked.to(StatusChange::Resume);
    api.run(async move { app.set_status(&caller, key, request).await }).await.map(Reply::done)
}
