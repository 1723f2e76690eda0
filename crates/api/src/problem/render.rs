//! A problem as `application/problem+json`. This module must not know what a
//! refusal means, only how it is written.

use axum::body::Body;
use axum::response::Response;
use http::{HeaderName, HeaderValue, header};
use secrecy::ExposeSecret;
use serde::Serialize;

use super::{FieldError, Problem, ToPay};
use crate::wire::Decimal;

/// The media type of RFC 9457.
const CONTENT_TYPE: HeaderValue = HeaderValue::from_static("application/problem+json");

/// A problem as it is written.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Problem)]
pub(crate) struct Rendered<'a> {
    /// The page of the code, a reference relative to the server.
    #[serde(rename = "type")]
    #[schema(examples("/errors/insufficient_credits"))]
    kind: String,
    /// What kind of thing happened.
    #[schema(examples("Not enough credits"))]
    title: &'a str,
    /// The HTTP status.
    #[schema(examples(402))]
    status: u16,
    /// What happened and what to do, for a person.
    detail: &'a str,
    /// The stable word for programs.
    #[schema(examples("insufficient_credits"))]
    code: &'a str,
    /// The trace of the request, also in `X-Request-Id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
    /// The values that are not taken.
    #[serde(skip_serializing_if = "<[FieldError]>::is_empty")]
    errors: &'a [FieldError],
    /// Which operation of an atomic batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<usize>,
    /// On 402: what was needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    required: Option<Decimal>,
    /// On 402: what may be spent.
    #[serde(skip_serializing_if = "Option::is_none")]
    available: Option<Decimal>,
    /// On 402: what is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    shortfall: Option<Decimal>,
    /// On 402: what holds reserve.
    #[serde(skip_serializing_if = "Option::is_none")]
    held: Option<Decimal>,
    /// On 402 `payment_required`: the payment to make.
    #[serde(flatten)]
    payment: Option<PaymentToMake<'a>>,
}

/// A payment to make, and how.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct PaymentToMake<'a> {
    /// What the payment provider calls it; a page has none until it is paid on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(examples("pi_3Pq9"))]
    payment_intent_id: Option<&'a str>,
    /// How far it is, in the provider's words.
    #[schema(examples("requires_payment_method"))]
    payment_status: &'a str,
    /// What the client's own page pays with.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(examples("pi_3Pq9_secret_x"))]
    client_secret: Option<&'a str>,
    /// The page to pay on.
    #[serde(skip_serializing_if = "Option::is_none")]
    checkout_url: Option<&'a str>,
    /// Why the last try was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(examples("card_declined (insufficient_funds)"))]
    decline_reason: Option<&'a str>,
}

impl<'a> PaymentToMake<'a> {
    fn of(needed: &'a ToPay) -> Self {
        Self {
            payment_intent_id: needed.intent.as_deref(),
            payment_status: needed.status,
            client_secret: needed.client_secret.as_ref().map(ExposeSecret::expose_secret),
            checkout_url: needed.checkout_url.as_deref(),
            decline_reason: needed.declined.as_deref(),
        }
    }
}

impl<'a> Rendered<'a> {
    /// A problem with the id of its request; none inside a batch's answer.
    pub(crate) fn of(problem: &'a Problem, request_id: Option<&'a str>) -> Self {
        let said = &*problem.0;
        let (code, figures) = (said.code, said.figures);
        let shortfall = figures.and_then(|f| f.required.checked_sub(f.available));
        Self {
            kind: format!("/errors/{}", code.as_str()),
            title: code.title(),
            status: code.status().as_u16(),
            detail: &said.detail,
            code: code.as_str(),
            request_id,
            errors: &said.errors,
            index: said.index,
            required: figures.map(|f| Decimal::from(f.required)),
            available: figures.map(|f| Decimal::from(f.available)),
            shortfall: shortfall.map(Decimal::from),
            held: figures.map(|f| Decimal::from(f.held)),
            payment: said.payment.as_deref().map(PaymentToMake::of),
        }
    }
}

impl Problem {
    /// Writes it into the response that carried it: what the response says
    /// already (`Allow`) stays.
    pub(crate) fn render(&self, response: &mut Response, request_id: &str) {
        let body = serde_json::to_vec(&Rendered::of(self, Some(request_id)));
        *response.body_mut() = body.map_or_else(|_| Body::empty(), Body::from);
        *response.status_mut() = self.code().status();
        let headers = response.headers_mut();
        headers.remove(header::CONTENT_LENGTH);
        headers.insert(header::CONTENT_TYPE, CONTENT_TYPE);
        if let Some(after) = self.0.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(after.as_secs().max(1)));
        }
        if self.code().status() == http::StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if self.is_replayed() {
            headers.insert(REPLAYED, HeaderValue::from_static("true"));
        }
    }
}

/// Says that the answer is a stored one.
pub(crate) const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
