//! `POST /api/admin/credits/suspend`

use app::StatusChange;
use axum::extract::State;

use crate::api::Api;
use crate::extract::{Administers, Caller, Json, OptionalKey};
use crate::openapi::AcceptedKey;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{StatusBody, StatusSet};

/// Suspend a user
///
/// As a pause, and they can't sign in. Nobody suspends themselves, nor the last
/// admin.
#[utoipa::path(
    post,
    path = "/api/admin/credits/suspend",
    operation_id = "suspendCredits",
    tag = "users",
    params(AcceptedKey),
    request_body = StatusBody,
    responses((status = 200, description = "So it is", body = StatusSet)),
    security(("bearer" = ["admin"])),
    extensions(("x-codes" = json!(["not_found"]))),
)]
pub(crate) async fn suspend(
    State(api): State<Api>,
    caller: Caller<Administers>,
    OptionalKey(key): OptionalKey,
    Json(asked): Json<StatusBody>,
) -> Result<Reply<StatusSet>, Problem> {
    let (app, caller) = (api.app().clone(), caller.into_inner());
    let request = asked.to(StatusChange::Suspend);
    api.run(async move { app.set_status(&caller, key, request).await }).await.map(Reply::done)
}
