//! The first step: the key, the payment and the intent, in one transaction.

use data_encoding::HEXLOWER;
use domain::{
    Cents, Credits, Limit, NotApplicable, PaymentIntent, PaymentMethod, PromotionId, PurchaseId,
    Refusal, Time,
};
use gateway::Way;
use serde::{Deserialize, Serialize};
use store::payments::{self, NewPayment};
use store::purchases::{self, New, Purchase};
use store::{Constraint, OnConstraint, Tx, subscription_periods};

use super::offer::{Hindrance, Standing, not_applicable, priced};
use super::quote::{KeptPrice, KeptPromotion, Promised};
use super::{OPERATION, PurchaseRequest};
use crate::App;
use crate::audit::{self, Deed};
use crate::directory::Act;
use crate::error::Error;
use crate::ledger::{How, SubmitError};
use crate::promotions::{self, Reservation};
use crate::requests::Keyed;
use crate::wallets::Holder;

/// How long a payment may be begun. Shorter than the day for which a provider
/// remembers what it was asked with.
const PAY_WITHIN_US: i64 = 60 * 60 * Time::SECOND;

/// A purchase that nobody has begun yet, as far as is known.
pub(super) struct Beginning {
    pub(super) holder: Holder,
    /// Whether who asks is who gets the credits.
    pub(super) is_own: bool,
    pub(super) act: Act,
    pub(super) keyed: Option<Keyed>,
    pub(super) request: PurchaseRequest,
    pub(super) promised: Option<Promised>,
    pub(super) standing: Standing,
    /// How it is paid.
    pub(super) way: Way,
    /// What the payment provider would be asked with.
    pub(super) reference: [u8; 16],
}

/// How a purchase begins.
pub(super) enum Begun {
    /// With an intent, made now or by an earlier use of the key or payment.
    Purchase(PurchaseId),
    /// Not at all: that is the outcome of its key.
    Refused(Refusal, How),
    /// Nor like this, since the promotion has no use left.
    Spent(NotApplicable, How),
}

/// The answer of a key.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kept {
    /// What came of this purchase.
    Purchase(i64),
    /// The account is paused.
    Paused,
    /// It is suspended.
    Suspended,
    /// It has all the grants it may have.
    Full,
    /// The promotion has no use left.
    PromotionExhausted,
    /// This user has none left.
    PromotionUsedUp,
}

impl Kept {
    pub(super) fn text(&self) -> Result<String, Error> {
        serde_json::to_string(self).map_err(Error::internal)
    }

    const fn of(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Paused => Self::Paused,
            Refusal::Suspended => Self::Suspended,
            _ => Self::Full,
        }
    }

    const fn of_uses(why: NotApplicable) -> Self {
        match why {
            NotApplicable::UsedUp => Self::PromotionUsedUp,
            _ => Self::PromotionExhausted,
        }
    }

    const fn begun(&self) -> Begun {
        match self {
            Self::Purchase(id) => Begun::Purchase(PurchaseId::from_number(*id)),
            Self::Paused => Begun::Refused(Refusal::Paused, How::Replayed),
            Self::Suspended => Begun::Refused(Refusal::Suspended, How::Replayed),
            Self::Full => Begun::Refused(Refusal::Limit(Limit::OpenGrants), How::Replayed),
            Self::PromotionExhausted => Begun::Spent(NotApplicable::Exhausted, How::Replayed),
            Self::PromotionUsedUp => Begun::Spent(NotApplicable::UsedUp, How::Replayed),
        }
    }
}

impl App {
    /// Finds the purchase of this key or this payment, or begins one.
    pub(super) async fn begin_purchase(&self, beginning: Beginning) -> Result<Begun, Error> {
        self.write(move |tx| Box::pin(async move { begin(tx, &beginning).await })).await
    }
}

/// The whole first step, in a transaction that may have more in it.
pub(super) async fn begin(tx: &mut Tx, beginning: &Beginning) -> Result<Begun, Error> {
    if let Some(begun) = begun_before(tx, beginning).await? {
        return Ok(begun);
    }
    let price = match agreed(tx, beginning).await? {
        Ok(price) => price,
        Err(why) => return beginning.spent(tx, why).await,
    };
    if let Some(refusal) = beginning.standing.refusal {
        beginning.keep(tx, &Kept::of(refusal)).await?;
        return Ok(Begun::Refused(refusal, How::Applied));
    }
    if !beginning.standing.has_payments {
        return Err(Error::PaymentsNotSetUp);
    }
    if let Err(why) = take(tx, beginning, price.promotion).await? {
        return beginning.spent(tx, why).await;
    }
    let row = beginning.row(&price)?;
    // Somebody else took the payment or the key this moment: asked again, they
    // are found.
    let busy = || Error::from(SubmitError::Overloaded);
    let inserted = tx.one(purchases::insert(&row)).await;
    let id = inserted.on(Constraint::PurchaseIntent, busy)?;
    tx.exec(payments::insert(id, &beginning.payment())).await?.expect_one()?;
    if !beginning.is_purchase() {
        // The answer of its key is how far the payment is, whenever it is asked.
        beginning.keep(tx, &Kept::Purchase(id)).await?;
    }
    if let Some(promotion) = price.promotion {
        beginning.reserve(tx, promotion, &row, id).await?;
    }
    if price.total() == Cents::ZERO {
        // There is nothing to pay, so nobody is asked.
        let intent = free(&row.payment_reference);
        tx.exec(purchases::paid(id, &intent, beginning.act.at)).await?.expect_one()?;
    }
    if !beginning.is_own {
        note(tx, &beginning.act, &row, id).await?;
    }
    Ok(Begun::Purchase(PurchaseId::from_number(id)))
}

/// What an earlier use of the key or of the payment came to.
async fn begun_before(tx: &mut Tx, beginning: &Beginning) -> Result<Option<Begun>, Error> {
    if let Some(keyed) = &beginning.keyed {
        let scope = beginning.scope();
        let row = keyed.row(&scope);
        let fingerprint = &keyed.fingerprint.0;
        let began = store::requests::begin(row, fingerprint, beginning.act.at);
        if !tx.exec(began).await?.at_most_one()? {
            let seen = tx.one(store::requests::find(row)).await?;
            if seen.fingerprint != fingerprint {
                return Err(Error::KeyReused);
            }
            if let Some(answer) = seen.answer {
                let kept: Kept = serde_json::from_str(&answer).map_err(Error::internal)?;
                return Ok(Some(kept.begun()));
            }
            if let Some(begun) = tx.opt(purchases::by_request(row.scope, row.key)).await? {
                return Ok(Some(Begun::Purchase(PurchaseId::from_number(begun.id))));
            }
        }
    }
    match &beginning.request.intent {
        Some(intent) => paid_before(tx, beginning, intent).await,
        None => Ok(None),
    }
}

/// The purchase that a payment is for already: one payment, one grant.
async fn paid_before(
    tx: &mut Tx,
    beginning: &Beginning,
    intent: &PaymentIntent,
) -> Result<Option<Begun>, Error> {
    let Some(found) = tx.opt(purchases::by_intent(intent.as_str())).await? else {
        if tx.opt(subscription_periods::by_payment(intent.as_str())).await?.is_some() {
            let detail = "paid for a subscription";
            return Err(Error::invalid("/stripe_payment_intent_id", detail));
        }
        if beginning.standing.believes_names {
            return Ok(None);
        }
        // What a provider knows and we did not ask for may be anybody's, or pay
        // for something else.
        let detail = "is no payment that was asked for here; begin one with create-payment-intent";
        return Err(Error::invalid("/stripe_payment_intent_id", detail));
    };
    if !beginning.is_same(&found) {
        let detail = "paid for another purchase: another user or another amount";
        return Err(Error::invalid("/stripe_payment_intent_id", detail));
    }
    Ok(Some(Begun::Purchase(PurchaseId::from_number(found.id))))
}

/// The price: the promised one, or what holds now. Where the promotion that was
/// asked for has no use left, which.
async fn agreed(
    tx: &mut Tx,
    beginning: &Beginning,
) -> Result<Result<KeptPrice, NotApplicable>, Error> {
    if let Some(promised) = &beginning.promised {
        if promised.expires_at() <= beginning.act.at {
            return Err(Error::invalid("/quote", "has expired; ask purchase/validate for another"));
        }
        return Ok(Ok(promised.price.clone()));
    }
    let (user, ask) = (beginning.holder.user, &beginning.request.ask);
    let priced = priced(tx, user, ask, beginning.act.at).await?;
    match priced.hindrance {
        Some(Hindrance::Promotion(why)) if why.is_about_uses() => Ok(Err(why)),
        Some(hindrance) => Err(hindrance.into()),
        None => Ok(Ok(priced.kept())),
    }
}

/// Counts a use of the promotion in a price. One that was promised is for its
/// user still, or it is refused; its price and window are as they were promised.
async fn take(
    tx: &mut Tx,
    beginning: &Beginning,
    promotion: Option<KeptPromotion>,
) -> Result<Result<(), NotApplicable>, Error> {
    let Some(promotion) = promotion else { return Ok(Ok(())) };
    let (id, user) = (PromotionId::from_number(promotion.id), beginning.holder.user);
    if beginning.promised.is_some() {
        let checked = promotions::check_group(tx, id, (user, beginning.act.at)).await?;
        checked.map_err(|why| not_applicable(why, How::Applied))?;
    }
    promotions::take(tx, id, user).await
}

/// What a payment of nothing is called: no provider knows it.
fn free(reference: &[u8; 16]) -> String {
    format!("pi_free_{}", HEXLOWER.encode(reference))
}

impl Beginning {
    /// What a key is unique in: who asks, and for whom.
    pub(super) fn scope(&self) -> String {
        format!("{} wallet:{}", self.act.actor, self.holder.wallet.number())
    }

    fn is_same(&self, found: &Purchase) -> bool {
        found.of.user_id == self.holder.user.number()
            && found.of.credits == self.request.ask.credits
    }

    async fn spent(&self, tx: &mut Tx, why: NotApplicable) -> Result<Begun, Error> {
        self.keep(tx, &Kept::of_uses(why)).await?;
        Ok(Begun::Spent(why, How::Applied))
    }

    async fn reserve(
        &self,
        tx: &mut Tx,
        promotion: KeptPromotion,
        row: &New,
        id: i64,
    ) -> Result<(), Error> {
        let reservation = Reservation {
            promotion: PromotionId::from_number(promotion.id),
            holder: self.holder,
            off: Cents::from_count(promotion.off),
            currency: &row.currency,
            credits: Credits::from_micros(promotion.credits),
        };
        let purchase = Some(PurchaseId::from_number(id));
        promotions::keep(tx, &self.act, reservation, purchase).await.map(drop)
    }

    /// Whether the answer is the purchase, not how far its payment is.
    fn is_purchase(&self) -> bool {
        self.keyed.as_ref().is_none_or(|keyed| keyed.operation == OPERATION)
    }

    fn payment(&self) -> NewPayment {
        let (way, success_url, cancel_url) = match &self.way {
            Way::Intent(_) => ("intent", None, None),
            Way::Kept(_) => ("kept", None, None),
            Way::Checkout { success_url, cancel_url } => {
                ("checkout", Some(success_url.clone()), Some(cancel_url.clone()))
            }
        };
        NewPayment {
            way,
            method: self.way.method().map(PaymentMethod::to_string),
            success_url,
            cancel_url,
            pay_by: self.act.at.plus(PAY_WITHIN_US),
            look_at: self.act.at,
        }
    }

    async fn keep(&self, tx: &mut Tx, kept: &Kept) -> Result<(), Error> {
        let Some(keyed) = &self.keyed else { return Ok(()) };
        let answer = kept.text()?;
        let scope = self.scope();
        tx.exec(store::requests::finish(keyed.row(&scope), &answer)).await?.expect_one()?;
        Ok(())
    }

    fn row(&self, price: &KeptPrice) -> Result<New, Error> {
        // The key of what only begins a payment has its answer already.
        let keyed = self.keyed.as_ref().filter(|_| self.is_purchase());
        let key = keyed.map(|keyed| keyed.key.as_str().to_owned());
        // Where there is nothing to pay a payment that is named is not taken: it may
        // be somebody's who paid.
        let is_free = price.total() == Cents::ZERO;
        let intent = self.request.intent.as_ref().filter(|_| !is_free);
        Ok(New {
            user_id: self.holder.user.number(),
            wallet_id: self.holder.wallet,
            actor: self.act.actor.to_string(),
            request_id: self.act.request.as_ref().map(ToString::to_string),
            credits: self.request.ask.credits,
            cents: price.total().count(),
            currency: price.currency()?.to_string(),
            description: Some(self.request.description.as_str().to_owned()),
            breakdown: serde_json::to_string(price).map_err(Error::internal)?,
            quote_expires_at: self.promised.as_ref().map(Promised::expires_at),
            payment_reference: self.reference,
            payment_intent: intent.map(ToString::to_string),
            request_scope: key.as_ref().map(|_| self.scope()),
            request_key: key,
            created_at: self.act.at,
        })
    }
}

/// A purchase for somebody else, as the audit log keeps it.
#[derive(Serialize)]
struct Bought {
    purchase: i64,
    credits: i64,
    cents: i64,
    currency: String,
}

async fn note(tx: &mut Tx, act: &Act, new: &New, id: i64) -> Result<(), Error> {
    let bought = Bought {
        purchase: id,
        credits: new.credits.micros(),
        cents: new.cents,
        currency: new.currency.clone(),
    };
    let subject = format!("user:{}", new.user_id);
    let after = Some(&bought);
    audit::note(tx, act, Deed { action: super::OPERATION, subject, before: None, after }).await
}
