//! `GET /api/stripe/user-subscriptions`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Caller, Query, Reads};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{OwnSubscriptionsQuery, SubscriptionList};

/// The subscriptions a customer has and had
///
/// Newest first; those of `GET /api/subscriptions`.
#[utoipa::path(
    get,
    path = "/api/stripe/user-subscriptions",
    operation_id = "listUserSubscriptions",
    tag = "stripe",
    params(OwnSubscriptionsQuery),
    responses((status = 200, description = "A page of them", body = SubscriptionList)),
    security(("bearer" = ["credits:read"])),
    extensions(("x-codes" = json!(["not_found"]))),
)]
pub(crate) async fn user_subscriptions(
    State(api): State<Api>,
    caller: Caller<Reads>,
    Query((whose, page)): Query<OwnSubscriptionsQuery>,
) -> Result<Reply<SubscriptionList>, Problem> {
    Ok(Reply::ok(api.app().list_own_subscriptions(&caller.into_inner(), whose, page).await?))
}
