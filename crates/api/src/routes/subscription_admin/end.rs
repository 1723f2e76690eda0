//! `POST /api/admin/subscriptions/{id}/end`

use axum::extract::State;
use domain::SubscriptionId;

use crate::api::Api;
use crate::extract::{Caller, Key, Named, Removes};
use crate::openapi::RequiredKey;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::UserSubscription;

/// End a subscription at once
///
/// Whatever is paid for. Nothing is billed any more and nothing is paid back; credits
/// stay until they expire.
#[utoipa::path(
    post,
    path = "/api/admin/subscriptions/{id}/end",
    operation_id = "endSubscription",
    tag = "subscriptions",
    params(RequiredKey, ("id" = i64, Path, description = "The subscription", example = 1)),
    responses((status = 200, description = "It has ended", body = UserSubscription)),
    security(("bearer" = ["admin"])),
    extensions(
        ("x-roles" = json!(["finance", "admin"])),
        ("x-codes" = json!(["subscription_state"])),
    ),
)]
pub(crate) async fn end(
    State(api): State<Api>,
    caller: Caller<Removes>,
    Key(key): Key,
    id: Named<SubscriptionId>,
) -> Result<Reply<UserSubscription>, Problem> {
    let (app, caller, id) = (api.app().clone(), caller.into_inner(), id.get()?);
    api.run(async move { app.end_subscription(&caller, key, id).await }).await.map(Reply::done)
}
