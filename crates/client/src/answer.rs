//! What the server answers: the fields a caller acts on. Unknown ones are
//! skipped, since the server may add some.

use serde::Deserialize;

use crate::amount::Credits;

/// An answer, and whether an earlier use of its key was answered the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer<T> {
    /// What was answered.
    pub value: T,
    /// The key was used before; nothing happened now.
    pub replayed: bool,
}

/// What something would cost now.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Quote {
    /// The service.
    pub service: String,
    /// The version of its price.
    pub price_version: i64,
    /// The price, in credits.
    pub amount: Credits,
    /// Whether the user could pay it, if one was named.
    pub affordable: Option<bool>,
}

/// Credits that left or entered a wallet.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Transaction {
    /// `tx_1_42`.
    pub id: String,
    /// Whose wallet.
    pub user_id: i64,
    /// Negative: spent.
    pub amount: Credits,
    /// What was left.
    pub balance_after: Credits,
    /// Its place in the journal.
    pub seq: i64,
    /// The service it was spent on.
    pub service: Option<String>,
    /// The job it was spent for.
    pub job_id: Option<String>,
}

/// Credits set aside.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Hold {
    /// `hold_1_42`.
    pub id: String,
    /// Whose credits.
    pub user_id: i64,
    /// How much was set aside.
    pub amount: Credits,
    /// How much of it was spent.
    pub captured: Credits,
    /// How much of it was given back.
    pub released: Credits,
    /// How much of it is still set aside.
    pub remaining: Credits,
    /// How it is.
    pub status: HoldStatus,
    /// The version of the price it was quoted with.
    pub price_version: Option<i64>,
}

/// How a hold is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldStatus {
    /// Credits are set aside.
    Open,
    /// What was used is spent.
    Captured,
    /// It was given back.
    Released,
    /// It was given back, or spent, when its time was over.
    Expired,
}

/// What a capture did.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Captured {
    /// The hold behind it.
    pub hold: Hold,
    /// What was spent; none if nothing was used.
    pub transaction: Option<Transaction>,
}

/// Credits that were granted.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Grant {
    /// `grant_1_42_0`.
    pub id: String,
    /// To whom.
    pub user_id: i64,
    /// How much.
    pub amount: Credits,
    /// How much of it is left.
    pub remaining: Credits,
}

/// What a user has.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Balance {
    /// The user.
    pub user_id: i64,
    /// All of it.
    pub current_credits: Credits,
    /// What may be spent.
    pub available: Credits,
    /// What is set aside.
    pub held: Credits,
    /// What is owed.
    pub debt: Credits,
    /// The journal's last record when it was read.
    pub as_of_seq: i64,
}

/// A user.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct User {
    /// Their id.
    pub id: i64,
    /// Their address.
    pub email: String,
    /// What to call them.
    pub name: String,
    /// `customer`, `support`, `finance` or `admin`.
    pub role: String,
    /// Their id in the caller's system.
    pub external_id: Option<String>,
}

/// What became of one operation of a batch.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct BatchItem {
    /// Its key.
    pub key: String,
    /// As if it had been sent alone.
    pub status: u16,
    /// The key was used before.
    pub replayed: bool,
    /// What was spent.
    pub transaction: Option<Transaction>,
    /// The hold.
    pub hold: Option<Hold>,
    /// The grant.
    pub grant: Option<Grant>,
    /// Why it was refused.
    pub problem: Option<Problem>,
}

/// Why the server refuses (RFC 9457).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Problem {
    /// The status of the answer.
    pub status: u16,
    /// A stable word.
    pub code: String,
    /// A sentence.
    pub detail: Option<String>,
    /// What to tell who runs the server.
    pub request_id: Option<String>,
    /// What the request needs, if credits are short.
    pub required: Option<Credits>,
    /// What there is, if credits are short.
    pub available: Option<Credits>,
}
