//! `GET /api/admin/credits/user/{user_id}/transactions`

use app::Whose;
use axum::extract::State;
use domain::UserId;

use crate::api::Api;
use crate::extract::{Caller, Named, Query, ReadsEveryones};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{TransactionList, UserTransactionsAsked, UserTransactionsQuery};

/// That user's transactions
///
/// As `GET /api/credits/transactions` answers the user.
#[utoipa::path(
    get,
    path = "/api/admin/credits/user/{user_id}/transactions",
    operation_id = "getUserTransactions",
    tag = "users",
    params(("user_id" = i64, Path, description = "The user", example = 7), UserTransactionsQuery),
    responses((status = 200, description = "A page of them", body = TransactionList)),
    security(("bearer" = ["credits:read"])),
    extensions(("x-roles" = json!(["support", "finance", "admin"]))),
)]
pub(crate) async fn transactions(
    State(api): State<Api>,
    caller: Caller<ReadsEveryones>,
    Query(asked): Query<UserTransactionsQuery>,
    user: Named<UserId>,
) -> Result<Reply<TransactionList>, Problem> {
    let UserTransactionsAsked { filter, page } = asked;
    let (caller, whose) = (caller.into_inner(), Whose::User(user.get()?));
    Ok(Reply::ok(api.app().list_transactions(&caller, whose, filter, page).await?))
}
