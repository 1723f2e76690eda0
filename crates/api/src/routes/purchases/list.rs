//! `GET /api/credits/purchases`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Caller, Query, Reads};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{PurchaseList, PurchasesQuery};

/// Purchases
///
/// Newest first, with what was paid for each and what went back.
#[utoipa::path(
    get,
    path = "/api/credits/purchases",
    operation_id = "listPurchases",
    tag = "purchases",
    params(PurchasesQuery),
    responses((status = 200, description = "A page of them", body = PurchaseList)),
    security(("bearer" = ["credits:read"])),
    extensions(("x-codes" = json!(["not_found"]))),
)]
pub(crate) async fn list(
    State(api): State<Api>,
    caller: Caller<Reads>,
    Query((whose, page)): Query<PurchasesQuery>,
) -> Result<Reply<PurchaseList>, Problem> {
    Ok(Reply::ok(api.app().list_purchases(&caller.into_inner(), whose, page).await?))
}
