//! Another package: a larger one at once, for the difference of what is left of the
//! period; a smaller one from the period's end.

use std::sync::Arc;

use domain::{
    Cover, Currency, IdempotencyKey, MailKind, PackageId, Period, Plan, Proration, Stage,
    SubscriptionId, Then, TransitionError,
};
use ledger::{Time, Wallet};
use store::Tx;
use store::subscription_periods::{self as periods, Kind, State};

use super::begin::due;
use super::kept::{Kept, key};
use super::mail;
use super::outcome::{Asked, Outcome};
use super::turn::{TRIES_MAX, begun, save};
use super::view::SubscriptionView;
use super::{ChangeRequest, SubscriptionRefusal};
use crate::App;
use crate::callers::Caller;
use crate::error::Error;
use crate::fingerprint::Canonical;
use crate::ledger::{How, SubmitError};
use crate::prepared::Answer;
use crate::{packages, rates};

/// The operation in a key's scope.
const OPERATION: &str = "subscriptions.change";

/// What a change comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Changed {
    /// The larger package at once, for that.
    Now(Proration),
    /// The other package from the period's end.
    Later,
    /// The package it has: what was to come at the period's end is off.
    Kept,
}

/// How far a request got in its first transaction.
enum Begun {
    Outcome(Outcome, How),
    /// The difference is to be paid first.
    Upgrade(SubscriptionId, i64),
    /// Another change was made meanwhile.
    Raced,
}

impl App {
    /// Changes what somebody is subscribed to.
    pub async fn change_subscription(
        &self,
        caller: &Caller,
        idempotency: IdempotencyKey,
        request: ChangeRequest,
    ) -> Result<Answer<SubscriptionView>, Error> {
        let holder = self.subscriber(caller, &request.whose).await?;
        let said = Canonical::of(OPERATION).number("package", request.package.number());
        let asked = self.asked(caller, holder, (OPERATION, idempotency), said)?;
        if let Some(outcome) = self.find_outcome(&asked).await? {
            return outcome.answer(How::Replayed);
        }
        self.cross_first(holder.user).await?;
        let wallet = self.wallet(holder).await?;
        for _ in 0..TRIES_MAX {
            let (again, wallet, package) = (asked.clone(), Arc::clone(&wallet), request.package);
            let (reference, has_least) = (self.entropy().bytes(), self.has_stripe());
            let begun = self.write(move |tx| {
                Box::pin(async move {
                    begin(tx, &again, package, (&wallet, reference, has_least)).await
                })
            });
            match begun.await? {
                Begun::Raced => {}
                Begun::Outcome(outcome, how) => {
                    let answer = outcome.answer(how)?;
                    self.sync_soon(answer.value.id).await;
                    return Ok(answer);
                }
                Begun::Upgrade(id, period) => return self.upgrade(asked, id, period).await,
            }
        }
        Err(SubmitError::Overloaded.into())
    }

    /// Has the difference paid, and what it gives given.
    async fn upgrade(
        &self,
        asked: Asked,
        id: SubscriptionId,
        period: i64,
    ) -> Result<Answer<SubscriptionView>, Error> {
        let rest = self.advance(id).await?;
        let row = self.one(periods::by_id(period)).await?;
        match row.state {
            State::Granting | State::Granted => self.keep_outcome(asked, id).await,
            State::Collecting => Err(Error::PaymentNeeded { confirm: rest.confirm }),
            State::Failed | State::Void => Err(Error::PaymentDeclined),
        }
    }
}

async fn begin(
    tx: &mut Tx,
    asked: &Asked,
    package: PackageId,
    (wallet, reference, has_least): (&Arc<Wallet>, [u8; 16], bool),
) -> Result<Begun, Error> {
    if let Some(outcome) = asked.begin(tx).await? {
        return Ok(Begun::Outcome(outcome, How::Replayed));
    }
    let (scope, word) = (asked.scope(), asked.key());
    if let Some(row) = tx.opt(periods::by_request(&scope, &word)).await? {
        let id = SubscriptionId::from_number(row.subscription_id);
        return Ok(Begun::Upgrade(id, row.id));
    }
    let mut kept = begun(tx, asked.holder.user).await?;
    let now = asked.act.at;
    let (plan, decided) = thought_of(tx, &kept, package, (now, has_least)).await?;
    let outcome = match decided {
        Err(error) => Outcome::of(SubscriptionRefusal::State(error)),
        Ok(Changed::Now(change)) => {
            if let Some(outcome) = Outcome::of_wallet(wallet) {
                outcome
            } else if change == Proration::NONE {
                kept.put_plan(plan);
                kept.put_next_plan(None);
                return finish(tx, asked, kept, wallet).await;
            } else {
                return ask_for(tx, asked, &mut kept, (plan, change, reference)).await;
            }
        }
        Ok(changed) => {
            kept.put_next_plan((changed == Changed::Later).then_some(plan));
            return finish(tx, asked, kept, wallet).await;
        }
    };
    asked.finish(tx, &outcome).await?;
    Ok(Begun::Outcome(outcome, How::Applied))
}

/// The package as it is offered now, in a currency, and where its months are charged by
/// a provider that has a least payment for no less.
pub(super) async fn offered(
    tx: &mut Tx,
    package: PackageId,
    (currency, has_least): (Currency, bool),
) -> Result<Plan, Error> {
    let plan = packages::find_plan(tx, package, None).await?;
    let plan = plan.ok_or_else(|| Error::invalid("/package_id", "is not offered"))?;
    if plan.terms.currency != currency {
        return Err(Error::invalid("/package_id", "is sold in another currency"));
    }
    let least = rates::find(tx).await?.payment_min;
    if has_least && plan.terms.monthly_price < least {
        let detail = format!("costs less than a payment may be: {} a month", least.to_price());
        return Err(Error::invalid("/package_id", detail));
    }
    Ok(plan)
}

/// A package that is asked for, and what a change to it comes to. Who goes back to the
/// package they have keeps its terms, whatever is offered now.
pub(super) async fn thought_of(
    tx: &mut Tx,
    kept: &Kept,
    package: PackageId,
    (now, has_least): (Time, bool),
) -> Result<(Plan, Result<Changed, TransitionError>), Error> {
    let goes_away = kept.next_plan.as_ref().is_some_and(|next| next.package != package);
    if goes_away && kept.plan.package == package {
        return Ok((kept.plan.clone(), Ok(Changed::Kept)));
    }
    let plan = offered(tx, package, (kept.plan.terms.currency, has_least)).await?;
    let decided = decide(tx, kept, &plan, now).await?;
    Ok((plan, decided))
}

/// What a change comes to, from where the subscription stands.
async fn decide(
    tx: &mut Tx,
    kept: &Kept,
    plan: &Plan,
    now: Time,
) -> Result<Result<Changed, TransitionError>, Error> {
    if kept.plan.is_same(plan) {
        if kept.next_plan.is_none() {
            return Err(Error::invalid("/package_id", "is the package of this subscription"));
        }
        return Ok(Ok(Changed::Kept));
    }
    let ends = kept.stage.then().is_some_and(Then::ends);
    let later = if ends { Err(TransitionError::Cancelled) } else { Ok(Changed::Later) };
    Ok(match kept.stage {
        Stage::Active { period, cover: Cover::Paid, .. }
            if plan.terms.is_above(&kept.plan.terms) =>
        {
            let least = rates::find(tx).await?.payment_min;
            let change = Proration::of(&kept.plan.terms, &plan.terms, (period, now));
            let change = change.ok_or_else(|| {
                Error::invalid("/package_id", "costs more than can be paid at once")
            })?;
            // What is too little to be paid is not given either: it waits.
            let is_free = plan.terms.monthly_price == kept.plan.terms.monthly_price;
            if is_free || change.price >= least { Ok(Changed::Now(change)) } else { later }
        }
        Stage::Trial { .. }
        | Stage::Active { cover: Cover::Paid | Cover::None, .. }
        | Stage::Paused { .. } => later,
        Stage::Active { cover: Cover::Awaited, .. } | Stage::PastDue { .. } => {
            Err(TransitionError::PastDue)
        }
        Stage::Starting { .. } => Err(TransitionError::NotBegun),
        Stage::Cancelled { .. } | Stage::Expired { .. } => Err(TransitionError::Ended),
    })
}

/// What costs nothing now is done.
async fn finish(
    tx: &mut Tx,
    asked: &Asked,
    mut kept: Kept,
    wallet: &Arc<Wallet>,
) -> Result<Begun, Error> {
    kept.row.is_told = false;
    if !save(tx, asked, &mut kept).await? {
        return Ok(Begun::Raced);
    }
    mail::turned(tx, &kept, MailKind::SubscriptionChanged, asked.act.at).await?;
    let outcome = Outcome::done(&SubscriptionView::find(tx, kept.id(), wallet).await?);
    asked.finish(tx, &outcome).await?;
    Ok(Begun::Outcome(outcome, How::Applied))
}

/// What costs something is asked for first.
async fn ask_for(
    tx: &mut Tx,
    asked: &Asked,
    kept: &mut Kept,
    (plan, change, reference): (Plan, Proration, [u8; 16]),
) -> Result<Begun, Error> {
    let period = kept.stage.period().ok_or_else(|| Error::internal("no period"))?;
    let rows = tx.all(periods::since(kept.row.id, period.starts_at)).await?;
    if rows.iter().any(|row| row.kind == Kind::Upgrade && row.state == State::Collecting) {
        return Err(Error::PaymentNeeded { confirm: None });
    }
    // No two begin at the same instant: what begins names them.
    let last = rows.last().map_or(period.starts_at, |row| row.starts_at);
    let starts_at = asked.act.at.max(last.plus(1));
    let within = Period { starts_at, ..period };
    let figures = (change.price.count(), change.credits);
    let new = periods::Period {
        plan: key(&plan),
        reference: Some(reference),
        request_scope: Some(asked.scope()),
        request_key: Some(asked.key()),
        ..due(kept, (Kind::Upgrade, within), figures, asked.act.at)
    };
    if !save(tx, asked, kept).await? {
        return Ok(Begun::Raced);
    }
    let id = tx.one(periods::insert(&new)).await?;
    Ok(Begun::Upgrade(kept.id(), id))
}
