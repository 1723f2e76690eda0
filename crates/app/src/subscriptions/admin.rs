//! What staff do to anybody's subscription: look at it anew, end it at once, give a
//! period's credits though nobody paid. The key of those credits is the period's, so
//! a payment that comes in after all gives nothing more.

use domain::{IdempotencyKey, Reason, Stage, SubscriptionId, UserId};
use store::Tx;
use store::subscription_periods::Kind;

use super::kept::Kept;
use super::mail;
use super::outcome::{Asked, Outcome};
use super::request::note;
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
        let begun = self.write(move |tx| Box::pin(async move { note_grant(tx, &again, id).await }));
        if let Some(outcome) = begun.await? {
            return outcome.answer(How::Replayed);
        }
        self.advance(id).await?;
        let view = self.view(id).await?;
        let owed = view.open.as_ref().map(|(period, _)| period);
        if let Some(owed) = owed.filter(|it| it.kind == Kind::Period) {
            // Whoever took this step meanwhile gives the same credits.
            self.paid(&view, owed, None).await?;
            self.advance(id).await?;
        }
        self.keep_outcome(asked, id).await
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
                            Outcome::done(&SubscriptionView::of(tx, &kept, &wallet).await?)
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

/// Notes who gives what nobody paid for; what its key came to before.
async fn note_grant(
    tx: &mut Tx,
    asked: &Asked,
    id: SubscriptionId,
) -> Result<Option<Outcome>, Error> {
    if let Some(outcome) = asked.begin(tx).await? {
        return Ok(Some(outcome));
    }
    let kept = Kept::find(tx, id).await?;
    note(tx, asked, &kept).await?;
    Ok(None)
}

fn check(caller: &Caller) -> Result<(), Error> {
    if caller.removes() { Ok(()) } else { Err(Error::Forbidden) }
}
