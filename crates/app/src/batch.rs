//! Batches: many operations in one request, each with its own key, one by one
//! or all or none.

use domain::{HoldId, IdempotencyKey};
use futures::future::join_all;
use ledger::Order;

use crate::App;
use crate::callers::Caller;
use crate::error::Error;
use crate::grants::{GrantRequest, GrantView, ShowGrant};
use crate::holds::{
    CaptureRequest, Captured, HoldRequest, HoldView, ShowCapture, ShowHold, ShowSettled,
};
use crate::ledger::Committed;
use crate::prepared::{Answer, Prepared, Show, Step};
use crate::spends::{ShowSpend, SpendRequest};
use crate::transactions::Transaction;

/// The most operations of a batch.
const OPERATIONS_MAX: usize = 1_000;

/// A batch that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchRequest {
    /// One by one, or all or none.
    pub mode: BatchMode,
    /// 1 to 1000.
    pub operations: Vec<BatchOperation>,
}

/// What a refusal does to the others of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchMode {
    /// Nothing.
    Each,
    /// None of them is done.
    Atomic,
}

/// An operation of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchOperation {
    /// The caller's word for it.
    pub key: IdempotencyKey,
    /// What is asked.
    pub op: BatchOp,
}

/// What an operation asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BatchOp {
    /// Spend credits.
    Spend(SpendRequest),
    /// Place a hold.
    Hold(HoldRequest),
    /// Take credits of a hold.
    Capture(CaptureRequest),
    /// Give a hold back.
    Release(HoldId),
    /// Make a grant.
    Grant(GrantRequest),
}

/// What came of an operation.
#[derive(Debug)]
pub struct BatchResult {
    /// Its key.
    pub key: IdempotencyKey,
    /// Its answer, or why there is none.
    pub outcome: Result<Answer<BatchValue>, Error>,
}

/// What an operation is answered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BatchValue {
    /// A spend's.
    Transaction(Box<Transaction>),
    /// A hold's, placed or released.
    Hold(Box<HoldView>),
    /// A capture's.
    Captured(Box<Captured>),
    /// A grant's.
    Grant(Box<GrantView>),
}

/// How what came of an operation is shown.
enum ShowOperation {
    Spend(ShowSpend),
    Hold(ShowHold),
    Capture(Box<ShowCapture>),
    Release(Box<ShowSettled>),
    Grant(ShowGrant),
}

impl Show for ShowOperation {
    type Value = BatchValue;

    fn show(&self, committed: &Committed) -> Option<BatchValue> {
        Some(match self {
            Self::Spend(show) => BatchValue::Transaction(Box::new(show.show(committed)?)),
            Self::Hold(show) => BatchValue::Hold(Box::new(show.show(committed)?)),
            Self::Capture(show) => BatchValue::Captured(Box::new(show.show(committed)?)),
            Self::Release(show) => BatchValue::Hold(Box::new(show.show(committed)?)),
            Self::Grant(show) => BatchValue::Grant(Box::new(show.show(committed)?)),
        })
    }
}

impl App {
    /// Does the operations of a batch, in their order. An atomic one is done or
    /// refused whole; what was done by an earlier use of a key counts as done.
    pub async fn batch(
        &self,
        caller: &Caller,
        request: BatchRequest,
    ) -> Result<Vec<BatchResult>, Error> {
        let BatchRequest { mode, operations } = request;
        if operations.is_empty() || operations.len() > OPERATIONS_MAX {
            return Err(Error::invalid("/operations", "has not 1 to 1000 entries"));
        }
        let prepared = operations.iter().map(|operation| self.prepare(caller, operation));
        let prepared = join_all(prepared).await;
        let outcomes = match mode {
            BatchMode::Each => self.each(prepared).await,
            BatchMode::Atomic => {
                let answers = self.all_or_none(prepared).await?;
                answers.into_iter().map(Ok).collect()
            }
        };
        let keys = operations.into_iter().map(|operation| operation.key);
        Ok(keys.zip(outcomes).map(|(key, outcome)| BatchResult { key, outcome }).collect())
    }

    async fn prepare(
        &self,
        caller: &Caller,
        operation: &BatchOperation,
    ) -> Result<Prepared<ShowOperation>, Error> {
        use ShowOperation::{Capture, Grant, Hold, Release, Spend};
        let key = Some(&operation.key);
        Ok(match &operation.op {
            BatchOp::Spend(request) => self.prepare_spend(caller, key, request).await?.shown(Spend),
            BatchOp::Hold(request) => self.prepare_hold(caller, key, request).await?.shown(Hold),
            BatchOp::Capture(request) => {
                let prepared = self.prepare_capture(caller, key, request).await?;
                prepared.shown(|show| Capture(Box::new(show)))
            }
            BatchOp::Release(hold) => {
                let prepared = self.prepare_release(caller, key, *hold).await?;
                prepared.shown(|show| Release(Box::new(show)))
            }
            BatchOp::Grant(request) => self.prepare_grant(caller, key, request).await?.shown(Grant),
        })
    }

    async fn each(
        &self,
        prepared: Vec<Result<Prepared<ShowOperation>, Error>>,
    ) -> Vec<Result<Answer<BatchValue>, Error>> {
        let (mut orders, mut waiting) = (Vec::new(), Vec::with_capacity(prepared.len()));
        for one in prepared {
            waiting.push(one.map(|Prepared { step, show }| (show, known_or(step, &mut orders))));
        }
        let mut decided = self.ledger().submit_each(orders).await.into_iter();
        let mut answers = Vec::with_capacity(waiting.len());
        for one in waiting {
            answers.push(one.and_then(|(show, known)| {
                let committed = match known {
                    Some(committed) => committed,
                    None => decided.next().ok_or_else(lost)??,
                };
                show.answer(&committed)
            }));
        }
        answers
    }

    async fn all_or_none(
        &self,
        prepared: Vec<Result<Prepared<ShowOperation>, Error>>,
    ) -> Result<Vec<Answer<BatchValue>>, Error> {
        let (mut orders, mut waiting) = (Vec::new(), Vec::with_capacity(prepared.len()));
        // The places of the orders among the operations.
        let mut places = Vec::new();
        for (index, one) in prepared.into_iter().enumerate() {
            let Prepared { step, show } = one.map_err(|error| at(index, error))?;
            let known = known_or(step, &mut orders);
            if known.is_none() {
                places.push(index);
            }
            waiting.push((show, known));
        }
        let decided = self.ledger().submit_all(orders).await;
        let mut decided = decided
            .map_err(|(place, error)| {
                at(places.get(place).copied().unwrap_or(place), error.into())
            })?
            .into_iter();
        let mut answers = Vec::with_capacity(waiting.len());
        for (show, known) in waiting {
            let committed = known.or_else(|| decided.next()).ok_or_else(lost)?;
            answers.push(show.answer(&committed)?);
        }
        Ok(answers)
    }
}

/// What is known of a step; if it is not, its order is kept.
fn known_or(step: Step, orders: &mut Vec<Order>) -> Option<Committed> {
    match step {
        Step::Known(committed) => Some(committed),
        Step::Order(order) => {
            orders.push(*order);
            None
        }
    }
}

fn at(index: usize, error: Error) -> Error {
    Error::Operation { index, source: Box::new(error) }
}

fn lost() -> Error {
    Error::internal("an order has no outcome")
}
