//! The payment of a purchase: asked for, looked at, taken, ended. The provider
//! is asked outside any transaction, and what it calls the payment is kept
//! before anybody can pay: a crash at any point asks again with the same
//! reference and finds the same payment.

use domain::{Cents, Currency, MailKind, PaymentIntent, PaymentMethod, PurchaseId, Time, UserId};
use gateway::{
    Asked, CheckoutId, Payment, PaymentError, PaymentState, Step, TestAct, Way, stripe::StripeError,
};
use store::purchases::{self, Purchase, State};
use store::{Constraint, OnConstraint};
use store::{payments, top_ups};

use super::steps::currency;
use super::{PaymentNeeded, mail};
use crate::App;
use crate::error::{Error, stored};
use crate::promotions;

/// How soon what is on its way is looked at again, if nobody tells before.
const LOOK_AGAIN_US: i64 = 60 * 60 * Time::SECOND;

/// A purchase and how it is paid.
#[derive(Clone)]
pub(super) struct Paying {
    pub(super) purchase: Purchase,
    pub(super) payment: Option<payments::Payment>,
}

impl Paying {
    fn pay_by(&self) -> Option<Time> {
        self.payment.as_ref().map(|payment| payment.pay_by)
    }

    /// Whether it may not be begun any more.
    pub(super) fn is_late(&self, now: Time) -> bool {
        self.pay_by().is_some_and(|pay_by| pay_by <= now)
    }
}

impl App {
    /// Has the money come in, by our own price; else says what is to do.
    pub(super) async fn pay(&self, id: PurchaseId) -> Result<(), Error> {
        let Some(paying) = self.find_paying(id).await? else { return Ok(()) };
        let asked = self.to_ask(&paying).await?;
        if paying.is_late(asked.now) {
            let why = if self.was_declined(&asked).await? { "declined" } else { "late" };
            return self.end(id, why).await;
        }
        let payment = match self.parts.payments.progress(&asked).await {
            Err(error) if is_refused(&error) && asked.is_unnamed() => {
                // There is nothing that anybody could pay.
                self.note_failed(&paying, &asked, "refused").await?;
                return Err(refused(error));
            }
            payment => payment.map_err(refused)?,
        };
        let asked = self.name(asked, &payment).await?;
        let payment = match (&payment.state, asked.way.method()) {
            // Kept by its name now, so that a crash pays it once.
            (PaymentState::Open(todo), Some(_)) if todo.step == Step::Confirm => {
                if let Some(why) = self.hindered(&paying.purchase).await? {
                    return self.end(id, why).await;
                }
                self.parts.payments.confirm(&asked).await.map_err(refused)?
            }
            _ => payment,
        };
        self.take(&paying, &asked, payment).await
    }

    /// What has come between since: the account was paused, or nobody agrees any more to
    /// what was to be bought by itself.
    async fn hindered(&self, purchase: &Purchase) -> Result<Option<&'static str>, Error> {
        let read = self.ledger().wallet(purchase.of.wallet_id).await?;
        if read.wallet.balances.status != domain::Status::Active {
            return Ok(Some("paused"));
        }
        let withdrawn = self.opt(top_ups::withdrawn(purchase.id)).await?;
        Ok(withdrawn.map(|_| "withdrawn"))
    }

    /// Whether the last try to pay was refused.
    async fn was_declined(&self, asked: &Asked) -> Result<bool, Error> {
        if asked.is_unnamed() {
            return Ok(false);
        }
        let payment = self.parts.payments.progress(asked).await.map_err(refused)?;
        Ok(matches!(payment.state, PaymentState::Open(todo) if todo.declined.is_some()))
    }

    /// Ends a payment, and says why: with the provider first, so that nothing comes in
    /// for it afterwards. What came in meanwhile is taken.
    pub(super) async fn end(&self, id: PurchaseId, why: &'static str) -> Result<(), Error> {
        let Some(paying) = self.find_paying(id).await? else { return Ok(()) };
        let asked = self.to_ask(&paying).await?;
        let payment = self.parts.payments.cancel(&asked).await.map_err(refused)?;
        let asked = self.name(asked, &payment).await?;
        match payment.state {
            PaymentState::Cancelled => self.note_failed(&paying, &asked, why).await,
            _ => self.take(&paying, &asked, payment).await,
        }
    }

    /// A purchase whose money is not there yet, as far as is known.
    pub(super) async fn find_paying(&self, id: PurchaseId) -> Result<Option<Paying>, Error> {
        let id = id.number();
        let read = self.read(move |tx| {
            Box::pin(async move {
                let purchase = tx.one(purchases::by_id(id)).await?;
                let payment = tx.opt(payments::of_purchase(id)).await?;
                Ok(Paying { purchase, payment })
            })
        });
        let paying = read.await?;
        Ok((paying.purchase.state == State::Paying).then_some(paying))
    }

    /// What the provider is asked of a purchase with, whatever its state.
    pub(crate) async fn asked_of(&self, id: PurchaseId) -> Result<Asked, Error> {
        let purchase = self.find_purchase(id).await?;
        let payment = self.opt(payments::of_purchase(id.number())).await?;
        self.to_ask(&Paying { purchase, payment }).await
    }

    /// What the provider is asked with: from our rows alone.
    async fn to_ask(&self, paying: &Paying) -> Result<Asked, Error> {
        let Paying { purchase, payment } = paying;
        let of = &purchase.of;
        let user = UserId::from_number(of.user_id);
        let intent = of.payment_intent.as_deref().map(PaymentIntent::parse).transpose();
        let checkout = payment.as_ref().and_then(|payment| payment.checkout.as_deref());
        let checkout = checkout.map(CheckoutId::parse).transpose();
        let act = payment.as_ref().and_then(|payment| payment.act.as_deref());
        Ok(Asked {
            reference: of.payment_reference,
            purchase: PurchaseId::from_number(purchase.id),
            user,
            customer: self.customer_of(user).await?,
            amount: Cents::from_count(of.cents),
            currency: currency(&of.currency)?,
            way: way(payment.as_ref())?,
            intent: intent.map_err(stored("payment"))?,
            checkout: checkout.map_err(Error::internal)?,
            begun_at: of.created_at,
            now: self.ledger().time()?,
            act: act.and_then(TestAct::parse),
        })
    }

    /// Keeps what the provider calls the payment, before anybody is told.
    async fn name(&self, mut asked: Asked, payment: &Payment) -> Result<Asked, Error> {
        let is_new = (asked.intent.is_none() && payment.intent.is_some())
            || (asked.checkout.is_none() && payment.checkout.is_some());
        if !is_new {
            return Ok(asked);
        }
        asked.intent = asked.intent.or_else(|| payment.intent.clone());
        asked.checkout = asked.checkout.or_else(|| payment.checkout.clone());
        let (id, at) = (asked.purchase.number(), asked.now);
        let (intent, checkout) = (asked.intent.clone(), asked.checkout.clone());
        let write = self.write(move |tx| {
            Box::pin(async move {
                let taken = || Error::internal("a payment is another purchase's");
                if let Some(intent) = intent {
                    let named = tx.exec(purchases::name(id, intent.as_str(), at)).await;
                    named.on(Constraint::PurchaseIntent, taken)?.at_most_one()?;
                }
                if let Some(checkout) = checkout {
                    let named = tx.exec(payments::name_checkout(id, checkout.as_str())).await;
                    named.on(Constraint::PaymentCheckout, taken)?.at_most_one()?;
                }
                Ok(())
            })
        });
        write.await?;
        Ok(asked)
    }

    /// Takes a step, or says what is to do first.
    async fn take(&self, paying: &Paying, asked: &Asked, payment: Payment) -> Result<(), Error> {
        match payment.state {
            PaymentState::Paid if is_ours(asked, &payment) => self.note_paid(asked, &payment).await,
            PaymentState::Paid => {
                let purchase = paying.purchase.id;
                tracing::error!(purchase, "purchases.paid_something_else");
                self.note_failed(paying, asked, "mismatch").await
            }
            PaymentState::Cancelled => self.note_failed(paying, asked, "cancelled").await,
            PaymentState::Processing | PaymentState::Open(_) => {
                let again = asked.now.plus(LOOK_AGAIN_US);
                let again = match (&payment.state, paying.pay_by()) {
                    (PaymentState::Open(_), Some(pay_by)) if pay_by > asked.now => pay_by,
                    _ => again,
                };
                self.put_off(asked.purchase, again).await?;
                let needed = PaymentNeeded::of(asked, &payment, paying.pay_by());
                Err(Error::PaymentRequired(Box::new(needed)))
            }
        }
    }

    async fn note_paid(&self, asked: &Asked, payment: &Payment) -> Result<(), Error> {
        let intent = payment.intent.clone().ok_or(PaymentError::Unnamed)?;
        let (id, at) = (asked.purchase.number(), asked.now);
        self.write(move |tx| {
            Box::pin(async move {
                let taken = || Error::internal("a payment is another purchase's");
                let paid = tx.exec(purchases::paid(id, intent.as_str(), at)).await;
                // No row is hit where somebody else took this step.
                Ok(paid.on(Constraint::PurchaseIntent, taken)?.at_most_one().map(drop)?)
            })
        })
        .await
    }

    /// Nothing comes of it any more: the provider said so.
    async fn note_failed(
        &self,
        paying: &Paying,
        asked: &Asked,
        failure: &'static str,
    ) -> Result<(), Error> {
        let (purchase, at) = (asked.purchase, asked.now);
        // Who agreed to what is bought by itself is written why that stopped.
        let is_told = failure == "declined" && !matches!(asked.way, Way::Kept(_));
        let row = paying.purchase.clone();
        let id = purchase.number();
        self.write(move |tx| {
            Box::pin(async move {
                if tx.exec(purchases::fail(id, at)).await?.at_most_one()? {
                    tx.exec(payments::fail(id, failure)).await?.at_most_one()?;
                    // Of one that was paid the use is not given back.
                    if failure != "mismatch" {
                        promotions::free(tx, purchase, at).await?;
                    }
                    if is_told {
                        mail::tell(tx, MailKind::PaymentFailure, &row, at).await?;
                    }
                }
                Ok(())
            })
        })
        .await
    }

    pub(super) async fn put_off(&self, id: PurchaseId, until: Time) -> Result<(), Error> {
        let id = id.number();
        self.write(move |tx| {
            Box::pin(async move {
                Ok(tx.exec(payments::put_off(id, until)).await?.at_most_one().map(drop)?)
            })
        })
        .await
    }

    /// A payment that was made before anybody asked how far it is.
    pub(super) async fn show_paid(&self, id: PurchaseId) -> Result<PaymentNeeded, Error> {
        let Purchase { of, .. } = self.find_purchase(id).await?;
        let code: Currency = currency(&of.currency)?;
        Ok(PaymentNeeded {
            purchase: id,
            intent: of.payment_intent,
            checkout: None,
            status: "succeeded",
            amount: Cents::from_count(of.cents),
            currency: code,
            client_secret: None,
            checkout_url: None,
            declined: None,
            pay_by: None,
        })
    }
}

/// Whether what came in is what was asked for, from whom it was asked.
fn is_ours(asked: &Asked, payment: &Payment) -> bool {
    payment.amount == asked.amount
        && payment.currency == asked.currency
        && payment.customer == asked.customer
}

fn way(payment: Option<&payments::Payment>) -> Result<Way, Error> {
    let Some(payment) = payment else { return Ok(Way::Intent(None)) };
    let method = payment.method.as_deref().map(PaymentMethod::parse).transpose();
    let method = method.map_err(stored("payment method"))?;
    let urls = payment.success_url.clone().zip(payment.cancel_url.clone());
    match (payment.way.as_str(), method, urls) {
        ("intent", method, None) => Ok(Way::Intent(method)),
        ("kept", Some(method), None) => Ok(Way::Kept(method)),
        ("checkout", None, Some((success_url, cancel_url))) => {
            Ok(Way::Checkout { success_url, cancel_url })
        }
        _ => Err(Error::internal("a stored way to pay is none")),
    }
}

const fn is_refused(error: &PaymentError) -> bool {
    matches!(error, PaymentError::Stripe(StripeError::Refused(_)))
}

/// What a provider refuses of a request is mostly what it is to be paid with.
fn refused(error: PaymentError) -> Error {
    match error {
        PaymentError::Stripe(StripeError::Refused(ref why)) if why.contains("payment_method") => {
            tracing::info!(%error, "payments.refused");
            Error::invalid("/payment_method", "can't be used: the payment provider refuses it")
        }
        error => error.into(),
    }
}
