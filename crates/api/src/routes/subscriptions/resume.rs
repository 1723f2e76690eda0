//! `POST /api/subscriptions/resume`

use app::{Turn, TurnRequest};
use axum::extract::State;

use crate::api::Api;
use crate::extract::{Caller, Json, Key, SpendsOrGrants};
use crate::openapi::RequiredKey;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{OfUserBody, UserSubscription};

/// Resume a subscription
///
/// The next period is billed at the next boundary; no boundary moves. What is left of a
/// period that was not paid for stays so: it gives no credits.
#[utoipa::path(
    post,
    path = "/api/subscriptions/resume",
    operation_id = "resumeSubscription",
    tag = "subscriptions",
    params(RequiredKey),
    request_body = OfUserBody,
    responses((status = 200, description = "It goes on", body = UserSubscription)),
    security(("bearer" = ["credits:spend"]), ("bearer" = ["credits:grant"])),
    extensions(
        ("x-codes" = json!(["not_found", "subscription_state"])),
        ("x-one-request" = json!(true)),
    ),
)]
pub(crate) async fn resume(
    State(api): State<Api>,
    caller: Caller<SpendsOrGrants>,
    Key(key): Key,
    Json(whose): Json<OfUserBody>,
) -> Result<Reply<UserSubscription>, Problem> {
    let (app, caller) = (api.app().clone(), caller.into_inner());
    let request = TurnRequest { whose, turn: Turn::Resume };
    let turned = api.run(async move { app.turn_subscription(&caller, key, request).await });
    turned.await.map(Reply::done)
}
