//! What others ask of subscriptions: what a user has now, and at which rate they
//! buy credits.

use domain::{PackageId, Rate, Stage, SubscriptionId, SubscriptionStatus, Text, Then, UserId};
use ledger::Time;
use store::Tx;

use super::kept::Kept;
use crate::error::Error;

/// A subscription that has begun and not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveSubscription {
    /// Its id.
    pub id: SubscriptionId,
    /// Which package.
    pub package: PackageId,
    /// What people call that.
    pub package_name: Text,
    /// What a credit that is bought beside costs, by the terms they keep; `None` while
    /// the current period is not paid for.
    pub rate: Option<Rate>,
    /// Where it stands.
    pub status: SubscriptionStatus,
}

/// A user's subscription, if they have one, as it is at an instant.
pub(crate) async fn live(
    tx: &mut Tx,
    user: UserId,
    now: Time,
) -> Result<Option<LiveSubscription>, Error> {
    let Some(kept) = Kept::live(tx, user).await? else { return Ok(None) };
    if matches!(kept.stage, Stage::Starting { .. }) {
        return Ok(None);
    }
    Ok(Some(LiveSubscription {
        id: kept.id(),
        rate: has_benefits(&kept.stage, now).then_some(kept.plan.terms.credit_rate),
        status: kept.stage.status(),
        package: kept.plan.package,
        package_name: kept.plan.name,
    }))
}

/// Nobody may have looked since its period was over.
fn has_benefits(stage: &Stage, now: Time) -> bool {
    let is_over = stage.period().is_some_and(|period| period.is_over(now));
    stage.has_benefits() && (!is_over || stage.then() == Some(Then::Renew))
}
