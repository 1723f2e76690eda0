//! A subscription as its owner sees it.

use std::sync::Arc;

use domain::{
    Package, PackageId, Period, Plan, Stage, SubscriptionId, SubscriptionStatus, Text, Then, UserId,
};
use gateway::CardSetup;
use ledger::{Time, Wallet};
use store::subscription_periods as periods;
use store::{Tx, packages as rows};

use super::figures::Figures;
use super::kept::{Kept, calendar_ends};
use crate::error::Error;
use crate::packages;

/// A subscription as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscriptionView {
    /// Its id.
    pub id: SubscriptionId,
    /// Whose it is.
    pub user: UserId,
    /// What is subscribed to, by the terms it keeps.
    pub package: Package,
    /// What it changes to at the period's end.
    pub next: Option<NextPackage>,
    /// Where it stands.
    pub status: SubscriptionStatus,
    /// What happens at the period's end; `None` where it has ended.
    pub then: Option<Then>,
    /// Since when it is past due or paused, or when it ended.
    pub since: Option<Time>,
    /// The period it is in, or the last one it was in.
    pub period: Period,
    /// When its trial ends or ended, if it had one.
    pub trial_ends_at: Option<Time>,
    /// What the current period gave and what is left of it.
    pub figures: Figures,
    /// Why it is paused.
    pub pause_reason: Option<String>,
    /// What the payment provider calls it.
    pub provider_subscription: Option<String>,
    /// What it calls its owner.
    pub provider_customer: Option<String>,
    /// What its owner has to confirm, so that their card pays behind the trial: told to
    /// who may pay, when they subscribe and when they look at it.
    pub card_setup: Option<CardSetup>,
    /// When it was asked for.
    pub created_at: Time,
    /// When it was changed last.
    pub updated_at: Time,
}

/// What a subscription changes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextPackage {
    /// Which package.
    pub id: PackageId,
    /// What people call it.
    pub name: Text,
    /// Which version of its terms.
    pub version: i64,
}

impl SubscriptionView {
    /// When the next period is billed, if one is.
    pub fn next_billing_at(&self) -> Option<Time> {
        let renews = self.then == Some(Then::Renew);
        (renews && self.ended_at().is_none()).then_some(self.period.ends_at)
    }

    /// When it ended, or will.
    pub fn ended_at(&self) -> Option<Time> {
        match (self.status, self.then) {
            (SubscriptionStatus::Cancelled | SubscriptionStatus::Expired, _) => self.since,
            (_, Some(then)) if then.ends() => Some(self.period.ends_at),
            _ => None,
        }
    }

    /// Whether it is paused, or will be at the period's end.
    pub fn is_paused(&self) -> bool {
        self.status == SubscriptionStatus::Paused || self.then == Some(Then::Pause)
    }

    /// One, as it is now in its owner's wallet.
    pub(crate) async fn find(
        tx: &mut Tx,
        id: SubscriptionId,
        wallet: &Arc<Wallet>,
    ) -> Result<Self, Error> {
        let kept = Kept::find(tx, id).await?;
        Self::of(tx, &kept, wallet).await
    }

    /// One, as its rows and its owner's wallet say.
    pub(super) async fn of(tx: &mut Tx, kept: &Kept, wallet: &Arc<Wallet>) -> Result<Self, Error> {
        let package = package(tx, &kept.plan).await?;
        let period = match (kept.stage.period(), kept.row.period) {
            (Some(period), _) => period,
            (None, Some(last)) => {
                let store::subscriptions::Current { number, starts_at, ends_at } = last;
                Period { number, starts_at, ends_at }
            }
            (None, None) => return Err(calendar_ends()),
        };
        let rows = tx.all(periods::since(kept.row.id, period.starts_at)).await?;
        let row = &kept.row;
        Ok(Self {
            id: kept.id(),
            user: kept.user(),
            package,
            next: kept.next_plan.as_ref().map(NextPackage::of),
            status: kept.stage.status(),
            then: kept.stage.then(),
            since: match kept.stage {
                Stage::PastDue { since, .. } | Stage::Paused { since, .. } => Some(since),
                stage => stage.ended_at(),
            },
            period,
            trial_ends_at: row.had_trial.then_some(row.anchor_at),
            figures: Figures::of(tx, &rows, wallet).await?,
            pause_reason: row.pause_reason.clone(),
            provider_subscription: row.provider_id.clone(),
            provider_customer: row.provider_customer.clone(),
            card_setup: None,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

impl NextPackage {
    fn of(plan: &Plan) -> Self {
        Self { id: plan.package, name: plan.name.clone(), version: plan.version }
    }
}

/// A package, with the terms of a plan.
async fn package(tx: &mut Tx, plan: &Plan) -> Result<Package, Error> {
    let row = tx.one(rows::by_id(plan.package.number())).await?;
    let package = packages::package(&row)?;
    Ok(Package { version: plan.version, terms: plan.terms.clone(), ..package })
}
