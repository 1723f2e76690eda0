//! `GET /api/admin/subscriptions`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Caller, Oversees, Query};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{SubscriptionList, SubscriptionsQuery};

/// Everybody's subscriptions
///
/// Newest first, those that ended too.
#[utoipa::path(
    get,
    path = "/api/admin/subscriptions",
    operation_id = "listSubscriptions",
    tag = "subscriptions",
    params(SubscriptionsQuery),
    responses((status = 200, description = "A page of them", body = SubscriptionList)),
    security(("bearer" = ["admin"])),
    extensions(("x-roles" = json!(["support", "finance", "admin"]))),
)]
pub(crate) async fn list(
    State(api): State<Api>,
    caller: Caller<Oversees>,
    Query((filter, page)): Query<SubscriptionsQuery>,
) -> Result<Reply<SubscriptionList>, Problem> {
    Ok(Reply::ok(api.app().list_subscriptions(&caller.into_inner(), filter, page).await?))
}
