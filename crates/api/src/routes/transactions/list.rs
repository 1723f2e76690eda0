//! `GET /api/credits/transactions`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Caller, Query, Reads};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{TransactionList, TransactionsAsked, TransactionsQuery};

/// A user's transactions
///
/// Newest first. A list shows what its caller did before.
#[utoipa::path(
    get,
    path = "/api/credits/transactions",
    operation_id = "listTransactions",
    tag = "credits",
    params(TransactionsQuery),
    responses((status = 200, description = "A page of them", body = TransactionList)),
    security(("bearer" = ["credits:read"])),
    extensions(("x-codes" = json!(["not_found"]))),
)]
pub(crate) async fn list(
    State(api): State<Api>,
    caller: Caller<Reads>,
    Query(asked): Query<TransactionsQuery>,
) -> Result<Reply<TransactionList>, Problem> {
    let TransactionsAsked { whose, filter, page } = asked;
    let caller = caller.into_inner();
    Ok(Reply::ok(api.app().list_transactions(&caller, whose, filter, page).await?))
}
