//! `POST /api/subscriptions/pause`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Caller, Json, Key, SpendsOrGrants};
use crate::openapi::RequiredKey;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{PauseBody, UserSubscription};

/// Pause a subscription
///
/// From the period's end on it is neither billed nor given anything, until it is
/// resumed. What is paid for stays.
#[utoipa::path(
    post,
    path = "/api/subscriptions/pause",
    operation_id = "pauseSubscription",
    tag = "subscriptions",
    params(RequiredKey),
    request_body = PauseBody,
    responses((status = 200, description = "It pauses at the period's end", body = UserSubscription)),
    security(("bearer" = ["credits:spend"]), ("bearer" = ["credits:grant"])),
    extensions(("x-codes" = json!(["not_found", "subscription_state"]))),
)]
pub(crate) async fn pause(
    State(api): State<Api>,
    caller: Caller<SpendsOrGrants>,
    Key(key): Key,
    Json(request): Json<PauseBody>,
) -> Result<Reply<UserSubscription>, Problem> {
    let (app, caller) = (api.app().clone(), caller.into_inner());
    let paused = api.run(async move { app.turn_subscription(&caller, key, request).await });
    paused.await.map(Reply::done)
}
