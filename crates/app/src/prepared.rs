//! From a request to its answer: an order for the ledger, and how to show what
//! came of it. An answer is built from records alone, so a replay gives the
//! same one.

use domain::{Actor, IdempotencyKey, Refusal, Text, WalletId};
use ledger::{Command, Fingerprint, KeyId, Operation, Order};
use store::projections;

use crate::App;
use crate::callers::Caller;
use crate::error::Error;
use crate::fingerprint::Canonical;
use crate::ledger::{Committed, How, Recorded, SubmitError};

/// An answer, and whether it is new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer<T> {
    /// What is answered.
    pub value: T,
    /// Whether an earlier use of its key was answered so.
    pub how: How,
}

impl<T> Answer<T> {
    /// The same answer, shown differently.
    pub fn map<U>(self, convert: impl FnOnce(T) -> U) -> Answer<U> {
        Answer { value: convert(self.value), how: self.how }
    }
}

/// How what came of a command is shown.
pub(crate) trait Show {
    /// As what.
    type Value;

    /// Shows it; `None` where the record can't be its answer.
    fn show(&self, committed: &Committed) -> Option<Self::Value>;

    /// Shows it with its novelty.
    fn answer(&self, committed: &Committed) -> Result<Answer<Self::Value>, Error> {
        let value = self.show(committed);
        let value = value.ok_or_else(|| Error::internal("a record does not answer its command"))?;
        Ok(Answer { value, how: committed.how })
    }
}

/// A request ready for the ledger.
pub(crate) struct Prepared<S> {
    pub(crate) step: Step,
    pub(crate) show: S,
}

/// What is left to do.
pub(crate) enum Step {
    /// To be decided.
    Order(Box<Order>),
    /// Decided before, by an earlier use of the key.
    Known(Committed),
}

/// A key with what its request said.
pub(crate) type Keyed = Option<(Text, Fingerprint)>;

impl<S> Prepared<S> {
    pub(crate) fn order(order: Order, show: S) -> Self {
        Self { step: Step::Order(Box::new(order)), show }
    }

    pub(crate) fn known(committed: Committed, show: S) -> Self {
        Self { step: Step::Known(committed), show }
    }

    /// The same request, shown differently.
    pub(crate) fn shown<T>(self, convert: impl FnOnce(S) -> T) -> Prepared<T> {
        Prepared { step: self.step, show: convert(self.show) }
    }
}

impl App {
    /// Has a prepared request decided, and answers it.
    pub(crate) async fn carry_out<S: Show>(
        &self,
        prepared: Prepared<S>,
    ) -> Result<Answer<S::Value>, Error> {
        let committed = match prepared.step {
            Step::Order(order) => self.ledger().submit(*order).await?,
            Step::Known(committed) => committed,
        };
        prepared.show.answer(&committed)
    }

    /// A key with the fingerprint of its request.
    pub(crate) fn sealed(
        &self,
        key: Option<&IdempotencyKey>,
        request: impl FnOnce() -> Canonical,
    ) -> Keyed {
        let secret = &self.ledger().book().fingerprint_secret;
        key.map(|key| (key.text().clone(), request().seal(secret)))
    }

    /// What an earlier use of the key was answered with, where `otherwise` says
    /// that the request can't be priced now: a key is looked for before any
    /// refusal that depends on what services cost today.
    pub(crate) async fn outcome_of(
        &self,
        scope: (Actor, Operation, WalletId),
        keyed: Keyed,
        otherwise: Error,
    ) -> Result<Committed, Error> {
        if !matches!(otherwise, Error::Invalid(_)) {
            return Err(otherwise);
        }
        self.outcome(scope, keyed).await?.ok_or(otherwise)
    }

    /// What an earlier use of the key was answered with, if it was used.
    pub(crate) async fn outcome(
        &self,
        (actor, operation, wallet): (Actor, Operation, WalletId),
        keyed: Keyed,
    ) -> Result<Option<Committed>, Error> {
        let Some((key, fingerprint)) = keyed else { return Ok(None) };
        self.ledger().projected().await?;
        let id = KeyId::of(&actor, operation, Some(wallet), &key);
        let Some(entry) = self
            .read(move |tx| Box::pin(async move { Ok(projections::find_key(tx, id).await?) }))
            .await?
        else {
            return Ok(None);
        };
        if entry.fingerprint != fingerprint {
            return Err(refused(Refusal::KeyReused, How::Applied));
        }
        if let Some(refusal) = entry.refusal {
            return Err(refused(refusal, How::Replayed));
        }
        let recorded = self.ledger().record(entry.seq).await?;
        let recorded = recorded.ok_or_else(|| Error::internal("a key's record is not there"))?;
        let Recorded { record, words, .. } = recorded;
        Ok(Some(Committed { how: How::Replayed, record, words }))
    }
}

fn refused(refusal: Refusal, how: How) -> Error {
    SubmitError::Refused { refusal, how }.into()
}

/// An order with what every request says.
pub(crate) fn order(caller: &Caller, keyed: Keyed, command: Command) -> Order {
    Order { key: keyed, request: caller.request.clone(), ..Order::bare(caller.actor(), command) }
}
