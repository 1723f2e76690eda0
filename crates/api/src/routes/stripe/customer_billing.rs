//! `GET /api/stripe/customer-billing`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Caller, Query, Reads};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{CustomerBilling, PurchasesQuery};

/// What a customer was billed
///
/// Newest first: what was paid, what is to be paid, and what went back.
#[utoipa::path(
    get,
    path = "/api/stripe/customer-billing",
    operation_id = "getCustomerBilling",
    tag = "stripe",
    params(PurchasesQuery),
    responses((status = 200, description = "A page of it", body = CustomerBilling)),
    security(("bearer" = ["credits:read"])),
    extensions(("x-codes" = json!(["not_found"]))),
)]
pub(crate) async fn customer_billing(
    State(api): State<Api>,
    caller: Caller<Reads>,
    Query((whose, page)): Query<PurchasesQuery>,
) -> Result<Reply<CustomerBilling>, Problem> {
    Ok(Reply::ok(api.app().customer_billing(&caller.into_inner(), whose, page).await?))
}
