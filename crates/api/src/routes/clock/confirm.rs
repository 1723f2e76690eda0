//! `POST /api/admin/clock/confirm`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Administers, Caller, NoBody, OptionalKey};
use crate::openapi::AcceptedKey;
use crate::problem::Problem;
use crate::reply::Done;

/// The clock is right
///
/// After a jump of the server's clock mutations wait for a person to look at it
/// and say so.
#[utoipa::path(
    post,
    path = "/api/admin/clock/confirm",
    operation_id = "confirmClock",
    tag = "ledger",
    params(AcceptedKey),
    responses((status = 204, description = "Commands go on")),
    security(("bearer" = ["admin"])),
    extensions(("x-one-request" = json!(true))),
)]
pub(crate) async fn confirm(
    State(api): State<Api>,
    caller: Caller<Administers>,
    OptionalKey(key): OptionalKey,
    _: NoBody,
) -> Result<Done, Problem> {
    let (app, caller) = (api.app().clone(), caller.into_inner());
    api.run(async move { app.confirm_clock(&caller, key).await }).await.map(Done::from)
}
