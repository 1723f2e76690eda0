//! Answers as JSON. Written once into one buffer, with its length known.

use app::Answer;
use app::ledger::How;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

use crate::problem::{Problem, REPLAYED};

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

    /// 201 with what was made now.
    pub(crate) fn new(made: impl Into<T>) -> Self {
        Self { status: StatusCode::CREATED, ..Self::ok(made) }
    }
}

impl<T: Serialize> IntoResponse for Reply<T> {
    fn into_response(self) -> Response {
        let bytes = match serde_json::to_vec(&self.body) {
            Ok(bytes) => bytes,
            Err(error) => return Problem::internal(error).into_response(),
        };
        let mut response = Response::new(Body::from(bytes));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if self.how == How::Replayed {
            headers.insert(REPLAYED, HeaderValue::from_static("true"));
        }
        response
    }
}
