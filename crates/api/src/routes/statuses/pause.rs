//! `POST /api/admin/credits/pause`

use app::StatusChange;
use axum::extract::State;

use crate::api::Api;
use crate::extract::{Administers, Caller, Json, OptionalKey};
use crate::openapi::AcceptedKey;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{StatusBody, StatusSet};

/// Pause a user
///
/// From now on they spend, hold and buy nothing. What they have can be read,
/// refunded and corrected; holds that are open are captured, up to what they
/// hold, or released. It leaves an entry in the audit log and no transaction.
/// Who is paused or suspended stays so. Nobody pauses themselves.
#[utoipa::path(
    post,
    path = "/api/admin/credits/pause",
    operation_id = "pauseCredits",
    tag = "users",
    params(AcceptedKey),
    request_body = StatusBody,
    responses((status = 200, description = "So it is", body = StatusSet)),
    security(("bearer" = ["admin"])),
    extensions(("x-codes" = json!(["not_found"]))),
)]
pub(crate) async fn pause(
    State(api): State<Api>,
    caller: Caller<Administers>,
    OptionalKey(key): OptionalKey,
    Json(asked): Json<StatusBody>,
) -> Result<Reply<StatusSet>, Problem> {
    let (app, caller) = (api.app().clone(), caller.into_inner());
    let request = asked.to(StatusChange::Pause);
    api.run(async move { app.set_status(&caller, key, request).await }).await.map(Reply::done)
}
