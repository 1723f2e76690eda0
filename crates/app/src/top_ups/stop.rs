//! Top-ups that stop by themselves, and what their owner is written about it.

use domain::{MailKind, Time, UserId};
use ledger::Actor;
use serde::Serialize;
use store::Tx;
use store::top_ups::{self, Settings, Terms};

use crate::audit::{self, Deed};
use crate::directory::Act;
use crate::error::Error;
use crate::mails::{self, NewMail};

/// What the audit log calls it.
const STOPPED: &str = "top_ups.stopped";

/// What is told. Money is cents, credits are micro-credits.
#[derive(Serialize)]
struct Told<'a> {
    threshold: i64,
    quantity: i64,
    daily_cap: i64,
    monthly_cap: i64,
    currency: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

/// Money that goes back to its payer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Back {
    /// Somebody gave it back.
    Refunded,
    /// Its payer's bank asks for it.
    Disputed,
}

/// Stops what somebody agreed to before a payment of theirs goes back: the credits
/// that go with it would be bought again. A refund of what they bought themselves
/// stops nothing.
pub(crate) async fn stop_for(
    tx: &mut Tx,
    (user, intent): (UserId, &str),
    back: Back,
    at: Time,
) -> Result<(), Error> {
    let Some(settings) = tx.opt(top_ups::find(user.number())).await? else { return Ok(()) };
    let reason = match back {
        Back::Disputed => "disputed",
        Back::Refunded if tx.opt(top_ups::of_payment(intent)).await?.is_some() => "refunded",
        Back::Refunded => return Ok(()),
    };
    stop(tx, &settings, reason, at).await
}

/// Stops what was agreed to, unless it has stopped or somebody agreed anew.
pub(super) async fn stop(
    tx: &mut Tx,
    settings: &Settings,
    reason: &str,
    at: Time,
) -> Result<(), Error> {
    let user = settings.terms.user_id;
    if tx.exec(top_ups::stop((user, settings.agreement), reason, at)).await?.at_most_one()? {
        let act = Act { actor: Actor::System, request: None, at };
        let subject = format!("user:{user}");
        let deed = Deed { action: STOPPED, subject, before: None, after: Some(&reason) };
        audit::note(tx, &act, deed).await?;
        tell(tx, settings, (MailKind::TopUpStopped, Some(reason)), at).await?;
    }
    Ok(())
}

/// They begin.
pub(super) async fn started(tx: &mut Tx, settings: &Settings, at: Time) -> Result<(), Error> {
    tell(tx, settings, (MailKind::TopUpStarted, None), at).await
}

/// One mail a kind and an agreement.
async fn tell(
    tx: &mut Tx,
    settings: &Settings,
    (kind, reason): (MailKind, Option<&str>),
    at: Time,
) -> Result<(), Error> {
    let terms: &Terms = &settings.terms;
    let told = Told {
        threshold: terms.threshold.micros(),
        quantity: terms.quantity.micros(),
        daily_cap: terms.day_cap,
        monthly_cap: terms.month_cap,
        currency: &terms.currency,
        reason,
    };
    let key = format!("top_up:{}:{}", terms.user_id, settings.agreement);
    let user = UserId::from_number(terms.user_id);
    mails::queue(tx, &NewMail { kind, user, key: &key, data: &told, at }).await
}
