//! `POST /api/stripe/create-checkout-session`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Caller, Json, OptionalKey, SpendsOrGrants};
use crate::openapi::AcceptedKey;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{CheckoutSession, CheckoutSessionBody};

/// Begin a payment on the provider's page
///
/// Send the payer to `checkout_url`. The credits come once it is paid. The same
/// key answers the same page, and how far its payment is.
#[utoipa::path(
    post,
    path = "/api/stripe/create-checkout-session",
    operation_id = "createCheckoutSession",
    tag = "stripe",
    params(AcceptedKey),
    request_body = CheckoutSessionBody,
    responses((status = 200, description = "The page", body = CheckoutSession)),
    security(("bearer" = ["credits:spend"]), ("bearer" = ["credits:grant"])),
    extensions(("x-codes" = json!([
        "not_found", "below_minimum", "payment_required", "account_paused", "account_suspended",
        "limit_reached", "payment_cancelled", "promotion_exhausted", "promotion_not_applicable",
        "rate_limited"
    ]))),
)]
pub(crate) async fn create_checkout_session(
    State(api): State<Api>,
    caller: Caller<SpendsOrGrants>,
    OptionalKey(key): OptionalKey,
    Json(request): Json<CheckoutSessionBody>,
) -> Result<Reply<CheckoutSession>, Problem> {
    let (app, caller) = (api.app().clone(), caller.into_inner());
    let begun = api.run(async move { app.begin_payment(&caller, key, request).await });
    begun.await.map(Reply::ok)
}
