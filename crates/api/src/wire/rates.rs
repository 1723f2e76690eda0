//! Rates in versions, and what asks for the next one.

use app::{NewRates, RatesVersion};
use domain::Currency;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::output::{Decimal, Instant, Shown};
use super::rate::BulkTier;
use super::scalar::{Amount, MoneyIn, RateIn, SecondsIn, ShareIn};
use crate::extract::Form;
use crate::problem::Problem;

/// The next version of the rates, whole.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "credit_rate": 0.1,
    "bulk_tiers": [
        {"min_credits": 1000, "discount": 0.05},
        {"min_credits": 10000, "discount": 0.15}
    ],
    "minimum_payment": 0.5,
    "quote_seconds": 900
})))]
pub(crate) struct RatesBody {
    /// What a credit costs whoever has nothing better: more than 0.
    credit_rate: RateIn,
    /// What buying more at once lets go, least first. Each begins behind the one
    /// before it and lets go no less.
    bulk_tiers: Vec<BulkTierBody>,
    /// The least that is paid at once: more than 0.
    minimum_payment: MoneyIn,
    /// How long a quote holds: 60 to 86400 seconds.
    quote_seconds: SecondsIn,
}

/// A tier of the next version.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BulkTierBody {
    /// From so many on.
    min_credits: Amount,
    /// The share of the price: `0.05` is 5 %. More than 0, less than 1.
    discount: ShareIn,
}

impl Form for RatesBody {
    type Request = NewRates;

    fn into_request(self) -> Result<NewRates, Problem> {
        let tier = |tier: BulkTierBody| domain::BulkTier {
            credits_min: tier.min_credits.into_inner(),
            discount: tier.discount.into_inner(),
        };
        Ok(NewRates {
            base: self.credit_rate.into_inner(),
            payment_min: self.minimum_payment.into_inner(),
            quote_seconds: self.quote_seconds.into_inner().0,
            tiers: self.bulk_tiers.into_iter().map(tier).collect(),
        })
    }
}

/// A version of the rates. It never changes.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Rates {
    /// From 1.
    version: i64,
    /// What a credit costs whoever has nothing better.
    credit_rate: Decimal,
    #[schema(value_type = String, examples("USD"))]
    currency: Shown<Currency>,
    /// What buying more at once lets go, least first.
    bulk_tiers: Vec<BulkTier>,
    /// The least that is paid at once.
    minimum_payment: Decimal,
    /// How long a quote holds.
    #[schema(examples(900))]
    quote_seconds: i64,
    created_at: Instant,
}

impl From<RatesVersion> for Rates {
    fn from(version: RatesVersion) -> Self {
        let rates = version.rates;
        Self {
            version: rates.version,
            credit_rate: rates.base.into(),
            currency: Shown(rates.currency),
            bulk_tiers: rates.tiers.iter().map(|tier| BulkTier::of(*tier, rates.base)).collect(),
            minimum_payment: rates.payment_min.into(),
            quote_seconds: rates.quote_seconds,
            created_at: Instant(version.created_at),
        }
    }
}

/// Every version of the rates, newest first: the first one holds.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RatesList {
    rates: Vec<Rates>,
}

impl From<Vec<RatesVersion>> for RatesList {
    fn from(versions: Vec<RatesVersion>) -> Self {
        Self { rates: versions.into_iter().map(Into::into).collect() }
    }
}
