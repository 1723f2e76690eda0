//! What credits cost whoever buys them.

use app::RateView;
use domain::{Currency, PurchaseRates, Rate};
use serde::Serialize;
use utoipa::ToSchema;

use super::output::{Decimal, Shown};

/// What credits cost.
#[expect(clippy::struct_field_names, reason = "the rate has its name on the wire")]
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CreditRate {
    /// What a credit costs whoever has nothing better.
    credit_rate: Decimal,
    #[schema(value_type = String, examples("USD"))]
    currency: Shown<Currency>,
    #[schema(examples("A credit costs $0.10. 1000 or more at once cost less."))]
    description: String,
    /// What buying more at once lets go, least first.
    bulk_tiers: Vec<BulkTier>,
    /// What a credit costs the person who asks; null where nobody is named.
    your_rate: Option<Decimal>,
    /// The least that is paid at once.
    minimum_payment: Decimal,
}

impl From<RateView> for CreditRate {
    fn from(view: RateView) -> Self {
        let rates = view.rates;
        Self {
            credit_rate: rates.base.into(),
            currency: Shown(rates.currency),
            description: describe(&rates),
            bulk_tiers: rates.tiers.iter().map(|tier| BulkTier::of(*tier, rates.base)).collect(),
            your_rate: view.yours.map(Decimal::from),
            minimum_payment: rates.payment_min.into(),
        }
    }
}

fn describe(rates: &PurchaseRates) -> String {
    let base = format!("A credit costs ${}.", rates.base.to_price());
    match rates.tiers.first() {
        Some(tier) => format!("{base} {} or more at once cost less.", tier.credits_min),
        None => base,
    }
}

/// What buying more at once lets go.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BulkTier {
    /// From so many on.
    min_credits: Decimal,
    /// The share of the price: `0.05` is 5 %.
    #[schema(examples(0.05))]
    discount: Decimal,
    /// What a credit costs then, to the millionth of a dollar.
    credit_rate: Decimal,
}

impl BulkTier {
    pub(super) fn of(tier: domain::BulkTier, rate: Rate) -> Self {
        Self {
            min_credits: tier.credits_min.into(),
            discount: tier.discount.into(),
            credit_rate: rate.shown_less(tier.discount).into(),
        }
    }
}
