//! What a new book sells credits for; an admin edits it later.

use ledger::{Credits, Currency};

use crate::cents::Cents;
use crate::purchase::{BulkTier, PurchaseRates};
use crate::rate::{Rate, Share};

/// A package and its first terms, in words that parse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DefaultPackage {
    /// What people call it.
    pub name: &'static str,
    /// What a month costs, in dollars.
    pub monthly_price: &'static str,
    /// The credits of a month.
    pub credit_amount: &'static str,
    /// What a credit that is bought beside costs, in dollars.
    pub credit_rate: &'static str,
    /// What it has.
    pub features: &'static [&'static str],
    /// Whether it is shown before others.
    pub is_featured: bool,
}

/// The packages a new book begins with, in their order.
pub const fn default_packages() -> [DefaultPackage; 3] {
    [
        DefaultPackage {
            name: "Starter",
            monthly_price: "19.99",
            credit_amount: "200",
            credit_rate: "0.1000",
            features: &["200 credits per month", "Basic automation tools", "Email support"],
            is_featured: false,
        },
        DefaultPackage {
            name: "Professional",
            monthly_price: "49.99",
            credit_amount: "600",
            credit_rate: "0.0833",
            features: &[
                "600 credits per month",
                "Advanced automation tools",
                "Priority support",
                "API access",
            ],
            is_featured: true,
        },
        DefaultPackage {
            name: "Enterprise",
            monthly_price: "99.99",
            credit_amount: "1500",
            credit_rate: "0.0667",
            features: &[
                "1500 credits per month",
                "Premium automation tools",
                "24/7 support",
                "Custom integrations",
                "Dedicated account manager",
            ],
            is_featured: false,
        },
    ]
}

/// From how many whole credits on, and how many hundredths are let go.
const TIERS: [(i64, i64); 4] = [(1_000, 5), (5_000, 10), (10_000, 15), (50_000, 20)];

/// The rates a new book begins with.
pub fn default_rates() -> PurchaseRates {
    let tiers = TIERS.into_iter().filter_map(|(credits, percent)| {
        let discount = percent.checked_mul(10_000).and_then(Share::from_millionths)?;
        Some(BulkTier { credits_min: Credits::whole(credits)?, discount })
    });
    PurchaseRates {
        version: 1,
        base: Rate::from_micros(100_000).unwrap_or(Rate::MAX),
        currency: Currency::USD,
        payment_min: Cents::from_count(50),
        quote_seconds: 900,
        tiers: tiers.collect(),
    }
}

#[cfg(test)]
mod tests {
    use ledger::Text;

    use super::*;

    #[test]
    fn every_default_parses() {
        for package in default_packages() {
            assert!(Text::parse(package.name).is_ok());
            assert!(package.monthly_price.parse::<Cents>().is_ok());
            assert!(package.credit_amount.parse::<Credits>().is_ok());
            assert!(package.credit_rate.parse::<Rate>().is_ok());
        }
        let rates = default_rates();
        assert_eq!((rates.base.to_string().as_str(), rates.tiers.len()), ("0.1", TIERS.len()));
    }
}
