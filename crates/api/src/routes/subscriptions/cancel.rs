//! `POST /api/subscriptions/cancel`

use app::{Turn, TurnRequest};
use axum::extract::State;

use crate::api::Api;
use crate::extract::{Caller, Json, Key, SpendsOrGrants};
use crate::openapi::RequiredKey;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{OfUserBody, UserSubscription};

/// Cancel a subscription
///
/// It ends with its period, and can be undone until then. One whose payment is past due
/// ends at once. Credits stay until they expire.
#[utoipa::path(
    post,
    path = "/api/subscriptions/cancel",
    operation_id = "cancelSubscription",
    tag = "subscriptions",
    params(RequiredKey),
    request_body = OfUserBody,
    responses((status = 200, description = "It ends with its period", body = UserSubscription)),
    security(("bearer" = ["credits:spend"]), ("bearer" = ["credits:grant"])),
    extensions(
        ("x-codes" = json!(["not_found", "subscription_state"])),
        ("x-one-request" = json!(true)),
    ),
)]
pub(crate) async fn cancel(
    State(api): State<Api>,
    caller: Caller<SpendsOrGrants>,
    Key(key): Key,
    Json(whose): Json<OfUserBody>,
) -> Result<Reply<UserSubscription>, Problem> {
    let (app, caller) = (api.app().clone(), caller.into_inner());
    let request = TurnRequest { whose, turn: Turn::Cancel };
    let turned = api.run(async move { app.turn_subscription(&caller, key, request).await });
    turned.await.map(Reply::done)
}
