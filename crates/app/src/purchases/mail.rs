//! What buyers are written of their payments, in the transaction of what is told.

use domain::{MailKind, Time, UserId};
use serde::Serialize;
use store::Tx;
use store::purchases::Purchase;

use crate::error::Error;
use crate::mails::{self, NewMail};

/// What is told. Money is cents, credits are micro-credits.
#[derive(Serialize)]
struct Told<'a> {
    purchase: i64,
    credits: i64,
    cents: i64,
    currency: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
}

/// The money came in, and the credits are there; or it does not come: one mail of a
/// kind about a purchase.
pub(super) async fn tell(
    tx: &mut Tx,
    kind: MailKind,
    purchase: &Purchase,
    at: Time,
) -> Result<(), Error> {
    let of = &purchase.of;
    let data = &Told {
        purchase: purchase.id,
        credits: of.credits.micros(),
        cents: of.cents,
        currency: &of.currency,
        description: of.description.as_deref(),
    };
    let key = format!("purchase:{}", purchase.id);
    let user = UserId::from_number(of.user_id);
    mails::queue(tx, &NewMail { kind, user, key: &key, data, at }).await
}
