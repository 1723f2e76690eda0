//! `GET /api/credits/summary`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Caller, Query, Reads};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{SummaryQuery, UserCreditSummary};

/// What a user has and did this month
///
/// The balance, and what came in and went since the month's 1st, 00:00 UTC.
/// Everything that is due is settled first. A summary shows what its caller did
/// before.
#[utoipa::path(
    get,
    path = "/api/credits/summary",
    operation_id = "getSummary",
    tag = "credits",
    params(SummaryQuery),
    responses((status = 200, description = "The summary", body = UserCreditSummary)),
    security(("bearer" = ["credits:read"])),
    extensions(("x-codes" = json!(["not_found"]))),
)]
pub(crate) async fn get(
    State(api): State<Api>,
    caller: Caller<Reads>,
    Query(whose): Query<SummaryQuery>,
) -> Result<Reply<UserCreditSummary>, Problem> {
    Ok(Reply::ok(api.app().summary(&caller.into_inner(), whose).await?))
}
