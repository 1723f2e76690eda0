//! Buying credits: what they cost, what is asked, and what is answered.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::amount::Credits;

/// An exact amount of dollars, with at most 6 decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(transparent)]
pub struct Dollars(Credits);

impl Dollars {
    /// In millionths.
    pub const fn micros(self) -> i64 {
        self.0.micros()
    }
}

impl fmt::Display for Dollars {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What credits cost whoever buys them.
#[expect(clippy::struct_field_names, reason = "the rate has its name on the wire")]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct CreditRate {
    /// One credit.
    pub credit_rate: Dollars,
    /// `USD`.
    pub currency: String,
    /// In words.
    pub description: String,
    /// What buying more at once lets go, least first.
    pub bulk_tiers: Vec<BulkTier>,
}

/// What buying more at once lets go.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct BulkTier {
    /// From so many on.
    pub min_credits: Credits,
    /// What one credit costs then.
    pub credit_rate: Dollars,
}

/// What may be subscribed to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Package {
    /// Its id.
    pub id: i64,
    /// What people call it.
    pub name: String,
    /// What a month costs.
    pub monthly_price: Dollars,
    /// The credits of a month.
    pub credit_amount: Credits,
    /// What a credit that is bought beside costs.
    pub credit_rate: Dollars,
    /// What it has.
    pub features: Option<Vec<String>>,
}

/// What a purchase would cost.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct PurchaseOffer {
    /// Whether it would go through.
    pub can_purchase: bool,
    /// Why it would not.
    pub reason: Option<String>,
    /// What is paid.
    pub estimated_cost: Dollars,
    /// What comes of it.
    pub credits_to_add: Credits,
    /// The price, promised for a while.
    pub quote: Option<String>,
    /// Until when, RFC 3339.
    pub expires_at: Option<String>,
}

/// A purchase to be made.
#[derive(Clone, Debug, Serialize)]
pub struct NewPurchase {
    user_id: i64,
    amount: Credits,
    description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    stripe_payment_intent_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quote: Option<String>,
}

impl NewPurchase {
    /// So many credits for a user.
    pub fn new(user_id: i64, amount: Credits, description: impl Into<String>) -> Self {
        let description = description.into();
        Self { user_id, amount, description, stripe_payment_intent_id: None, quote: None }
    }

    /// Paid with a payment that was made.
    #[must_use]
    pub fn paid_by(self, intent: impl Into<String>) -> Self {
        Self { stripe_payment_intent_id: Some(intent.into()), ..self }
    }

    /// At the price that was promised.
    #[must_use]
    pub fn quoted(self, quote: impl Into<String>) -> Self {
        Self { quote: Some(quote.into()), ..self }
    }
}
