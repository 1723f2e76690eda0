//! `GET /api/credits/top-up`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Caller, Query, Reads};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{SummaryQuery, TopUp};

/// How somebody's top-ups stand
///
/// What was agreed to, and what it cost today and this month. 404 where nobody ever agreed.
#[utoipa::path(
    get,
    path = "/api/credits/top-up",
    operation_id = "getTopUp",
    tag = "purchases",
    params(SummaryQuery),
    responses((status = 200, description = "How they stand", body = TopUp)),
    security(("bearer" = ["credits:read"])),
    extensions(("x-codes" = json!(["not_found"]))),
)]
pub(crate) async fn get(
    State(api): State<Api>,
    caller: Caller<Reads>,
    Query(whose): Query<SummaryQuery>,
) -> Result<Reply<TopUp>, Problem> {
    Ok(Reply::ok(api.app().get_top_up(&caller.into_inner(), whose).await?))
}
