//! `GET /api/stripe/products`

use axum::extract::State;

use crate::api::Api;
use crate::extract::Visitor;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::StripeProductList;

/// The packages as Stripe sells them
///
/// Each is a product with one price a month. A package that has just changed has
/// no id of its new price until Stripe was told.
#[utoipa::path(
    get,
    path = "/api/stripe/products",
    operation_id = "listStripeProducts",
    tag = "stripe",
    responses((status = 200, description = "All that are offered", body = StripeProductList)),
    security((), ("bearer" = [])),
)]
pub(crate) async fn products(
    State(api): State<Api>,
    _: Visitor,
) -> Result<Reply<StripeProductList>, Problem> {
    Ok(Reply::ok(api.app().list_packages().await?))
}
