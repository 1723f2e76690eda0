//! Refusals as RFC 9457 problems. A handler returns one; the edge of the server
//! writes it out, since only the edge knows the request id.
//!
//! This module must not know where a refusal comes from: `refusal` maps those.

mod code;
mod page;
mod refusal;
mod render;

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use domain::Credits;

pub use code::Code;
pub(crate) use render::{REPLAYED, Rendered};

/// A refusal: what happened, in a word and in a sentence that says what to do.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    pub(crate) code: Code,
    pub(crate) detail: String,
    pub(crate) errors: Vec<FieldError>,
    pub(crate) figures: Option<Figures>,
    pub(crate) index: Option<usize>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) replayed: bool,
    /// For the log alone.
    pub(crate) cause: Option<String>,
}

/// A field that is not as it must be.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub(crate) struct FieldError {
    /// Where: a JSON pointer into the body, or into the query read as an object.
    #[schema(examples("/amount"))]
    pub(crate) pointer: String,
    /// What is wrong with it.
    #[schema(examples("must be more than 0"))]
    pub(crate) detail: String,
}

/// What a refused spend needed and what there was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Figures {
    /// What was asked for.
    pub(crate) required: Credits,
    /// What may be spent.
    pub(crate) available: Credits,
    /// What holds reserve.
    pub(crate) held: Credits,
}

impl Problem {
    /// A problem with a sentence.
    pub(crate) fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            errors: Vec::new(),
            figures: None,
            index: None,
            retry_after: None,
            replayed: false,
            cause: None,
        }
    }

    /// Values that are not taken, each with its place.
    pub(crate) fn invalid(errors: Vec<FieldError>) -> Self {
        let detail = match errors.as_slice() {
            [only] => only.sentence(),
            _ => format!("{} values are not valid; `errors` names them.", errors.len()),
        };
        Self { errors, ..Self::new(Code::InvalidRequest, detail) }
    }

    /// One value that is not taken.
    pub(crate) fn invalid_at(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::invalid(vec![FieldError { pointer: pointer.into(), detail: detail.into() }])
    }

    /// No such thing.
    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(Code::NotFound, format!("There is no such {what}. Check its id."))
    }

    /// Broken: the client learns its request id, the log the cause.
    pub(crate) fn internal(cause: impl std::fmt::Display) -> Self {
        let detail = "Something broke on our side. Retry with the same Idempotency-Key; \
                      if it stays, tell us the request_id.";
        Self { cause: Some(cause.to_string()), ..Self::new(Code::Internal, detail) }
    }

    /// The same after a while.
    #[must_use]
    pub(crate) fn retry_after(self, after: Duration) -> Self {
        Self { retry_after: Some(after), ..self }
    }

    /// The refusal of one item of a batch.
    #[must_use]
    pub(crate) fn at_index(self, index: usize) -> Self {
        let errors = self.errors.into_iter();
        let errors = errors.map(|error| error.below(&format!("/operations/{index}"))).collect();
        Self { index: Some(index), errors, ..self }
    }
}

impl FieldError {
    /// `operations.0.amount must not be negative.`
    fn sentence(&self) -> String {
        let name = match self.pointer.strip_prefix('/') {
            Some(path) => path.replace('/', "."),
            None => "The request".to_owned(),
        };
        format!("{name} {}.", self.detail.trim_end_matches('.'))
    }

    fn below(self, parent: &str) -> Self {
        Self { pointer: format!("{parent}{}", self.pointer), detail: self.detail }
    }
}

/// The response carries the problem; the edge writes it with the request id.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.code.status().into_response();
        response.extensions_mut().insert(Box::new(self));
        response
    }
}
