//! `GET /api/subscriptions/current`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Caller, Query, Reads};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{SummaryQuery, UserSubscription};

/// The subscription somebody has
///
/// 404 where they have none that has begun and not ended.
#[utoipa::path(
    get,
    path = "/api/subscriptions/current",
    operation_id = "getCurrentSubscription",
    tag = "subscriptions",
    params(SummaryQuery),
    responses((status = 200, description = "The subscription", body = UserSubscription)),
    security(("bearer" = ["credits:read"])),
    extensions(("x-codes" = json!(["not_found"]))),
)]
pub(crate) async fn current(
    State(api): State<Api>,
    caller: Caller<Reads>,
    Query(whose): Query<SummaryQuery>,
) -> Result<Reply<UserSubscription>, Problem> {
    Ok(Reply::ok(api.app().current_subscription(&caller.into_inner(), whose).await?))
}
