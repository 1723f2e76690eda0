//! Agreeing to top-ups, looking at them, and turning them off.

use domain::{
    Cents, Credits, Currency, IdempotencyKey, PaymentMethod, Room, Scope, Text, TopUpMisfit,
    TopUpTerms, UserId,
};
use gateway::BillingError;
use serde::Serialize;
use store::Tx;
use store::top_ups::{self, Terms};

use super::stored::Stored;
use super::view::TopUpView;
use super::{DESCRIPTION, spent, stop};
use crate::App;
use crate::audit::{self, Deed};
use crate::callers::Caller;
use crate::directory::Act;
use crate::error::Error;
use crate::fingerprint::Canonical;
use crate::jobs;
use crate::ledger::How;
use crate::prepared::Answer;
use crate::purchases::{KeptPurchase, Unpayable};
use crate::requests::{self, Keyed};
use crate::wallets::{Holder, Whose};

/// The operations in a key's scope, and in the audit log.
const ON: &str = "top_ups.on";
const OFF: &str = "top_ups.off";

/// What somebody agrees to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopUpRequest {
    /// For whose credits.
    pub whose: Whose,
    /// To what.
    pub terms: TopUpTerms,
    /// What pays.
    pub payment_method: PaymentMethod,
    /// The version of the text they were shown and agreed to.
    pub consent_text: Text,
}

/// Somebody who agrees now.
struct Agreeing {
    holder: Holder,
    act: Act,
    keyed: Keyed,
    request: TopUpRequest,
    /// What pays, as the provider calls it.
    method: PaymentMethod,
    /// What would be bought, for its price.
    purchase: KeptPurchase,
}

impl App {
    /// Turns top-ups on, or gives them other terms: what was agreed to before is in
    /// the audit log.
    pub async fn set_top_up(
        &self,
        caller: &Caller,
        key: IdempotencyKey,
        request: TopUpRequest,
    ) -> Result<Answer<TopUpView>, Error> {
        check(&request.terms)?;
        // A program that may only spend for others can't have their cards charged from
        // now on.
        let is_customer = caller.user().is_some() && !caller.reaches(Scope::CreditsGrant);
        let scope = if is_customer { Scope::CreditsSpend } else { Scope::CreditsGrant };
        let holder = self.holder(caller, scope, &request.whose).await?;
        let keyed = self.keyed(ON, key, canonical(holder, &request));
        let act = self.act(caller)?;
        let (asked, by) = (keyed.clone(), act.clone());
        let answered = self.read(move |tx| {
            Box::pin(async move { requests::find::<Stored>(tx, &by, &asked).await })
        });
        if let Some(stored) = answered.await? {
            return Ok(Answer { value: stored.into_view()?, how: How::Replayed });
        }
        let method = self.keep_method(holder.user, &request.payment_method).await?;
        let what = (method.clone(), DESCRIPTION);
        let purchase = self.kept_purchase(holder, request.terms.quantity, what).await?;
        let agreeing = Agreeing { holder, act, keyed, request, method, purchase };
        self.write(move |tx| Box::pin(async move { agree(tx, &agreeing).await })).await
    }

    /// Has the provider keep what pays before anybody relies on it: it is charged again
    /// and again.
    async fn keep_method(
        &self,
        user: UserId,
        method: &PaymentMethod,
    ) -> Result<PaymentMethod, Error> {
        let customer = self.customer_of(user).await?;
        let kept = self.payments().keep_method(customer.as_ref(), method).await;
        kept.map_err(|error| match error {
            BillingError::PaymentMethod => {
                Error::invalid("/payment_method", "can't be used: the payment provider refuses it")
            }
            error => error.into(),
        })
    }

    /// What was agreed to for a user, and how it stands.
    pub async fn get_top_up(&self, caller: &Caller, whose: Whose) -> Result<TopUpView, Error> {
        let holder = self.holder(caller, Scope::CreditsRead, &whose).await?;
        let (user, now) = (holder.user.number(), self.ledger().time()?);
        let found = self.read(move |tx| {
            Box::pin(async move {
                let Some(settings) = tx.opt(top_ups::find(user)).await? else { return Ok(None) };
                let spent = spent(tx, (user, &settings.terms.currency), now).await?;
                Ok(Some((settings, spent)))
            })
        });
        let (settings, spent) = found.await?.ok_or(Error::NotFound)?;
        TopUpView::of(settings, spent, now)
    }

    /// Turns top-ups off. What is being bought already is not stopped.
    pub async fn end_top_up(
        &self,
        caller: &Caller,
        key: Option<IdempotencyKey>,
        whose: Whose,
    ) -> Result<Answer<()>, Error> {
        let holder = self.buyer(caller, &whose).await?;
        let user = holder.user.number();
        let keyed = key.map(|key| self.keyed(OFF, key, Canonical::of(OFF).number("user", user)));
        let act = self.act(caller)?;
        self.write(move |tx| {
            Box::pin(async move {
                if requests::begin::<()>(tx, &act, keyed.as_ref()).await?.is_some() {
                    return Ok(requests::DONE_BEFORE);
                }
                tx.opt(top_ups::find(user)).await?.ok_or(Error::NotFound)?;
                if tx.exec(top_ups::turn_off(user, act.at)).await?.at_most_one()? {
                    note(tx, &act, OFF, (user, None)).await?;
                }
                requests::done(tx, &act, keyed.as_ref()).await
            })
        })
        .await
    }
}

async fn agree(tx: &mut Tx, of: &Agreeing) -> Result<Answer<TopUpView>, Error> {
    let keyed = Some(&of.keyed);
    if let Some(stored) = requests::begin::<Stored>(tx, &of.act, keyed).await? {
        return Ok(Answer { value: stored.into_view()?, how: How::Replayed });
    }
    let price = of.purchase.price(tx).await?.map_err(Error::from)?;
    check_room(&of.request.terms, price.0)?;
    let terms = terms(of, price.1);
    tx.exec(top_ups::put(&terms)).await?.expect_one()?;
    let settings = tx.one(top_ups::find(terms.user_id)).await?;
    note(tx, &of.act, ON, (terms.user_id, Some(&terms))).await?;
    stop::started(tx, &settings, of.act.at).await?;
    // The balance may be below already.
    jobs::arm(tx, &jobs::top_up(terms.user_id, of.act.at)).await?;
    let spent = spent(tx, (terms.user_id, &terms.currency), of.act.at).await?;
    requests::finish(tx, &of.act, keyed, &Stored::of(&settings, spent)).await?;
    Ok(Answer { value: TopUpView::of(settings, spent, of.act.at)?, how: How::Applied })
}

impl From<Unpayable> for Error {
    fn from(why: Unpayable) -> Self {
        match why {
            Unpayable::BelowMinimum(least) => Self::BelowMinimum { least },
            Unpayable::TooDear => Self::invalid("/quantity", "costs more than can be paid at once"),
            Unpayable::PaymentsNotSetUp => Self::PaymentsNotSetUp,
        }
    }
}

/// Who agrees to a cap that not one top-up fits in would be sold nothing.
fn check_room(terms: &TopUpTerms, cost: Cents) -> Result<(), Error> {
    match terms.caps.room((Cents::ZERO, Cents::ZERO), cost) {
        Room::Never => {
            let detail = format!("is below the price of one top-up, which is {}", cost.to_price());
            Err(Error::invalid("/daily_cap", detail))
        }
        Room::Enough | Room::Tomorrow | Room::NextMonth => Ok(()),
    }
}

/// What was agreed to, as the audit log keeps it.
#[derive(Serialize)]
struct Agreed<'a> {
    threshold: i64,
    quantity: i64,
    daily_cap: i64,
    monthly_cap: i64,
    currency: &'a str,
    cooldown_s: i64,
    payment_method: &'a str,
    consent_version: &'a str,
}

async fn note(
    tx: &mut Tx,
    act: &Act,
    action: &'static str,
    (user, terms): (i64, Option<&Terms>),
) -> Result<(), Error> {
    let after = terms.map(|terms| Agreed {
        threshold: terms.threshold.micros(),
        quantity: terms.quantity.micros(),
        daily_cap: terms.day_cap,
        monthly_cap: terms.month_cap,
        currency: &terms.currency,
        cooldown_s: terms.cool_down_s,
        payment_method: &terms.payment_method,
        consent_version: &terms.consent_text,
    });
    let subject = format!("user:{user}");
    audit::note(tx, act, Deed { action, subject, before: None, after: after.as_ref() }).await
}

fn check(terms: &TopUpTerms) -> Result<(), Error> {
    check_credits("/threshold", terms.threshold)?;
    check_credits("/quantity", terms.quantity)?;
    match terms.misfit() {
        None => Ok(()),
        Some(TopUpMisfit::NoCap) => Err(Error::invalid("/daily_cap", "must be more than 0")),
        Some(TopUpMisfit::MonthBelowDay) => {
            Err(Error::invalid("/monthly_cap", "must not be less than daily_cap"))
        }
        Some(TopUpMisfit::CoolDown) => {
            Err(Error::invalid("/cooldown_s", "must be 60 to 2592000 seconds"))
        }
    }
}

fn check_credits(pointer: &'static str, credits: Credits) -> Result<(), Error> {
    if credits.is_amount() {
        return Ok(());
    }
    Err(Error::invalid(pointer, "is not 0.000001 to 1000000000"))
}

fn terms(of: &Agreeing, currency: Currency) -> Terms {
    let TopUpTerms { threshold, quantity, caps, cool_down_s } = of.request.terms;
    Terms {
        user_id: of.holder.user.number(),
        wallet_id: of.holder.wallet,
        threshold,
        quantity,
        day_cap: caps.day.count(),
        month_cap: caps.month.count(),
        currency: currency.to_string(),
        cool_down_s,
        payment_method: of.method.as_str().to_owned(),
        consent_text: of.request.consent_text.as_str().to_owned(),
        consent_by: of.act.actor.to_string(),
        consent_at: of.act.at,
    }
}

fn canonical(holder: Holder, request: &TopUpRequest) -> Canonical {
    let TopUpTerms { threshold, quantity, caps, cool_down_s } = request.terms;
    Canonical::of(ON)
        .number("user", holder.user.number())
        .number("threshold", threshold.micros())
        .number("quantity", quantity.micros())
        .number("day_cap", caps.day.count())
        .number("month_cap", caps.month.count())
        .number("cool_down_s", cool_down_s)
        .text("payment_method", request.payment_method.as_str())
        .text("consent_text", request.consent_text.as_str())
}
