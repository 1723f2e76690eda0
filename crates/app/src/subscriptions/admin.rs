//! What staff do to anybody's subscription: look at it anew, end it at once, give a
//! period's credits though nobody paid. The key of those credits is the period's, so
//! a payment that comes in after all gives nothing more.

use domain::{IdempotencyKey, Reason, Stage, SubscriptionId, TransitionError, UserId};
use store::Tx;
use store::subscription_periods::{self as periods, Kind, State};

use super::advance::View;
use super::begin::pays;
use super::bill::{Money, numbered, plan_of};
use super::kept::Kept;
use super::mail;
use super::outcome::{Asked, Outcome};
use super::turn::{TRIES_MAX, save};
use super::view::SubscriptionView;
use crate::App;
use crate::callers::Caller;
use crate::error::Error;
use crate::fingerprint::Canonical;
use crate::ledger::{How, SubmitError};
use crate::prepared::Answer;
use crate::wallets::Holder;

/// The credits of a period, by somebody's leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeriodGrant {
    /// Of which subscription: its current period.
    pub id: SubscriptionId,
    /// Why.
    pub reason: Reason,
}

impl App {
    /// Has the steps taken that are due.
    pub async fn sync_subscription_now(
        &self,
        caller: &Caller,
        id: SubscriptionId,
    ) -> Result<SubscriptionView, Error> {
        check(caller)?;
        self.find_row(id).await?;
        self.sync_subscription(id).await?;
        self.view_of(id).await
    }

    /// Ends a subscription at once. What was granted stays until it expires.
    pub async fn end_subscription(
        &self,
        caller: &Caller,
        key: IdempotencyKey,
        id: SubscriptionId,
    ) -> Result<Answer<SubscriptionView>, Error> {
        let said = Canonical::of("subscriptions.end").number("subscription", id.number());
        let asked = self.asked_by_staff(caller, ("subscriptions.end", key), (id, said)).await?;
        self.staff_change(asked, id, domain::Stage::end).await
    }

    /// Gives the credits of the current period though its payment is not in. It counts
    /// as paid.
    pub async fn grant_subscription_period(
        &self,
        caller: &Caller,
        key: IdempotencyKey,
        grant: PeriodGrant,
    ) -> Result<Answer<SubscriptionView>, Error> {
        let id = grant.id;
        let said = Canonical::of("subscriptions.grant")
            .number("subscription", id.number())
            .text("reason", grant.reason.as_str());
        let asked = self.asked_by_staff(caller, ("subscriptions.grant", key), (id, said)).await?;
        let again = asked.clone();
        let begun = self.write(move |tx| Box::pin(async move { again.begin(tx).await }));
        if let Some(outcome) = begun.await? {
            return outcome.answer(How::Replayed);
        }
        for _ in 0..TRIES_MAX {
            self.advance(id).await?;
            let view = self.view(id).await?.each().find_map(owed);
            let Some((view, owed)) = view else {
                return self.granted_or_refused(asked, id).await;
            };
            // First it is asked for no more: nobody pays for what was given for nothing.
            let period = numbered(&view, &owed)?;
            self.payments().waive(&view.billed, period).await?;
            let invoice = self.payments().invoice(&view.billed, period, view.now).await?;
            // Its owner may have paid at this moment.
            let paid = invoice.filter(|it| it.payment.is_some() && pays(it, plan_of(&view)));
            let money = paid.as_ref().map_or(Money::Leave(&asked), Money::Invoice);
            // Who lost against somebody else looks again.
            self.paid(&view, &owed, money).await?;
        }
        Err(SubmitError::Overloaded.into())
    }

    /// Whoever gave the credits of the current period, they are the same ones.
    async fn granted_or_refused(
        &self,
        asked: Asked,
        id: SubscriptionId,
    ) -> Result<Answer<SubscriptionView>, Error> {
        let again = asked.clone();
        let refused = self.write(move |tx| {
            Box::pin(async move {
                let Some(error) = not_granted(tx, id).await? else { return Ok(None) };
                let outcome = Outcome::of(error.into());
                again.finish(tx, &outcome).await?;
                Ok(Some(outcome))
            })
        });
        match refused.await? {
            Some(outcome) => outcome.answer(How::Applied),
            None => self.keep_outcome(asked, id).await,
        }
    }

    async fn asked_by_staff(
        &self,
        caller: &Caller,
        operation: (&'static str, IdempotencyKey),
        (id, said): (SubscriptionId, Canonical),
    ) -> Result<Asked, Error> {
        check(caller)?;
        let row = self.find_row(id).await?;
        let holder = Holder { user: UserId::from_number(row.user_id), wallet: row.wallet_id };
        let asked = self.asked(caller, holder, operation, said)?;
        // What staff do is noted, whoever's it is.
        Ok(Asked { is_own: false, ..asked })
    }

    async fn staff_change(
        &self,
        asked: Asked,
        id: SubscriptionId,
        to: fn(Stage, ledger::Time) -> Result<Stage, domain::TransitionError>,
    ) -> Result<Answer<SubscriptionView>, Error> {
        let wallet = self.wallet(asked.holder).await?;
        for _ in 0..TRIES_MAX {
            let (asked, wallet) = (asked.clone(), std::sync::Arc::clone(&wallet));
            let made = self.write(move |tx| {
                Box::pin(async move {
                    if let Some(outcome) = asked.begin(tx).await? {
                        return Ok(Some((outcome, How::Replayed)));
                    }
                    let mut kept = Kept::find(tx, id).await?;
                    let outcome = match to(kept.stage, asked.act.at) {
                        Err(error) => Outcome::of(error.into()),
                        Ok(stage) => {
                            kept.put(stage);
                            kept.row.is_told = false;
                            if !save(tx, &asked, &mut kept).await? {
                                return Ok(None);
                            }
                            mail::cancelled(tx, &kept, asked.act.at).await?;
                            Outcome::done(&SubscriptionView::find(tx, kept.id(), &wallet).await?)
                        }
                    };
                    asked.finish(tx, &outcome).await?;
                    Ok(Some((outcome, How::Applied)))
                })
            });
            if let Some((outcome, how)) = made.await? {
                let answer = outcome.answer(how)?;
                self.sync_soon(id).await;
                return Ok(answer);
            }
        }
        Err(SubmitError::Overloaded.into())
    }
}

/// The period that a view is of, if it waits for its money.
fn owed(view: View) -> Option<(View, periods::Period)> {
    let (period, _) = view.open.as_ref()?;
    let is_owed = period.kind == Kind::Period && period.state == State::Collecting;
    let period = is_owed.then(|| period.clone())?;
    Some((view, period))
}

/// Why the current period of a subscription has given nothing and won't, if so.
async fn not_granted(tx: &mut Tx, id: SubscriptionId) -> Result<Option<TransitionError>, Error> {
    let kept = Kept::find(tx, id).await?;
    let current = kept.row.period.map(|period| period.starts_at);
    let rows = match current {
        Some(starts_at) => tx.all(periods::since(kept.row.id, starts_at)).await?,
        None => Vec::new(),
    };
    let is_granted = |row: &periods::Period| {
        row.kind != Kind::Upgrade && matches!(row.state, State::Granting | State::Granted)
    };
    if rows.iter().any(is_granted) {
        return Ok(None);
    }
    Ok(Some(match kept.stage {
        Stage::Starting { .. } => TransitionError::NotBegun,
        stage if stage.ended_at().is_some() => TransitionError::Ended,
        _ => TransitionError::NotAwaited,
    }))
}

fn check(caller: &Caller) -> Result<(), Error> {
    if caller.removes() { Ok(()) } else { Err(Error::Forbidden) }
}
