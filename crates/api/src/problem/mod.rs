//! Refusals as RFC 9457 problems. A handler returns one; the edge of the server
//! writes it out, since only the edge knows the request id.
//!
//! This module must not know where a refusal comes from: `refusal` maps those.

mod code;
mod page;
mod refusal;
mod render;
mod to_pay;

use std::time::Duration;

use app::ledger::How;
use axum::response::{IntoResponse, Response};
use domain::Credits;

pub use code::Code;
pub(crate) use render::{REPLAYED, Rendered};
use to_pay::ToPay;

/// A refusal: what happened, in a word and in a sentence that says what to do.
/// In a box, since it is the rare arm of every result.
#[derive(Clone, Debug)]
pub(crate) struct Problem(Box<Said>);

#[derive(Clone, Debug)]
struct Said {
    code: Code,
    detail: String,
    errors: Vec<FieldError>,
    figures: Option<Figures>,
    payment: Option<Box<ToPay>>,
    index: Option<usize>,
    retry_after: Option<Duration>,
    how: How,
    /// For the log alone.
    cause: Option<String>,
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
        Self(Box::new(Said {
            code,
            detail: detail.into(),
            errors: Vec::new(),
            figures: None,
            payment: None,
            index: None,
            retry_after: None,
            how: How::Applied,
            cause: None,
        }))
    }

    /// Values that are not taken, each with its place.
    pub(crate) fn invalid(errors: Vec<FieldError>) -> Self {
        let detail = match errors.as_slice() {
            [only] => only.sentence(),
            _ => format!("{} values are not valid; `errors` names them.", errors.len()),
        };
        let mut problem = Self::new(Code::InvalidRequest, detail);
        problem.0.errors = errors;
        problem
    }

    /// One value that is not taken.
    pub(crate) fn invalid_at(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::invalid(vec![FieldError { pointer: pointer.into(), detail: detail.into() }])
    }

    /// One value that another code than `invalid_request` is about.
    pub(crate) fn about(code: Code, pointer: &str, detail: impl Into<String>) -> Self {
        let mut problem = Self::invalid_at(pointer, detail);
        problem.0.code = code;
        problem
    }

    /// No such thing.
    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(Code::NotFound, format!("There is no such {what}. Check its id."))
    }

    /// Broken: the client learns its request id, the log the cause.
    pub(crate) fn internal(cause: impl std::fmt::Display) -> Self {
        let detail = "Something broke on our side. Retry with the same Idempotency-Key; \
                      if it stays, tell us the request_id.";
        let mut problem = Self::new(Code::Internal, detail);
        problem.0.cause = Some(cause.to_string());
        problem
    }

    /// With what was needed and what there was.
    #[must_use]
    pub(crate) fn with_figures(mut self, figures: Figures) -> Self {
        self.0.figures = Some(figures);
        self
    }

    /// With what there is to do for a payment.
    #[must_use]
    pub(crate) fn with_payment(mut self, payment: ToPay) -> Self {
        self.0.payment = Some(Box::new(payment));
        self
    }

    /// As the outcome of a key, new or stored.
    #[must_use]
    pub(crate) fn decided(mut self, how: How) -> Self {
        self.0.how = how;
        self
    }

    /// The same request may do better after a while.
    #[must_use]
    pub(crate) fn retry_after(mut self, after: Duration) -> Self {
        self.0.retry_after = Some(after);
        self
    }

    /// The refusal of one operation of a batch.
    #[must_use]
    pub(crate) fn at_index(mut self, index: usize) -> Self {
        self.0.index = Some(index);
        for error in &mut self.0.errors {
            error.pointer.insert_str(0, &format!("/operations/{index}"));
        }
        self
    }

    /// Its word.
    pub(crate) const fn code(&self) -> Code {
        self.0.code
    }

    /// Whether it is a stored outcome.
    pub(crate) fn is_replayed(&self) -> bool {
        self.0.how == How::Replayed
    }

    /// What is ours to mend, for the log.
    pub(crate) fn cause(&self) -> Option<&str> {
        self.0.cause.as_deref()
    }

    /// The values that are not taken.
    pub(crate) fn into_errors(self) -> Vec<FieldError> {
        self.0.errors
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
}

/// The response carries the problem; the edge writes it with the request id.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.code().status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}
