//! `GET /api/credits/balance`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Caller, Query, Reads};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{BalanceQuery, CreditBalance};

/// What a user has
///
/// All credits, and what of them may be spent now. Everything that is due is
/// settled first, so an expired grant or hold no longer counts. With `at` it is
/// the balance at a past instant.
#[utoipa::path(
    get,
    path = "/api/credits/balance",
    operation_id = "getBalance",
    tag = "credits",
    params(BalanceQuery),
    responses((status = 200, description = "The balance", body = CreditBalance)),
    security(("bearer" = ["credits:read"])),
    extensions(("x-codes" = json!(["not_found", "seq_not_reached"]))),
)]
pub(crate) async fn get(
    State(api): State<Api>,
    caller: Caller<Reads>,
    Query(request): Query<BalanceQuery>,
) -> Result<Reply<CreditBalance>, Problem> {
    Ok(Reply::ok(api.app().balance(&caller.into_inner(), request).await?))
}
