//! The steps behind the first one: the payment, the grant, done. Each may be
//! taken by who asked, by who asks again, or by the finisher; the first one's
//! counts.

use domain::{
    Cents, Currency, Description, Limit, MailKind, PurchaseId, Refusal, Source, Text, UserId,
};
use ledger::{Actor, Command, Fingerprint, Order, command};
use store::purchases::{self, Purchase, State};
use store::requests::RequestKey;

use super::OPERATION;
use super::begin::Kept;
use super::mail;
use super::offer::is_full;
use crate::App;
use crate::error::{Error, stored};
use crate::fingerprint::Canonical;
use crate::ledger::{Committed, How, SubmitError};
use crate::prepared::Answer;
use crate::promotions;
use crate::requests::Keyed;
use crate::transactions::Transaction;
use crate::words;

/// A purchase that is done, and whether its credits came just now.
pub(super) struct Done {
    purchase: Purchase,
    how: How,
}

impl App {
    /// Takes whatever steps are left of a purchase.
    pub(super) async fn carry_on(&self, id: PurchaseId) -> Result<Done, Error> {
        let mut how = How::Replayed;
        loop {
            let purchase = self.find_purchase(id).await?;
            match purchase.state {
                State::Paying => self.pay(id).await?,
                State::Granting => how = self.grant_paid(&purchase).await?,
                State::Done => {
                    if how == How::Applied {
                        self.give_bonus(id).await;
                        self.settle_early_news(&purchase).await;
                    }
                    return Ok(Done { purchase, how });
                }
                State::Failed => return Err(Error::PaymentCancelled),
            }
        }
    }

    /// Money that went back before the credits were there takes them now. The
    /// purchase is done all the same: what can't be taken now is left to do.
    async fn settle_early_news(&self, purchase: &Purchase) {
        let Some(intent) = &purchase.of.payment_intent else { return };
        if let Err(error) = self.settle_reversals(intent).await {
            tracing::warn!(%error, purchase = purchase.id, "reversals.not_settled");
        }
    }

    pub(super) async fn find_purchase(&self, id: PurchaseId) -> Result<Purchase, Error> {
        self.one(purchases::by_id(id.number())).await
    }

    /// Grants what was paid for: the key of the command is the payment, so it
    /// is granted once whoever does it.
    async fn grant_paid(&self, purchase: &Purchase) -> Result<How, Error> {
        self.check_room(purchase).await?;
        match self.ledger().submit(self.order_of(purchase)?).await {
            Ok(committed) => {
                self.note_granted(purchase, &committed).await?;
                Ok(committed.how)
            }
            Err(refused @ SubmitError::Refused { .. }) => {
                self.note_refused(purchase).await?;
                Err(refused.into())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// A grant that was refused before is not tried again until there is room:
    /// every try leaves a record.
    async fn check_room(&self, purchase: &Purchase) -> Result<(), Error> {
        if purchase.attempt == 1 {
            return Ok(());
        }
        let read = self.ledger().wallet(purchase.of.wallet_id).await?;
        if !is_full(&read.wallet) {
            return Ok(());
        }
        let refusal = Refusal::Limit(Limit::OpenGrants);
        Err(SubmitError::Refused { refusal, how: How::Applied }.into())
    }

    fn order_of(&self, purchase: &Purchase) -> Result<Order, Error> {
        let of = &purchase.of;
        let intent = of.payment_intent.as_deref();
        let intent = intent.ok_or_else(|| Error::internal("what was paid has no payment"))?;
        let fact = format!("payment_intent:{intent}");
        let plain = command::Grant::plain(of.wallet_id, of.credits, Source::Purchase);
        let cost = Cents::from_count(of.cents).cost(currency(&of.currency)?);
        let grant = command::Grant { cost, ..plain };
        let description = of.description.as_deref().map(Description::parse).transpose();
        let description = description.map_err(stored("description"))?;
        Ok(Order {
            key: Some((key(&fact, purchase.attempt)?, self.fingerprint(purchase, &fact))),
            reference: Some(text(&fact)?),
            request: of.request_id.as_deref().map(text).transpose()?,
            words: words::write(self.entropy(), description.as_ref(), None),
            ..Order::bare(Actor::System, Command::Grant(grant))
        })
    }

    /// Of the economic fact alone.
    fn fingerprint(&self, purchase: &Purchase, fact: &str) -> Fingerprint {
        let of = &purchase.of;
        let canonical = Canonical::of("purchases.grant")
            .text("fact", fact)
            .number("user", of.user_id)
            .number("amount", of.credits.micros())
            .number("cents", of.cents)
            .text("currency", &of.currency);
        canonical.seal(&self.ledger().book().fingerprint_secret)
    }

    async fn note_granted(&self, purchase: &Purchase, granted: &Committed) -> Result<(), Error> {
        let (seq, at) = (granted.record.seq, self.ledger().time()?);
        let (id, purchase) = (purchase.id, purchase.clone());
        let answer = Kept::Purchase(id).text()?;
        self.write(move |tx| {
            Box::pin(async move {
                // No row is hit where somebody else took this step.
                if tx.exec(purchases::done(id, seq, at)).await?.at_most_one()? {
                    mail::tell(tx, MailKind::PaymentConfirmation, &purchase, at).await?;
                }
                let of = &purchase.of;
                promotions::bought(tx, PurchaseId::from_number(id), at).await?;
                if let (Some(scope), Some(key)) = (&of.request_scope, &of.request_key) {
                    let row = RequestKey { scope, operation: OPERATION, key };
                    tx.exec(store::requests::finish(row, &answer)).await?.at_most_one()?;
                }
                Ok(())
            })
        })
        .await
    }

    /// The next attempt has a key of its own: this one's outcome is a refusal
    /// for ever.
    async fn note_refused(&self, purchase: &Purchase) -> Result<(), Error> {
        let (id, attempt, at) = (purchase.id, purchase.attempt, self.ledger().time()?);
        self.write(move |tx| {
            Box::pin(async move {
                let refused = tx.exec(purchases::refused(id, attempt, at)).await?;
                Ok(refused.at_most_one().map(drop)?)
            })
        })
        .await
    }

    /// Keeps the answer of a key that did not begin the purchase it came to:
    /// its payment did.
    pub(super) async fn keep_answer(
        &self,
        keyed: Keyed,
        scope: String,
        done: &Done,
    ) -> Result<(), Error> {
        let of = &done.purchase.of;
        let began = (of.request_scope.as_deref(), of.request_key.as_deref());
        if began == (Some(scope.as_str()), Some(keyed.key.as_str())) {
            return Ok(());
        }
        let answer = Kept::Purchase(done.purchase.id).text()?;
        self.write(move |tx| {
            Box::pin(async move {
                let finish = store::requests::finish(keyed.row(&scope), &answer);
                // No row is hit where it was kept before.
                Ok(tx.exec(finish).await?.at_most_one().map(drop)?)
            })
        })
        .await
    }

    /// A purchase as the transaction that its grant is.
    pub(super) async fn show_purchase(
        &self,
        user: UserId,
        done: &Done,
    ) -> Result<Answer<Transaction>, Error> {
        let value = self.transaction_at(user, done.purchase.seq).await?;
        Ok(Answer { value, how: done.how })
    }
}

/// The key of an attempt to grant: the fact itself, unless that was refused.
fn key(fact: &str, attempt: i64) -> Result<Text, Error> {
    if attempt == 1 { text(fact) } else { text(&format!("{fact}:{attempt}")) }
}

pub(super) fn currency(code: &str) -> Result<Currency, Error> {
    Currency::parse(code).ok_or_else(|| Error::internal("a stored currency is none"))
}

fn text(text: &str) -> Result<Text, Error> {
    Text::parse(text).map_err(|error| stored("text")(error.into()))
}
