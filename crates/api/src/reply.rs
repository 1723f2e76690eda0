//! Answers as JSON. Written once into one buffer, with its length known.

use app::Answer;
use app::ledger::How;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

use crate::problem::{Problem, REPLAYED};

/// Room for most answers: a transaction takes half of it.
const BYTES: usize = 1_024;

/// An answer.
pub(crate) struct Reply<T> {
    status: StatusCode,
    how: How,
    body: T,
}

impl<T> Reply<T> {
    /// 200 with something that was looked up.
    pub(crate) fn ok(found: impl Into<T>) -> Self {
        Self { status: StatusCode::OK, how: How::Applied, body: found.into() }
    }

    /// 200 with what was done, now or by an earlier use of the key.
    pub(crate) fn done(answer: Answer<impl Into<T>>) -> Self {
        Self { status: StatusCode::OK, how: answer.how, body: answer.value.into() }
    }

    /// 201 with what was made, now or by an earlier use of the key.
    pub(crate) fn made(answer: Answer<impl Into<T>>) -> Self {
        Self { status: StatusCode::CREATED, ..Self::done(answer) }
    }

    /// 201 with what was made now; it takes no key.
    pub(crate) fn created(made: impl Into<T>) -> Self {
        Self { status: StatusCode::CREATED, ..Self::ok(made) }
    }
}

/// 204: what was asked for is done, now or by an earlier use of the key.
pub(crate) struct Done(How);

impl From<Answer<()>> for Done {
    fn from(answer: Answer<()>) -> Self {
        Self(answer.how)
    }
}

impl IntoResponse for Done {
    fn into_response(self) -> Response {
        let mut response = StatusCode::NO_CONTENT.into_response();
        mark(&mut response, self.0);
        response
    }
}

/// Says where an answer is not new.
fn mark(response: &mut Response, how: How) {
    if how == How::Replayed {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
}

impl<T: Serialize> IntoResponse for Reply<T> {
    fn into_response(self) -> Response {
        let mut bytes = Vec::with_capacity(BYTES);
        if let Err(error) = serde_json::to_writer(&mut bytes, &self.body) {
            return Problem::internal(error).into_response();
        }
        let mut response = Response::new(Body::from(bytes));
        *response.status_mut() = self.status;
        let json = HeaderValue::from_static("application/json");
        response.headers_mut().insert(header::CONTENT_TYPE, json);
        mark(&mut response, self.how);
        response
    }
}
