//! Mails: queued in the transaction of what they tell of, one a fact, and listed.
//! Nobody sends them yet, so they wait. This module must not know what they say.

mod find;

use domain::{MailKind, Time, UserId};
use serde::Serialize;
use store::Tx;
use store::mails::{self, New};

use crate::error::Error;

pub use find::{MailFilter, MailView};

/// A mail to send.
pub struct NewMail<'a, T> {
    /// What it tells.
    pub kind: MailKind,
    /// To whom.
    pub user: UserId,
    /// The fact it tells of, `payment_intent:pi_1`: of a kind it has one.
    pub key: &'a str,
    /// What is to be told, which becomes JSON. Credits are micro-credits, money is
    /// cents beside its currency, times are microseconds.
    pub data: &'a T,
    /// Since when it is known.
    pub at: Time,
}

/// Queues a mail; one of that kind about the same fact is queued already or sent.
pub async fn queue<T: Serialize + Sync>(tx: &mut Tx, mail: &NewMail<'_, T>) -> Result<(), Error> {
    let new = New {
        key: format!("{}:{}", mail.kind.as_str(), mail.key),
        kind: mail.kind.as_str().to_owned(),
        user_id: mail.user.number(),
        data: serde_json::to_string(mail.data).map_err(Error::internal)?,
        created_at: mail.at,
    };
    Ok(tx.exec(mails::queue(&new)).await?.at_most_one().map(drop)?)
}
