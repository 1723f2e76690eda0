//! `GET /api/subscriptions/{id}/periods`

use axum::extract::State;
use domain::SubscriptionId;

use crate::api::Api;
use crate::extract::{Caller, Named, Query, Reads};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{PeriodsQuery, SubscriptionPeriodList};

/// What the periods of a subscription cost and gave
///
/// Its trial, its months and the upgrades within them, newest first.
#[utoipa::path(
    get,
    path = "/api/subscriptions/{id}/periods",
    operation_id = "listSubscriptionPeriods",
    tag = "subscriptions",
    params(("id" = i64, Path, description = "The subscription", example = 1), PeriodsQuery),
    responses((status = 200, description = "A page of them", body = SubscriptionPeriodList)),
    security(("bearer" = ["credits:read"])),
)]
pub(crate) async fn periods(
    State(api): State<Api>,
    caller: Caller<Reads>,
    Query(page): Query<PeriodsQuery>,
    id: Named<SubscriptionId>,
) -> Result<Reply<SubscriptionPeriodList>, Problem> {
    let (caller, id) = (caller.into_inner(), id.get()?);
    Ok(Reply::ok(api.app().list_subscription_periods(&caller, id, page).await?))
}
