//! What moved in the account, cent by cent: what the daily reconciliation
//! compares our records with.

use domain::{Cents, Currency, Time};
use serde::Deserialize;

use super::Stripe;
use super::error::StripeError;
use super::form::Form;
use super::objects::{Page, currency, unreadable};

/// Money that moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovedMoney {
    /// The balance transaction's id.
    pub id: String,
    /// What it was.
    pub movement: Movement,
    /// How much; negative where it left.
    pub amount: Cents,
    /// In which currency.
    pub currency: Currency,
    /// When.
    pub at: Time,
}

/// What moved money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Movement {
    /// Somebody paid: by this intent, if it was one.
    Payment(Option<String>),
    /// A payment was refunded: the refund, and its payment.
    Refund(String, Option<String>),
    /// A bank took a payment back, or gave it back again: the dispute and its
    /// payment.
    Dispute(String, Option<String>),
}

#[derive(Deserialize)]
struct Transaction {
    id: String,
    amount: i64,
    currency: String,
    created: i64,
    #[serde(default)]
    source: Option<Source>,
}

/// What a transaction came from, expanded.
#[derive(Deserialize)]
struct Source {
    id: String,
    object: String,
    amount: Option<i64>,
    currency: Option<String>,
    #[serde(default)]
    payment_intent: Option<String>,
}

impl Stripe {
    /// What moved since then, newest first, at most so many pages of a hundred.
    /// Payouts and fees are Stripe's and the bank's, not ours to have records of.
    pub async fn moved_since(
        &self,
        since: Time,
        pages_max: usize,
    ) -> Result<Vec<MovedMoney>, StripeError> {
        let seconds = since.micros().div_euclid(Time::SECOND);
        let mut moved = Vec::new();
        let mut after: Option<String> = None;
        for _ in 0..pages_max {
            let query = Form::default()
                .with("limit", 100)
                .with("created[gte]", seconds)
                .with("expand[0]", "data.source")
                .maybe("starting_after", after.as_ref());
            let page: Page<Transaction> = self.http.get("/v1/balance_transactions", query).await?;
            after = page.data.last().map(|transaction| transaction.id.clone());
            for transaction in page.data {
                moved.extend(transaction.moved()?);
            }
            if !page.has_more {
                return Ok(moved);
            }
        }
        // What was left out would look as if all were well.
        Err(unreadable("more than can be compared at once"))
    }
}

impl Transaction {
    fn moved(self) -> Result<Option<MovedMoney>, StripeError> {
        let Some(source) = self.source else { return Ok(None) };
        let movement = match source.object.as_str() {
            "charge" => Movement::Payment(source.payment_intent),
            "refund" => Movement::Refund(source.id, source.payment_intent),
            "dispute" => Movement::Dispute(source.id, source.payment_intent),
            _ => return Ok(None),
        };
        // The account's own balance may be in another currency than what was charged.
        let (amount, code) = match (source.amount, source.currency) {
            (Some(charged), Some(code)) if code != self.currency => {
                (charged.saturating_mul(self.amount.signum()), code)
            }
            _ => (self.amount, self.currency),
        };
        Ok(Some(MovedMoney {
            id: self.id,
            movement,
            amount: Cents::from_count(amount),
            currency: currency(&code)?,
            at: Time::from_micros(self.created.saturating_mul(Time::SECOND)),
        }))
    }
}
