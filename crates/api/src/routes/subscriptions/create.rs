//! `POST /api/subscriptions`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Caller, Json, Key, SpendsOrGrants};
use crate::openapi::RequiredKey;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{SubscribeBody, UserSubscription};

/// Subscribe to a package
///
/// With its trial, where it has one and the user never had any; else the first month is
/// paid at once. Until it is paid the answer is 402, and the same key answers the same
/// subscription. In a test book the word of the payment method says what becomes of its
/// payments: `pm_test_declined`, `pm_test_declined_on_renewal`,
/// `pm_test_declined_then_recovers` and `pm_test_confirms_late` do what they say, every
/// other one is paid at once.
#[utoipa::path(
    post,
    path = "/api/subscriptions",
    operation_id = "subscribe",
    tag = "subscriptions",
    params(RequiredKey),
    request_body = SubscribeBody,
    responses((status = 201, description = "The subscription", body = UserSubscription)),
    security(("bearer" = ["credits:spend"]), ("bearer" = ["credits:grant"])),
    extensions(("x-codes" = json!([
        "not_found", "payment_required", "account_paused", "account_suspended",
        "subscription_exists", "limit_reached"
    ]))),
)]
pub(crate) async fn create(
    State(api): State<Api>,
    caller: Caller<SpendsOrGrants>,
    Key(key): Key,
    Json(request): Json<SubscribeBody>,
) -> Result<Reply<UserSubscription>, Problem> {
    let (app, caller) = (api.app().clone(), caller.into_inner());
    api.run(async move { app.subscribe(&caller, key, request).await }).await.map(Reply::made)
}
