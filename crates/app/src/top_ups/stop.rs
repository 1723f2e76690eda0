//! Top-ups that stop by themselves, and what their owner is written about it.

use domain::{MailKind, Time, UserId};
use serde::Serialize;
use store::Tx;
use store::top_ups::{self, Terms};

use crate::error::Error;
use crate::mails::{self, NewMail};

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

/// Stops what was agreed to, unless it has stopped or somebody agreed anew.
pub(super) async fn stop(tx: &mut Tx, terms: &Terms, reason: &str, at: Time) -> Result<(), Error> {
    let stop = top_ups::stop((terms.user_id, terms.consent_at), reason, at);
    if tx.exec(stop).await?.at_most_one()? {
        tell(tx, terms, (MailKind::TopUpStopped, Some(reason)), at).await?;
    }
    Ok(())
}

/// They begin.
pub(super) async fn started(tx: &mut Tx, terms: &Terms, at: Time) -> Result<(), Error> {
    tell(tx, terms, (MailKind::TopUpStarted, None), at).await
}

/// One mail a kind and an agreement.
async fn tell(
    tx: &mut Tx,
    terms: &Terms,
    (kind, reason): (MailKind, Option<&str>),
    at: Time,
) -> Result<(), Error> {
    let told = Told {
        threshold: terms.threshold.micros(),
        quantity: terms.quantity.micros(),
        daily_cap: terms.day_cap,
        monthly_cap: terms.month_cap,
        currency: &terms.currency,
        reason,
    };
    let key = format!("top_up:{}:{}", terms.user_id, terms.consent_at.micros());
    let user = UserId::from_number(terms.user_id);
    mails::queue(tx, &NewMail { kind, user, key: &key, data: &told, at }).await
}
