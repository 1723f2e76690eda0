//! Subscriptions: a package's credits each month for its price. When a month
//! begins, what state a subscription is in, what a change within a month costs.
//!
//! Nothing here knows who bills, or when somebody looks.

mod calendar;
mod proration;
mod stage;

use ledger::{Text, Time};

use crate::id::PackageId;
use crate::package::PackageTerms;

pub use calendar::{Anchor, Period};
pub use proration::Proration;
pub use stage::{Cover, Crossed, Stage, SubscriptionStatus, Then, TransitionError};

/// What is subscribed to: a version of a package's terms, which its subscriber
/// keeps until they change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Of which package.
    pub package: PackageId,
    /// What people call that.
    pub name: Text,
    /// Which version of its terms.
    pub version: i64,
    /// What it gives for how much.
    pub terms: PackageTerms,
}

impl Plan {
    /// Whether it is the same version of the same package.
    pub fn is_same(&self, other: &Self) -> bool {
        (self.package, self.version) == (other.package, other.version)
    }
}

/// When a subscription that begins now is first paid for, and its first period:
/// the trial, where there is one.
pub fn begin(now: Time, trial_days: Option<i64>) -> Option<(Anchor, Period)> {
    let Some(days) = trial_days else {
        let anchor = Anchor::at(now);
        return Some((anchor, anchor.period(1)?));
    };
    let ends_at = now.plus(days.checked_mul(Time::DAY)?);
    Some((Anchor::at(ends_at), Period { number: 0, starts_at: now, ends_at }))
}
