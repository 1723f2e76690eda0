//! `GET /api/admin/credits/user/{user_id}/balance`

use axum::extract::State;
use domain::UserId;

use crate::api::Api;
use crate::extract::{Caller, Named, Query, ReadsEveryones};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{CreditBalance, UserBalanceQuery};

/// What that user has
///
/// As `GET /api/credits/balance` answers the user.
#[utoipa::path(
    get,
    path = "/api/admin/credits/user/{user_id}/balance",
    operation_id = "getUserBalance",
    tag = "users",
    params(("user_id" = i64, Path, description = "The user", example = 7), UserBalanceQuery),
    responses((status = 200, description = "The balance", body = CreditBalance)),
    security(("bearer" = ["credits:read"])),
    extensions(("x-roles" = json!(["support", "finance", "admin"])), ("x-codes" = json!(["seq_not_reached"]))),
)]
pub(crate) async fn balance(
    State(api): State<Api>,
    caller: Caller<ReadsEveryones>,
    Query(asked): Query<UserBalanceQuery>,
    user: Named<UserId>,
) -> Result<Reply<CreditBalance>, Problem> {
    let request = asked.of(user.get()?);
    Ok(Reply::ok(api.app().balance(&caller.into_inner(), request).await?))
}
