//! Refunds by staff: the intent, then the provider, then the credits. Each step
//! may be taken by who asked, by who asks again, or by the finisher.

use domain::{
    Cents, Credits, Currency, Description, IdempotencyKey, MissingCredits, PaymentIntent,
    PurchaseId, Reason, ReversalState, Time,
};
use gateway::{MoneyBack, RefundError, RefundOrder};
use store::reversals::{self, Reversal, Standing};
use store::{Constraint, OnConstraint};

use super::begin::{self, Beginning, Begun, Made, OPERATION};
use super::view::{self, ReversalView};
use super::{RefundRefusal, Synced, mail};
use crate::App;
use crate::callers::Caller;
use crate::error::{Error, stored};
use crate::fingerprint::Canonical;
use crate::ledger::{How, SubmitError};
use crate::prepared::Answer;

/// A refund that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundRequest {
    /// Whose money.
    pub of: RefundOf,
    /// How much; all that is left where nothing is said.
    pub amount: Option<Cents>,
    /// What happens to credits that are not there any more.
    pub missing: MissingCredits,
    /// Why.
    pub reason: Reason,
    /// What staff keep to themselves: it is in the audit log alone.
    pub admin_notes: Option<Description>,
}

/// What is paid back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefundOf {
    /// A purchase.
    Purchase(PurchaseId),
    /// Whatever this payment was for.
    Payment(PaymentIntent),
}

impl App {
    /// Gives money of a payment back, and takes the credits that go with it.
    pub async fn refund(
        &self,
        caller: &Caller,
        key: Option<IdempotencyKey>,
        request: RefundRequest,
    ) -> Result<Answer<ReversalView>, Error> {
        if !caller.removes() {
            return Err(Error::Forbidden);
        }
        if request.amount.is_some_and(|amount| amount <= Cents::ZERO) {
            return Err(Error::invalid("/amount", "must be more than 0"));
        }
        let keyed = key.map(|key| self.keyed(OPERATION, key, canonical(&request)));
        let (act, reference) = (self.act(caller)?, self.entropy().bytes());
        let has_payments = self.parts.payments.is_set_up();
        let beginning = Beginning { act, keyed, request, reference, has_payments };
        let begun =
            self.write(move |tx| Box::pin(async move { begin::begin(tx, &beginning).await }));
        match begun.await? {
            Begun::Refused(refusal, how) => Err(Error::Refund { refusal, how }),
            Begun::Made(made) => self.made_before(&made).await,
            Begun::Refund(id) => self.carry_on_refund(id).await,
            Begun::Resumed(id) => self.resume_refund(id).await,
        }
    }

    /// Goes on with a refund that was begun before. It may have been made and its
    /// answer lost, so that is asked before it is asked for once more: a provider
    /// forgets keys after a day.
    pub(super) async fn resume_refund(&self, id: i64) -> Result<Answer<ReversalView>, Error> {
        let row = self.find_reversal(id).await?;
        if view::state(&row)? == ReversalState::Asking {
            let intent = PaymentIntent::parse(&row.of.payment_intent);
            self.sync_refunds(&intent.map_err(stored("payment"))?).await?;
        }
        self.carry_on_refund(id).await
    }

    /// A refund as its key was answered then.
    async fn made_before(&self, made: &Made) -> Result<Answer<ReversalView>, Error> {
        let view = ReversalView::of(&self.find_reversal(made.reversal).await?)?;
        let (state, taken) = (made.state()?, Credits::from_micros(made.taken));
        let updated_at = Time::from_micros(made.updated_at);
        Ok(Answer { value: ReversalView { state, taken, updated_at, ..view }, how: How::Replayed })
    }

    /// Takes whatever steps are left of a refund, and keeps what came of it.
    pub(super) async fn carry_on_refund(&self, id: i64) -> Result<Answer<ReversalView>, Error> {
        let row = self.find_reversal(id).await?;
        if view::state(&row)? == ReversalState::Asking {
            self.ask_provider(&row).await?;
        }
        if self.settle_reversals(&row.of.payment_intent).await? == Synced::Pending {
            return Err(Error::internal("a refund of what was not granted"));
        }
        let row = self.keep_refund(id).await?;
        match row.declined.clone() {
            Some(reason) => {
                let refusal = RefundRefusal::Declined { reason };
                Err(Error::Refund { refusal, how: How::Applied })
            }
            None => Ok(Answer { value: ReversalView::of(&row)?, how: How::Applied }),
        }
    }

    pub(super) async fn find_reversal(&self, id: i64) -> Result<Reversal, Error> {
        self.one(reversals::by_id(id)).await
    }

    /// Has the provider give the money back: asked again, it is the same refund.
    async fn ask_provider(&self, row: &Reversal) -> Result<(), Error> {
        let order = order(row)?;
        match self.parts.payments.refund(&order).await {
            Ok(made) if (made.amount, made.currency) != (order.amount, order.currency) => {
                Err(Error::internal("a refund is not what was asked for"))
            }
            Ok(made) => self.note_made(row.id, made).await,
            Err(RefundError::Declined { reason }) => self.note_declined(row.id, reason).await,
            Err(RefundError::NotSetUp) => Err(Error::PaymentsNotSetUp),
            Err(error @ RefundError::Unavailable { .. }) => {
                tracing::warn!(%error, refund = row.id, "refunds.unknown");
                Err(SubmitError::Unknown.into())
            }
        }
    }

    async fn note_made(&self, id: i64, made: MoneyBack) -> Result<(), Error> {
        let at = self.ledger().now()?;
        self.write(move |tx| {
            Box::pin(async move {
                let provider_id = Some(made.id.to_string());
                let to = Standing { state: made.state.as_str().into(), provider_id };
                let asking = ReversalState::Asking.as_str();
                let gone = reversals::go(id, asking, &to, made.amount.count(), at);
                let taken = || Error::internal("a provider's refund is another one's");
                // No row is hit where somebody else took this step.
                let moved = tx.exec(gone).await.on(Constraint::ReversalProvider, taken)?;
                if moved.at_most_one()? {
                    mail::tell(tx, id, at).await?;
                }
                Ok(())
            })
        })
        .await
    }

    async fn note_declined(&self, id: i64, reason: String) -> Result<(), Error> {
        let at = self.ledger().now()?;
        self.write(move |tx| {
            Box::pin(async move {
                // No row is hit where somebody else took this step.
                Ok(tx.exec(reversals::decline(id, &reason, at)).await?.at_most_one().map(drop)?)
            })
        })
        .await
    }

    async fn keep_refund(&self, id: i64) -> Result<Reversal, Error> {
        self.write(move |tx| {
            Box::pin(async move {
                let row = tx.one(reversals::by_id(id)).await?;
                begin::keep_outcome(tx, &row).await?;
                Ok(row)
            })
        })
        .await
    }
}

fn order(row: &Reversal) -> Result<RefundOrder, Error> {
    let currency = Currency::parse(&row.of.currency);
    Ok(RefundOrder {
        reference: row.of.reference.ok_or_else(|| Error::internal("a refund has no reference"))?,
        intent: PaymentIntent::parse(&row.of.payment_intent).map_err(stored("payment"))?,
        amount: Cents::from_count(row.of.cents),
        currency: currency.ok_or_else(|| Error::internal("a stored currency is none"))?,
    })
}

fn canonical(request: &RefundRequest) -> Canonical {
    let canonical = Canonical::of(OPERATION);
    let canonical = match &request.of {
        RefundOf::Purchase(id) => canonical.number("purchase", id.number()),
        RefundOf::Payment(intent) => canonical.text("payment", intent.as_str()),
    };
    let owed = (request.missing == MissingCredits::Owed).then_some("owed");
    canonical
        .maybe_number("amount", request.amount.map(Cents::count))
        .maybe_text("missing", owed)
        .text("reason", request.reason.as_str())
        .maybe_text("admin_notes", request.admin_notes.as_ref().map(Description::as_str))
}
