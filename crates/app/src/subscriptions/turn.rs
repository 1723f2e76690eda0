//! What is asked of a subscription for its period's end: that it ends, or goes by
//! unpaid, or neither.

use std::sync::Arc;

use domain::{IdempotencyKey, MailKind, Reason, Stage, SubscriptionId, TransitionError, UserId};
use ledger::{Time, Wallet};
use store::Tx;

use super::kept::Kept;
use super::mail;
use super::outcome::{Asked, Outcome};
use super::request::note;
use super::view::SubscriptionView;
use crate::App;
use crate::callers::Caller;
use crate::error::Error;
use crate::fingerprint::Canonical;
use crate::jobs;
use crate::ledger::{How, SubmitError};
use crate::prepared::Answer;
use crate::wallets::Whose;

/// How often a change is made anew that met another one.
pub(super) const TRIES_MAX: usize = 8;

/// What is asked of a subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It ends with the period.
    Cancel,
    /// It does not.
    UndoCancel,
    /// It is neither billed nor given anything from the period's end on.
    Pause {
        /// Why.
        reason: Option<Reason>,
    },
    /// It is billed again, from the next boundary on.
    Resume,
}

/// What is asked, of whose subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TurnRequest {
    /// Whose.
    pub whose: Whose,
    /// What.
    pub turn: Turn,
}

impl Turn {
    const fn operation(&self) -> &'static str {
        match self {
            Self::Cancel => "subscriptions.cancel",
            Self::UndoCancel => "subscriptions.undo_cancel",
            Self::Pause { .. } => "subscriptions.pause",
            Self::Resume => "subscriptions.resume",
        }
    }

    const fn mail(&self) -> MailKind {
        match self {
            Self::Cancel => MailKind::SubscriptionCancelled,
            Self::UndoCancel => MailKind::SubscriptionCancelUndone,
            Self::Pause { .. } => MailKind::SubscriptionPaused,
            Self::Resume => MailKind::SubscriptionResumed,
        }
    }

    /// Where a subscription stands then.
    pub(super) const fn of(&self, stage: Stage, now: Time) -> Result<Stage, TransitionError> {
        match self {
            Self::Cancel => stage.cancel(now),
            Self::UndoCancel => stage.undo_cancel(),
            Self::Pause { .. } => stage.pause(),
            Self::Resume => stage.resume(),
        }
    }

    fn canonical(&self) -> Canonical {
        let reason = match self {
            Self::Pause { reason: Some(reason) } => Some(reason.as_str()),
            _ => None,
        };
        Canonical::of(self.operation()).maybe_text("reason", reason)
    }
}

impl App {
    /// Has a subscription go on otherwise from its period's end.
    pub async fn turn_subscription(
        &self,
        caller: &Caller,
        key: IdempotencyKey,
        request: TurnRequest,
    ) -> Result<Answer<SubscriptionView>, Error> {
        let holder = self.subscriber(caller, &request.whose).await?;
        let turn = request.turn;
        let asked = self.asked(caller, holder, (turn.operation(), key), turn.canonical())?;
        if let Some(outcome) = self.find_outcome(&asked).await? {
            return outcome.answer(How::Replayed);
        }
        self.cross_first(holder.user).await?;
        let wallet = self.wallet(holder).await?;
        for _ in 0..TRIES_MAX {
            let (asked, turn, wallet) = (asked.clone(), turn.clone(), Arc::clone(&wallet));
            let turned = self
                .write(move |tx| Box::pin(async move { make(tx, &asked, &turn, &wallet).await }));
            if let Some((outcome, how)) = turned.await? {
                let answer = outcome.answer(how)?;
                self.sync_soon(answer.value.id).await;
                return Ok(answer);
            }
        }
        Err(SubmitError::Overloaded.into())
    }

    /// A period that is over is left before anything is changed of the next one, unless
    /// the ledger has no room for what this one gives.
    pub(super) async fn cross_first(&self, user: UserId) -> Result<Option<SubscriptionId>, Error> {
        let now = self.ledger().time()?;
        let live = self.read(move |tx| Box::pin(Kept::live(tx, user))).await?;
        let Some(kept) = live else { return Ok(None) };
        if kept.stage.period().is_some_and(|period| period.is_over(now)) {
            match self.advance(kept.id()).await {
                Err(Error::Submit(error @ SubmitError::Refused { .. })) => {
                    tracing::warn!(%error, subscription = kept.row.id, "subscriptions.not_crossed");
                }
                advanced => drop(advanced?),
            }
        }
        Ok(Some(kept.id()))
    }
}

/// Makes the change in one transaction; `None` where another one was made meanwhile.
async fn make(
    tx: &mut Tx,
    asked: &Asked,
    turn: &Turn,
    wallet: &Arc<Wallet>,
) -> Result<Option<(Outcome, How)>, Error> {
    if let Some(outcome) = asked.begin(tx).await? {
        return Ok(Some((outcome, How::Replayed)));
    }
    let mut kept = begun(tx, asked.holder.user).await?;
    let outcome = match turn.of(kept.stage, asked.act.at) {
        Err(error) => Outcome::of(error.into()),
        Ok(stage) => {
            kept.put(stage);
            kept.row.is_told = false;
            match turn {
                Turn::Pause { reason } => {
                    kept.row.pause_reason = reason.as_ref().map(|it| it.as_str().to_owned());
                }
                Turn::Resume => kept.row.pause_reason = None,
                Turn::Cancel | Turn::UndoCancel => {}
            }
            if !save(tx, asked, &mut kept).await? {
                return Ok(None);
            }
            mail::turned(tx, &kept, turn.mail(), asked.act.at).await?;
            Outcome::done(&SubscriptionView::find(tx, kept.id(), wallet).await?)
        }
    };
    asked.finish(tx, &outcome).await?;
    Ok(Some((outcome, How::Applied)))
}

/// A user's subscription that has begun.
pub(super) async fn begun(tx: &mut Tx, user: UserId) -> Result<Kept, Error> {
    let live = Kept::live(tx, user).await?;
    let begun = live.filter(|kept| !matches!(kept.stage, Stage::Starting { .. }));
    begun.ok_or(Error::NotFound)
}

/// Writes what was asked, with its trace and with the job that does what follows;
/// whether nobody changed it meanwhile.
pub(super) async fn save(tx: &mut Tx, asked: &Asked, kept: &mut Kept) -> Result<bool, Error> {
    let at = asked.act.at;
    if !kept.save(tx, at).await? {
        return Ok(false);
    }
    kept.row.updated_at = at;
    note(tx, asked, kept).await?;
    jobs::arm(tx, &jobs::renew(kept.id(), at)?).await?;
    Ok(true)
}
