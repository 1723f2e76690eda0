//! Why Stripe did not do what it was asked. This module must not know what was
//! asked.

use std::fmt;

use reqwest::StatusCode;
use serde::Deserialize;

/// Why Stripe did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StripeError {
    /// The card, or whatever is paid with, was refused.
    #[error("declined: {0}")]
    Declined(Decline),
    /// It has no such object.
    #[error("stripe has no such object")]
    NotFound,
    /// It does not take this request: ours to mend, or the object's state
    /// forbids it.
    #[error("stripe refuses the request: {0}")]
    Refused(String),
    /// The key is not one of its.
    #[error("stripe does not take the secret key")]
    Unauthenticated,
    /// The idempotency key was used for another request.
    #[error("stripe saw this idempotency key with another request")]
    KeyReused,
    /// It could not be reached, was busy or broken, however often it was asked.
    /// What was asked may have happened: asked with the same key, it tells.
    #[error("stripe is away: {0}")]
    Away(String),
    /// Its answer is not what it documents.
    #[error("stripe answered what can't be read: {0}")]
    Unreadable(String),
}

/// Why a payment was refused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decline {
    /// Stripe's word: `card_declined`.
    pub code: String,
    /// The bank's word, where there is one: `insufficient_funds`.
    pub reason: Option<String>,
}

impl fmt::Display for Decline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.reason {
            Some(reason) => write!(f, "{} ({reason})", self.code),
            None => f.write_str(&self.code),
        }
    }
}

/// The body of an answer that is no success.
#[derive(Debug, Default, Deserialize)]
struct Envelope {
    #[serde(default)]
    error: Body,
}

#[derive(Debug, Default, Deserialize)]
struct Body {
    #[serde(rename = "type", default)]
    kind: Option<String>,
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    decline_code: Option<String>,
    #[serde(default)]
    param: Option<String>,
}

/// Whether the same request may do better in a moment.
pub(super) fn is_passing(status: StatusCode, body: &[u8]) -> bool {
    if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
        return true;
    }
    // Another request with the same key is at work, or has the object locked.
    let busy = ["idempotency_key_in_use", "lock_timeout"];
    status == StatusCode::CONFLICT && read(body).code.is_none_or(|code| busy.contains(&&*code))
}

/// What an answer means that is no success. What it says in prose is not kept:
/// it may name people.
pub(super) fn meaning(status: StatusCode, body: &[u8]) -> StripeError {
    let Body { kind, code, decline_code, param } = read(body);
    let kind = kind.unwrap_or_default();
    match (status.as_u16(), kind.as_str()) {
        (401, _) => StripeError::Unauthenticated,
        (404, _) => StripeError::NotFound,
        (_, "idempotency_error") => StripeError::KeyReused,
        (402, _) | (_, "card_error") => {
            let code = code.unwrap_or_else(|| "card_declined".to_owned());
            StripeError::Declined(Decline { code, reason: decline_code })
        }
        (429 | 500..=599, _) => StripeError::Away(status.to_string()),
        _ => {
            let word = code.unwrap_or(kind);
            let at = param.map(|param| format!(" at {param}")).unwrap_or_default();
            StripeError::Refused(format!("{} {word}{at}", status.as_u16()))
        }
    }
}

fn read(body: &[u8]) -> Body {
    serde_json::from_slice::<Envelope>(body).unwrap_or_default().error
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(status: u16, body: &str) -> StripeError {
        meaning(StatusCode::from_u16(status).unwrap(), body.as_bytes())
    }

    #[test]
    fn an_answer_that_is_no_success_has_a_meaning() {
        let declined = r#"{"error":{"type":"card_error","code":"card_declined",
            "decline_code":"insufficient_funds","message":"Ada's card"}}"#;
        let decline =
            Decline { code: "card_declined".into(), reason: Some("insufficient_funds".into()) };
        assert_eq!(of(402, declined), StripeError::Declined(decline));
        assert_eq!(of(404, "{}"), StripeError::NotFound);
        assert_eq!(of(401, ""), StripeError::Unauthenticated);
        assert_eq!(of(400, r#"{"error":{"type":"idempotency_error"}}"#), StripeError::KeyReused);
        let state = r#"{"error":{"type":"invalid_request_error",
            "code":"payment_intent_unexpected_state","param":"intent"}}"#;
        let refused = "400 payment_intent_unexpected_state at intent";
        assert_eq!(of(400, state), StripeError::Refused(refused.into()));
        assert!(matches!(of(503, "<html>"), StripeError::Away(_)));
    }

    #[test]
    fn what_may_do_better_in_a_moment_is_told_from_what_never_will() {
        let passing = |status: u16, body: &str| {
            is_passing(StatusCode::from_u16(status).unwrap(), body.as_bytes())
        };
        assert!(passing(429, "") && passing(500, "") && passing(503, ""));
        assert!(passing(409, r#"{"error":{"code":"lock_timeout"}}"#));
        assert!(passing(409, r#"{"error":{"code":"idempotency_key_in_use"}}"#));
        assert!(!passing(409, r#"{"error":{"code":"something_else"}}"#));
        assert!(!passing(400, "") && !passing(402, "") && !passing(404, ""));
    }
}
