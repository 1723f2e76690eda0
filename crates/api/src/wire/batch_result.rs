//! What came of a batch, operation by operation.

use app::ledger::How;
use app::{BatchOp, BatchResult, BatchValue};
use domain::IdempotencyKey;
use http::StatusCode;
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use super::grant::Grant;
use super::hold::{Capture, Hold};
use super::transaction::CreditTransaction;
use crate::problem::{Problem, Rendered};

/// What came of a batch, in the order of its operations.
#[derive(Serialize, ToSchema)]
pub(crate) struct BatchResults {
    results: Vec<OperationResult>,
}

/// What came of an operation.
#[derive(Serialize, ToSchema)]
struct OperationResult {
    /// The operation's own.
    key: String,
    /// What its endpoint would have answered with.
    #[schema(examples(201))]
    status: u16,
    /// Whether it is the stored answer to the same key.
    replayed: bool,
    /// Of a spend or a capture.
    #[serde(skip_serializing_if = "Option::is_none")]
    transaction: Option<CreditTransaction>,
    /// Of a hold, a capture or a release.
    #[serde(skip_serializing_if = "Option::is_none")]
    hold: Option<Hold>,
    /// Of a grant.
    #[serde(skip_serializing_if = "Option::is_none")]
    grant: Option<Grant>,
    /// Of a refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Rendered>)]
    problem: Option<Refused>,
}

/// A refusal inside an answer: the request has the id, not the operation.
struct Refused(Problem);

impl Serialize for Refused {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        Rendered::of(&self.0, None).serialize(to)
    }
}

impl BatchResults {
    /// The results of operations whose endpoints answer with these statuses.
    pub(crate) fn of(results: Vec<BatchResult>, done: Vec<StatusCode>) -> Self {
        let results = results.into_iter().zip(done);
        Self { results: results.map(|(result, done)| OperationResult::of(result, done)).collect() }
    }
}

/// What the endpoint of an operation answers with.
pub(crate) const fn status(op: &BatchOp) -> StatusCode {
    match op {
        BatchOp::Spend(_) | BatchOp::Hold(_) | BatchOp::Grant(_) => StatusCode::CREATED,
        BatchOp::Capture(_) | BatchOp::Release(_) => StatusCode::OK,
    }
}

impl OperationResult {
    fn of(result: BatchResult, done: StatusCode) -> Self {
        let none = Self::empty(&result.key, done);
        match result.outcome {
            Ok(answer) => {
                let replayed = answer.how == How::Replayed;
                Self { replayed, ..none.with(answer.value) }
            }
            Err(error) => {
                let problem = Problem::from(error);
                let (status, replayed) = (problem.code().status().as_u16(), problem.is_replayed());
                Self { status, replayed, problem: Some(Refused(problem)), ..none }
            }
        }
    }

    fn empty(key: &IdempotencyKey, status: StatusCode) -> Self {
        Self {
            key: key.as_str().to_owned(),
            status: status.as_u16(),
            replayed: false,
            transaction: None,
            hold: None,
            grant: None,
            problem: None,
        }
    }

    fn with(self, value: BatchValue) -> Self {
        match value {
            BatchValue::Transaction(transaction) => {
                Self { transaction: Some((*transaction).into()), ..self }
            }
            BatchValue::Hold(hold) => Self { hold: Some((*hold).into()), ..self },
            BatchValue::Captured(captured) => {
                let Capture { hold, transaction } = (*captured).into();
                Self { hold: Some(hold), transaction: Some(transaction), ..self }
            }
            BatchValue::Grant(grant) => Self { grant: Some((*grant).into()), ..self },
        }
    }
}
