//! `GET /api/admin/subscriptions/{id}`

use axum::extract::State;
use domain::SubscriptionId;

use crate::api::Api;
use crate::extract::{Caller, Named, Oversees};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::UserSubscription;

/// Anybody's subscription
#[utoipa::path(
    get,
    path = "/api/admin/subscriptions/{id}",
    operation_id = "getSubscription",
    tag = "subscriptions",
    params(("id" = i64, Path, description = "The subscription", example = 1)),
    responses((status = 200, description = "The subscription", body = UserSubscription)),
    security(("bearer" = ["admin"])),
    extensions(("x-roles" = json!(["support", "finance", "admin"]))),
)]
pub(crate) async fn get(
    State(api): State<Api>,
    caller: Caller<Oversees>,
    id: Named<SubscriptionId>,
) -> Result<Reply<UserSubscription>, Problem> {
    Ok(Reply::ok(api.app().get_subscription(&caller.into_inner(), id.get()?).await?))
}
