//! What an action on a subscription would do: when, for how much, for how many
//! credits. It changes nothing.

use domain::{
    Cents, Credits, Currency, PackageId, Plan, Proration, Stage, SubscriptionStatus, Then,
    TransitionError, subscription,
};
use ledger::{Status, Time};
use store::{Tx, subscriptions};

use super::SubscriptionRefusal;
use super::change::{Changed, offered, thought_of};
use super::kept::{Kept, calendar_ends};
use super::turn::{Turn, begun};
use crate::App;
use crate::callers::Caller;
use crate::error::Error;
use crate::rates;
use crate::wallets::{Holder, Whose};

/// What is thought of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PreviewAction {
    /// Subscribing to this package.
    Subscribe(PackageId),
    /// Changing to it.
    Change(PackageId),
    /// Cancelling.
    Cancel,
    /// Undoing that.
    UndoCancel,
    /// Pausing.
    Pause,
    /// Resuming.
    Resume,
}

/// What is thought of, for whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewRequest {
    /// Whose subscription.
    pub whose: Whose,
    /// What.
    pub action: PreviewAction,
}

/// What an action would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscriptionPreview {
    /// When it takes effect.
    pub at: Time,
    /// Where the subscription stands once it was asked for.
    pub status: SubscriptionStatus,
    /// The package from then on.
    pub package: (PackageId, domain::Text),
    /// What is paid at once.
    pub price: Cents,
    /// In which currency.
    pub currency: Currency,
    /// What is given at once.
    pub credits: Credits,
    /// When the credits that are given at once expire.
    pub credits_expire_at: Option<Time>,
    /// What is billed next, if anything is.
    pub next: Option<NextBill>,
    /// What stands in the way.
    pub hindrance: Option<PreviewHindrance>,
}

/// What is billed next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NextBill {
    /// When.
    pub at: Time,
    /// How much.
    pub price: Cents,
    /// What it gives.
    pub credits: Credits,
}

/// What stands in the way of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PreviewHindrance {
    /// The subscription.
    Subscription(SubscriptionRefusal),
    /// The account.
    Account(Status),
    /// Nobody takes payments.
    PaymentsNotSetUp,
}

impl NextBill {
    fn of(at: Time, plan: &Plan) -> Self {
        Self { at, price: plan.terms.monthly_price, credits: plan.terms.credit_amount }
    }
}

impl App {
    /// What an action on somebody's subscription would do.
    pub async fn preview_subscription(
        &self,
        caller: &Caller,
        request: PreviewRequest,
    ) -> Result<SubscriptionPreview, Error> {
        let holder = self.subscriber(caller, &request.whose).await?;
        self.cross_first(holder.user).await?;
        let now = self.ledger().time()?;
        let status = self.wallet(holder).await?.balances.status;
        let (has_payments, has_least) = (self.payments().bills(), self.has_stripe());
        let (action, at) = (request.action, (now, has_least));
        let mut preview = self
            .read(move |tx| Box::pin(async move { preview(tx, (holder, at), action).await }))
            .await?;
        let pays = preview.price > Cents::ZERO || matches!(action, PreviewAction::Subscribe(_));
        let account =
            (pays && status != Status::Active).then_some(PreviewHindrance::Account(status));
        let nobody = (pays && !has_payments).then_some(PreviewHindrance::PaymentsNotSetUp);
        preview.hindrance = preview.hindrance.or(account).or(nobody);
        Ok(preview)
    }
}

async fn preview(
    tx: &mut Tx,
    (holder, at): (Holder, (Time, bool)),
    action: PreviewAction,
) -> Result<SubscriptionPreview, Error> {
    let (now, _) = at;
    match action {
        PreviewAction::Subscribe(package) => subscribing(tx, holder, package, at).await,
        PreviewAction::Change(package) => {
            let kept = begun(tx, holder.user).await?;
            changing(tx, kept, package, at).await
        }
        PreviewAction::Cancel => turning(tx, holder, Turn::Cancel, now).await,
        PreviewAction::UndoCancel => turning(tx, holder, Turn::UndoCancel, now).await,
        PreviewAction::Pause => turning(tx, holder, Turn::Pause { reason: None }, now).await,
        PreviewAction::Resume => turning(tx, holder, Turn::Resume, now).await,
    }
}

async fn subscribing(
    tx: &mut Tx,
    holder: Holder,
    package: PackageId,
    (now, has_least): (Time, bool),
) -> Result<SubscriptionPreview, Error> {
    let currency = rates::find(tx).await?.currency;
    let plan = offered(tx, package, (currency, has_least)).await?;
    let had = tx.one(subscriptions::had_trial(holder.user.number())).await? > 0;
    let trial = plan.terms.trial.filter(|_| !had);
    let begins = subscription::begin(now, trial.map(|trial| trial.days));
    let (_, period) = begins.ok_or_else(calendar_ends)?;
    let live = Kept::live(tx, holder.user).await?;
    let exists = live.is_some_and(|kept| !matches!(kept.stage, Stage::Starting { .. }));
    let (price, credits, status) = if let Some(trial) = trial {
        (Cents::ZERO, trial.credits, SubscriptionStatus::Trial)
    } else {
        let terms = &plan.terms;
        (terms.monthly_price, terms.credit_amount, SubscriptionStatus::Active)
    };
    Ok(SubscriptionPreview {
        at: now,
        status,
        package: (plan.package, plan.name.clone()),
        price,
        currency,
        credits,
        credits_expire_at: Some(period.ends_at),
        next: Some(NextBill::of(period.ends_at, &plan)),
        hindrance: exists.then_some(PreviewHindrance::Subscription(SubscriptionRefusal::Exists)),
    })
}

async fn changing(
    tx: &mut Tx,
    kept: Kept,
    package: PackageId,
    (now, has_least): (Time, bool),
) -> Result<SubscriptionPreview, Error> {
    let (plan, decided) = thought_of(tx, &kept, package, (now, has_least)).await?;
    let period = kept.stage.period().ok_or(Error::NotFound)?;
    let (at, change) = match decided {
        Ok(Changed::Now(change)) => (now, change),
        Ok(Changed::Later) => (period.ends_at, Proration::NONE),
        Ok(Changed::Kept) | Err(_) => (now, Proration::NONE),
    };
    let renews = kept.stage.then() == Some(Then::Renew);
    Ok(SubscriptionPreview {
        at,
        status: kept.stage.status(),
        package: (plan.package, plan.name.clone()),
        price: change.price,
        currency: plan.terms.currency,
        credits: change.credits,
        credits_expire_at: change.credits.is_positive().then_some(period.ends_at),
        next: renews.then(|| NextBill::of(period.ends_at, &plan)),
        hindrance: decided.err().map(hindrance),
    })
}

async fn turning(
    tx: &mut Tx,
    holder: Holder,
    turn: Turn,
    now: Time,
) -> Result<SubscriptionPreview, Error> {
    let kept = begun(tx, holder.user).await?;
    let period = kept.stage.period().ok_or(Error::NotFound)?;
    let turned = turn.of(kept.stage, now);
    let stage = turned.unwrap_or(kept.stage);
    let plan = kept.next_plan.as_ref().unwrap_or(&kept.plan);
    let renews = stage.then() == Some(Then::Renew);
    Ok(SubscriptionPreview {
        at: match (turn, stage.ended_at()) {
            (Turn::Cancel | Turn::Pause { .. }, None) => period.ends_at,
            _ => now,
        },
        status: stage.status(),
        package: (plan.package, plan.name.clone()),
        price: Cents::ZERO,
        currency: plan.terms.currency,
        credits: Credits::ZERO,
        credits_expire_at: None,
        next: renews.then(|| NextBill::of(period.ends_at, plan)),
        hindrance: turned.err().map(hindrance),
    })
}

const fn hindrance(error: TransitionError) -> PreviewHindrance {
    PreviewHindrance::Subscription(SubscriptionRefusal::State(error))
}
