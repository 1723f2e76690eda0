//! `POST /api/stripe/webhook`

use axum::extract::State;
use http::{HeaderMap, StatusCode};

use crate::api::Api;
use crate::extract::Raw;
use crate::problem::Problem;

/// The header that Stripe signs in.
const SIGNATURE: &str = "stripe-signature";

/// Take an event of Stripe's
///
/// Its signature is its authority. It is stored and answered; what it is about is
/// looked at behind it, so an event may come twice, late and in any order.
#[utoipa::path(
    post,
    path = "/api/stripe/webhook",
    operation_id = "receiveStripeEvent",
    tag = "stripe",
    responses((status = 204, description = "It is stored")),
    extensions(("x-codes" = json!([
        "signature_invalid", "not_found", "body_too_large", "invalid_request", "overloaded"
    ]))),
)]
pub(crate) async fn webhook(
    State(api): State<Api>,
    headers: HeaderMap,
    Raw(body): Raw,
) -> Result<StatusCode, Problem> {
    let signature = headers.get(SIGNATURE).and_then(|value| value.to_str().ok());
    let (app, signature) = (api.app().clone(), signature.unwrap_or_default().to_owned());
    let taken = api.run(async move { app.receive_stripe_event(&signature, &body).await });
    taken.await.map(|()| StatusCode::NO_CONTENT)
}
