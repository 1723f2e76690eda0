//! `POST /api/stripe/customer-portal`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Caller, Json, SpendsOrGrants};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{CustomerPortal, PortalBody};

/// Open the page where a customer looks after what they pay with
///
/// A test book has no such page: it answers `return_url`.
#[utoipa::path(
    post,
    path = "/api/stripe/customer-portal",
    operation_id = "openCustomerPortal",
    tag = "stripe",
    request_body = PortalBody,
    responses((status = 200, description = "The page", body = CustomerPortal)),
    security(("bearer" = ["credits:spend"]), ("bearer" = ["credits:grant"])),
    extensions(("x-codes" = json!(["not_found", "payment_required"]))),
)]
pub(crate) async fn customer_portal(
    State(api): State<Api>,
    caller: Caller<SpendsOrGrants>,
    Json((whose, return_url)): Json<PortalBody>,
) -> Result<Reply<CustomerPortal>, Problem> {
    let (app, caller) = (api.app().clone(), caller.into_inner());
    let opened = api.run(async move { app.open_portal(&caller, whose, &return_url).await });
    opened.await.map(Reply::ok)
}
