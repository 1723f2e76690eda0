//! An event that came: believed for its signature, kept once, and looked at by a
//! job behind that.

use domain::{PaymentIntent, SubscriptionId};
use gateway::stripe::{Hint, HintError, Subject};
use store::stripe_events::{self, Event};
use store::subscriptions;

use crate::App;
use crate::error::Error;
use crate::jobs::{self, StripeLook};

impl App {
    /// Takes a webhook: once it returns, the event is kept.
    pub async fn receive_stripe_event(&self, signature: &str, body: &[u8]) -> Result<(), Error> {
        // By the machine's clock, as Stripe's: a test book's may be months ahead.
        let hint = self.parts.payments.hint(signature, body, self.parts.time.wall());
        let hint = hint.ok_or(Error::NotFound)?.map_err(|error| refused(&error))?;
        self.keep_hint(&hint).await
    }

    /// Keeps what an event says to look at, and has it looked at.
    pub(crate) async fn keep_hint(&self, hint: &Hint) -> Result<(), Error> {
        let event = Event {
            id: hint.id.clone(),
            kind: hint.kind.clone(),
            subject: hint.subject.as_ref().map(|of| (of.kind().to_owned(), of.id().to_owned())),
            created_at: hint.created,
            received_at: self.ledger().time()?,
        };
        let look = hint.subject.as_ref().map(|of| StripeLook::at(of, event.received_at));
        let look = look.transpose()?;
        self.write(move |tx| {
            Box::pin(async move {
                let is_new = tx.exec(stripe_events::insert(&event)).await?.at_most_one()?;
                match look.filter(|_| is_new) {
                    Some(look) => jobs::arm(tx, &look).await,
                    None => Ok(()),
                }
            })
        })
        .await
    }

    /// Brings what an event is about up to what the provider says of it now.
    pub(crate) async fn look_at(&self, subject: &Subject) -> Result<(), Error> {
        match subject {
            Subject::Payment(id) => match PaymentIntent::parse(id) {
                Ok(intent) => self.look_at_payment(&intent).await,
                Err(_) => Ok(()),
            },
            Subject::Checkout(id) => self.look_at_checkout(id).await,
            Subject::Subscription(id) => self.look_at_subscription(id).await,
        }
    }

    /// One whose name is not kept yet is begun by who asked for it, or by its job.
    async fn look_at_subscription(&self, id: &str) -> Result<(), Error> {
        match self.opt(subscriptions::by_provider(id)).await? {
            Some(id) => self.sync_subscription(SubscriptionId::from_number(id)).await,
            None => Ok(()),
        }
    }

    /// What was told of a page's payment before we knew its name is made up for.
    async fn look_at_checkout(&self, id: &str) -> Result<(), Error> {
        let settled = self.settle_checkout(id).await;
        if let Some(intent) = self.payment_of_checkout(id).await? {
            self.sync_refunds(&intent).await?;
        }
        settled
    }

    /// A payment that can't be granted yet may be going back all the same.
    async fn look_at_payment(&self, intent: &PaymentIntent) -> Result<(), Error> {
        let settled = self.settle_payment(intent).await;
        // What waits for its credits is finished behind them.
        self.sync_refunds(intent).await?;
        settled
    }
}

fn refused(error: &HintError) -> Error {
    tracing::warn!(%error, "stripe.event_refused");
    match error {
        HintError::Signature(_) => Error::Signature,
        HintError::Unreadable => Error::invalid("", "is no event of Stripe's"),
        HintError::OtherMode => {
            Error::invalid("/livemode", "is of the other mode: this book's key is not of that one")
        }
    }
}
