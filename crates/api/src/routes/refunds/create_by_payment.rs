//! `POST /api/stripe/refund`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Caller, Json, Key, Removes};
use crate::openapi::RequiredKey;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{PaymentRefundBody, Reversal};

/// Refund a payment
///
/// As `refundPurchase`, by the payment.
#[utoipa::path(
    post,
    path = "/api/stripe/refund",
    operation_id = "refundPayment",
    tag = "purchases",
    params(RequiredKey),
    request_body = PaymentRefundBody,
    responses((status = 200, description = "The refund", body = Reversal)),
    security(("bearer" = ["admin"])),
    extensions(
        ("x-roles" = json!(["finance", "admin"])),
        ("x-codes" = json!([
            "not_found", "refund_exceeds", "not_refundable", "refund_declined", "payment_required"
        ])),
    ),
)]
pub(crate) async fn create_by_payment(
    State(api): State<Api>,
    caller: Caller<Removes>,
    Key(key): Key,
    Json(request): Json<PaymentRefundBody>,
) -> Result<Reply<Reversal>, Problem> {
    let (app, caller) = (api.app().clone(), caller.into_inner());
    api.run(async move { app.refund(&caller, Some(key), request).await }).await.map(Reply::done)
}
