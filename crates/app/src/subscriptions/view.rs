//! A subscription as its owner sees it.

use domain::{Package, PackageId, Period, SubscriptionId, SubscriptionStatus, Text, Then, UserId};
use gateway::CardSetup;
use ledger::Time;

use super::figures::Figures;

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
}
