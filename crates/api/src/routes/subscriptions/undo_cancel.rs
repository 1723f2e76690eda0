//! `POST /api/subscriptions/undo-cancel`

use app::{Turn, TurnRequest};
use axum::extract::State;

use crate::api::Api;
use crate::extract::{Caller, Json, Key, SpendsOrGrants};
use crate::openapi::RequiredKey;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{OfUserBody, UserSubscription};

/// Undo a cancellation
///
/// Until the period ends. A pause goes on.
#[utoipa::path(
    post,
    path = "/api/subscriptions/undo-cancel",
    operation_id = "undoCancelSubscription",
    tag = "subscriptions",
    params(RequiredKey),
    request_body = OfUserBody,
    responses((status = 200, description = "It does not end", body = UserSubscription)),
    security(("bearer" = ["credits:spend"]), ("bearer" = ["credits:grant"])),
    extensions(
        ("x-codes" = json!(["not_found", "subscription_state"])),
        ("x-one-request" = json!(true)),
    ),
)]
pub(crate) async fn undo_cancel(
    State(api): State<Api>,
    caller: Caller<SpendsOrGrants>,
    Key(key): Key,
    Json(whose): Json<OfUserBody>,
) -> Result<Reply<UserSubscription>, Problem> {
    let (app, caller) = (api.app().clone(), caller.into_inner());
    let request = TurnRequest { whose, turn: Turn::UndoCancel };
    let turned = api.run(async move { app.turn_subscription(&caller, key, request).await });
    turned.await.map(Reply::done)
}
