//! `POST /api/stripe/create-payment-intent`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Caller, Json, OptionalKey, SpendsOrGrants};
use crate::openapi::AcceptedKey;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{PaymentIntent, PaymentIntentBody};

/// Begin a payment on your own page
///
/// The credits come once it is paid, by themselves or with a purchase that names
/// it. The same key answers how far the payment is.
#[utoipa::path(
    post,
    path = "/api/stripe/create-payment-intent",
    operation_id = "createPaymentIntent",
    tag = "stripe",
    params(AcceptedKey),
    request_body = PaymentIntentBody,
    responses((status = 200, description = "The payment", body = PaymentIntent)),
    security(("bearer" = ["credits:spend"]), ("bearer" = ["credits:grant"])),
    extensions(("x-codes" = json!([
        "not_found", "below_minimum", "payment_required", "account_paused", "account_suspended",
        "limit_reached", "payment_cancelled", "promotion_exhausted", "promotion_not_applicable",
        "rate_limited"
    ]))),
)]
pub(crate) async fn create_payment_intent(
    State(api): State<Api>,
    caller: Caller<SpendsOrGrants>,
    OptionalKey(key): OptionalKey,
    Json(request): Json<PaymentIntentBody>,
) -> Result<Reply<PaymentIntent>, Problem> {
    let (app, caller) = (api.app().clone(), caller.into_inner());
    let begun = api.run(async move { app.begin_payment(&caller, key, request).await });
    begun.await.map(Reply::ok)
}
