//! What its owner is written about a subscription, in the transaction of what is
//! told. One mail a fact.

use domain::{MailKind, Period, Stage};
use ledger::Time;
use serde::Serialize;
use store::Tx;
use store::subscription_periods::{self as periods, Kind};

use super::kept::Kept;
use crate::error::Error;
use crate::mails::{self, NewMail};

/// What is told. Money is cents, credits are micro-credits, times are microseconds.
#[derive(Serialize)]
struct Told<'a> {
    subscription: i64,
    package: &'a str,
    cents: i64,
    currency: String,
    credits: i64,
    /// What rolled over, failed tries, and such.
    #[serde(skip_serializing_if = "Option::is_none")]
    failures: Option<i64>,
    /// When what is told happens.
    at: i64,
}

/// A mail of a kind about the fact `id:what`.
async fn tell(
    tx: &mut Tx,
    (kept, kind): (&Kept, MailKind),
    what: &str,
    told: Told<'_>,
    now: Time,
) -> Result<(), Error> {
    let key = format!("subscription:{}:{what}", kept.row.id);
    let mail = NewMail { kind, user: kept.user(), key: &key, data: &told, at: now };
    mails::queue(tx, &mail).await
}

/// What the current plan costs and gives.
fn of_plan(kept: &Kept, at: Time) -> Told<'_> {
    let plan = kept.next_plan.as_ref().unwrap_or(&kept.plan);
    Told {
        subscription: kept.row.id,
        package: plan.name.as_str(),
        cents: plan.terms.monthly_price.count(),
        currency: plan.terms.currency.to_string(),
        credits: plan.terms.credit_amount.micros(),
        failures: None,
        at: at.micros(),
    }
}

fn of_period<'a>(kept: &'a Kept, of: &periods::Period, at: Time) -> Told<'a> {
    Told {
        cents: of.cents,
        currency: of.currency.clone(),
        credits: of.credits.micros(),
        ..of_plan(kept, at)
    }
}

/// It began.
pub(super) async fn started(tx: &mut Tx, kept: &Kept, now: Time) -> Result<(), Error> {
    let kind = MailKind::SubscriptionStarted;
    tell(tx, (kept, kind), "started", of_plan(kept, kept.row.anchor_at), now).await
}

/// Its next period, or the first one behind the trial, begins soon.
pub(super) async fn remind(
    tx: &mut Tx,
    kept: &Kept,
    period: Period,
    now: Time,
) -> Result<(), Error> {
    let kind = match kept.stage {
        Stage::Trial { .. } => MailKind::TrialEnding,
        _ => MailKind::RenewalReminder,
    };
    let what = period.ends_at.micros().to_string();
    tell(tx, (kept, kind), &what, of_plan(kept, period.ends_at), now).await
}

/// Money came in.
pub(super) async fn paid(
    tx: &mut Tx,
    kept: &Kept,
    of: &periods::Period,
    now: Time,
) -> Result<(), Error> {
    let kind = match of.kind {
        Kind::Upgrade => MailKind::SubscriptionChanged,
        Kind::Trial | Kind::Period => MailKind::SubscriptionRenewed,
    };
    let what = of.starts_at.micros().to_string();
    tell(tx, (kept, kind), &what, of_period(kept, of, of.starts_at), now).await
}

/// A try to pay failed; when the next one is.
pub(super) async fn past_due(
    tx: &mut Tx,
    kept: &Kept,
    (of, failures, next): (&periods::Period, i64, Time),
    now: Time,
) -> Result<(), Error> {
    let told = Told { failures: Some(failures), ..of_period(kept, of, next) };
    let what = format!("{}:{failures}", of.starts_at.micros());
    tell(tx, (kept, MailKind::SubscriptionPastDue), &what, told, now).await
}

/// It ends, or has ended.
pub(super) async fn cancelled(tx: &mut Tx, kept: &Kept, now: Time) -> Result<(), Error> {
    let (kind, at) = match (kept.stage, kept.stage.period()) {
        (Stage::Expired { at }, _) => (MailKind::SubscriptionExpired, at),
        (Stage::Cancelled { at }, _) => (MailKind::SubscriptionCancelled, at),
        (_, Some(period)) => (MailKind::SubscriptionCancelled, period.ends_at),
        (_, None) => (MailKind::SubscriptionCancelled, now),
    };
    // Asked for and come to pass are told apart; undone and asked again as well.
    let what = match kept.stage.ended_at() {
        Some(_) => "ended".to_owned(),
        None => format!("ends:{}", kept.row.revision),
    };
    tell(tx, (kept, kind), &what, of_plan(kept, at), now).await
}

/// Something else was asked for it; told once a change of the row.
pub(super) async fn turned(
    tx: &mut Tx,
    kept: &Kept,
    kind: MailKind,
    now: Time,
) -> Result<(), Error> {
    if kind == MailKind::SubscriptionCancelled {
        return cancelled(tx, kept, now).await;
    }
    let at = kept.stage.period().map_or(now, |period| period.ends_at);
    let what = format!("turned:{}", kept.row.revision);
    tell(tx, (kept, kind), &what, of_plan(kept, at), now).await
}
