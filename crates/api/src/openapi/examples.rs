//! Examples of requests and answers, each from a session that was really had:
//! `examples.json` holds it, and a test has it again with a new book and
//! compares (`UPDATE_EXAMPLES=1` writes it).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{Content, RefOr};

/// What an operation was asked and what it answered, as far as that was JSON.
#[derive(Deserialize)]
struct Example {
    request: Option<Value>,
    answer: Option<Value>,
}

/// By the operation's id.
static SESSION: LazyLock<BTreeMap<String, Example>> = LazyLock::new(|| {
    let session = serde_json::from_str(include_str!("examples.json"));
    session.unwrap_or_else(|error| panic!("examples.json: {error}"))
});

/// Puts an operation's example beside its schemas.
pub(super) fn write(operation: &mut Operation) {
    let id = operation.operation_id.as_deref().unwrap_or_default();
    let Some(Example { request, answer }) = SESSION.get(id) else { return };
    if let Some(RefOr::T(body)) = operation.request_body.as_mut() {
        put(body.content.values_mut(), request.as_ref());
    }
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response
            && status.starts_with('2')
        {
            put(response.content.values_mut(), answer.as_ref());
        }
    }
}

fn put<'c>(contents: impl Iterator<Item = &'c mut RefOr<Content>>, example: Option<&Value>) {
    for content in contents {
        if let RefOr::T(content) = content {
            content.example = example.cloned();
        }
    }
}
