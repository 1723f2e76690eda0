//! Answers and refusals as Stripe words them.

use serde_json::{Value, json};

/// A status with a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Value,
}

/// What was asked, or why it was not done.
pub(super) type Done = Result<Value, Answer>;

fn problem(status: u16, error: &Value) -> Answer {
    Answer { status, body: json!({"error": error}) }
}

/// There is no such object.
pub(super) fn missing(id: &str) -> Answer {
    problem(
        404,
        &json!({"type": "invalid_request_error", "code": "resource_missing",
        "message": format!("No such object: '{id}'"), "param": "id"}),
    )
}

/// A field that is missing or wrong.
pub(super) fn invalid(param: &str) -> Answer {
    problem(
        400,
        &json!({"type": "invalid_request_error", "code": "parameter_invalid",
        "message": format!("Invalid {param}"), "param": param}),
    )
}

/// A field that is none of this request's.
pub(super) fn unknown(param: &str) -> Answer {
    problem(
        400,
        &json!({"type": "invalid_request_error", "code": "parameter_unknown",
        "message": format!("Received unknown parameter: {param}"), "param": param}),
    )
}

/// The object's state forbids it.
pub(super) fn unexpected_state(code: &str) -> Answer {
    problem(
        400,
        &json!({"type": "invalid_request_error", "code": code,
        "message": "The object's status forbids this."}),
    )
}

/// The card was refused.
pub(super) fn declined(decline_code: &str) -> Answer {
    problem(
        402,
        &json!({"type": "card_error", "code": "card_declined",
        "decline_code": decline_code, "message": "Your card was declined."}),
    )
}

/// The idempotency key was used for something else.
pub(super) fn key_reused() -> Answer {
    problem(
        400,
        &json!({"type": "idempotency_error",
        "message": "Keys for idempotent requests can only be used with the same parameters."}),
    )
}

/// Not one of ours.
pub(super) fn unauthenticated() -> Answer {
    problem(401, &json!({"type": "invalid_request_error", "message": "Invalid API Key."}))
}

/// As a test wants it.
pub(super) fn failed(status: u16) -> Answer {
    let code = if status == 409 { json!("lock_timeout") } else { Value::Null };
    problem(status, &json!({"type": "api_error", "code": code, "message": "Try again."}))
}

impl Answer {
    /// Whether it is of a request that was begun: one whose fields are wrong never is,
    /// nor one that others stand in the way of.
    pub(super) fn is_begun(&self) -> bool {
        let code = self.body["error"]["code"].as_str().unwrap_or_default();
        let never = [409, 429, 503].contains(&self.status) || self.status == 401;
        !never && !code.starts_with("parameter_")
    }
}

/// A page of a list, newest first.
pub(super) fn page(url: &str, all: Vec<Value>, query: &Value) -> Done {
    let limit = match query["limit"].as_str() {
        Some(limit) => limit.parse().map_err(|_| invalid("limit"))?,
        None => 10,
    };
    let mut newest: Vec<_> = all.into_iter().rev().collect();
    if let Some(after) = query["starting_after"].as_str() {
        let place = newest.iter().position(|object| object["id"] == after);
        newest.drain(..=place.ok_or_else(|| missing(after))?);
    }
    let since = query["created"]["gte"].as_str().and_then(|since| since.parse::<i64>().ok());
    newest.retain(|object| since.is_none_or(|since| object["created"].as_i64() >= Some(since)));
    let has_more = newest.len() > limit;
    newest.truncate(limit);
    Ok(json!({"object": "list", "url": url, "has_more": has_more, "data": newest}))
}
