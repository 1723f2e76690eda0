//! `POST /api/admin/subscriptions/{id}/sync`

use axum::extract::State;
use domain::SubscriptionId;

use crate::api::Api;
use crate::extract::{Caller, Named, Removes};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::UserSubscription;

/// Bring a subscription up to date
///
/// Asks the payment provider what became of its payments and does what is due: what the
/// scheduler and the provider's events do by themselves, and never twice.
#[utoipa::path(
    post,
    path = "/api/admin/subscriptions/{id}/sync",
    operation_id = "syncSubscription",
    tag = "subscriptions",
    params(("id" = i64, Path, description = "The subscription", example = 1)),
    responses((status = 200, description = "The subscription", body = UserSubscription)),
    security(("bearer" = ["admin"])),
    extensions(("x-roles" = json!(["finance", "admin"]))),
)]
pub(crate) async fn sync(
    State(api): State<Api>,
    caller: Caller<Removes>,
    id: Named<SubscriptionId>,
) -> Result<Reply<UserSubscription>, Problem> {
    let (app, caller, id) = (api.app().clone(), caller.into_inner(), id.get()?);
    api.run(async move { app.sync_subscription_now(&caller, id).await }).await.map(Reply::ok)
}
