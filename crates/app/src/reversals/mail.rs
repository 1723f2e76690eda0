//! What payers are written of money that goes back, in the transaction of what is told.

use domain::{MailKind, ReversalKind, ReversalState, Time, UserId};
use serde::Serialize;
use store::Tx;
use store::reversals::Reversal;

use super::view;
use crate::error::Error;
use crate::mails::{self, NewMail};

/// What is told. Money is cents.
#[derive(Serialize)]
struct Told<'a> {
    reversal: i64,
    cents: i64,
    currency: &'a str,
}

/// Tells where one stands now: one mail of a kind about a reversal.
pub(super) async fn tell(tx: &mut Tx, id: i64, at: Time) -> Result<(), Error> {
    let row: Reversal = tx.one(store::reversals::by_id(id)).await?;
    let kind = ReversalKind::parse(&row.of.kind);
    let kind = kind.ok_or_else(|| Error::internal("a stored kind of reversal is none"))?;
    let Some(kind) = told(kind, view::state(&row)?) else { return Ok(()) };
    let data = &Told { reversal: id, cents: row.of.cents, currency: &row.of.currency };
    let (user, key) = (UserId::from_number(row.of.user_id), format!("reversal:{id}"));
    mails::queue(tx, &NewMail { kind, user, key: &key, data, at }).await
}

const fn told(kind: ReversalKind, state: ReversalState) -> Option<MailKind> {
    match (kind, state) {
        (ReversalKind::Refund, ReversalState::Returned) => Some(MailKind::PaymentRefunded),
        (ReversalKind::Chargeback, ReversalState::Opened) => Some(MailKind::ChargebackOpened),
        (ReversalKind::Chargeback, ReversalState::Returned) => Some(MailKind::ChargebackLost),
        (ReversalKind::Chargeback, ReversalState::Kept) => Some(MailKind::ChargebackWon),
        _ => None,
    }
}
