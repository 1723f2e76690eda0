//! `POST /api/subscriptions/change`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Caller, Json, Key, SpendsOrGrants};
use crate::openapi::RequiredKey;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{ChangeBody, UserSubscription};

/// Change the package
///
/// A larger one at once: the difference for what is left of the period is paid and
/// given now, and the next period is billed in full. A smaller one from the period's end:
/// until then it is undone by changing to the package it has. `preview` says which, and
/// for how much.
#[utoipa::path(
    post,
    path = "/api/subscriptions/change",
    operation_id = "changeSubscription",
    tag = "subscriptions",
    params(RequiredKey),
    request_body = ChangeBody,
    responses((status = 200, description = "The subscription", body = UserSubscription)),
    security(("bearer" = ["credits:spend"]), ("bearer" = ["credits:grant"])),
    extensions(("x-codes" = json!([
        "not_found", "payment_required", "account_paused", "account_suspended",
        "subscription_state", "limit_reached"
    ]))),
)]
pub(crate) async fn change(
    State(api): State<Api>,
    caller: Caller<SpendsOrGrants>,
    Key(key): Key,
    Json(request): Json<ChangeBody>,
) -> Result<Reply<UserSubscription>, Problem> {
    let (app, caller) = (api.app().clone(), caller.into_inner());
    let changed = api.run(async move { app.change_subscription(&caller, key, request).await });
    changed.await.map(Reply::done)
}
