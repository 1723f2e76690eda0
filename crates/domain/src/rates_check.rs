//! What rates may be: more that is bought at once never costs more a credit.

use ledger::Credits;

use crate::cents::Cents;
use crate::purchase::PurchaseRates;

/// What is wrong with rates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RatesFault {
    /// A credit is for nothing.
    #[error("must be more than 0")]
    FreeCredit,
    /// A payment of nothing would do.
    #[error("must be more than 0 and at most 10000")]
    PaymentMin,
    /// A quote holds no time, or too long.
    #[error("must be {} to {} seconds", PurchaseRates::QUOTE_SECONDS.0, PurchaseRates::QUOTE_SECONDS.1)]
    QuoteSeconds,
    /// More tiers than anybody reads.
    #[error("has more than {} entries", PurchaseRates::TIERS_MAX)]
    Tiers,
    /// A tier does not begin behind the one before it.
    #[error("must be more than that of the tier before, and at most 1000000000")]
    TierBegins(usize),
    /// A tier lets go nothing, everything, or less than the one before it.
    #[error("must be more than 0, less than 1, and no less than that of the tier before")]
    TierDiscount(usize),
}

impl PurchaseRates {
    /// The most tiers.
    pub const TIERS_MAX: usize = 32;

    /// How long a quote may hold, in seconds: a minute to a day.
    pub const QUOTE_SECONDS: (i64, i64) = (60, 86_400);

    /// The highest least payment, in cents.
    pub const PAYMENT_MIN_MAX: Cents = Cents::from_count(1_000_000);

    /// What of them can't hold, first things first.
    pub fn check(&self) -> Result<(), RatesFault> {
        if self.base.micros() == 0 {
            return Err(RatesFault::FreeCredit);
        }
        if self.payment_min <= Cents::ZERO || self.payment_min > Self::PAYMENT_MIN_MAX {
            return Err(RatesFault::PaymentMin);
        }
        let (least, most) = Self::QUOTE_SECONDS;
        if !(least..=most).contains(&self.quote_seconds) {
            return Err(RatesFault::QuoteSeconds);
        }
        if self.tiers.len() > Self::TIERS_MAX {
            return Err(RatesFault::Tiers);
        }
        self.check_tiers()
    }

    fn check_tiers(&self) -> Result<(), RatesFault> {
        let (mut begins, mut discount) = (Credits::ZERO, 1);
        for (place, tier) in self.tiers.iter().enumerate() {
            if tier.credits_min <= begins || tier.credits_min > Credits::MAX {
                return Err(RatesFault::TierBegins(place));
            }
            if tier.discount.millionths() < discount || tier.discount.rest() == 0 {
                return Err(RatesFault::TierDiscount(place));
            }
            (begins, discount) = (tier.credits_min, tier.discount.millionths());
        }
        Ok(())
    }
}

impl RatesFault {
    /// The field it is about.
    pub fn field(self) -> String {
        match self {
            Self::FreeCredit => "/credit_rate".to_owned(),
            Self::PaymentMin => "/minimum_payment".to_owned(),
            Self::QuoteSeconds => "/quote_seconds".to_owned(),
            Self::Tiers => "/bulk_tiers".to_owned(),
            Self::TierBegins(place) => format!("/bulk_tiers/{place}/min_credits"),
            Self::TierDiscount(place) => format!("/bulk_tiers/{place}/discount"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::offers::default_rates;
    use crate::purchase::BulkTier;
    use crate::rate::{Rate, Share};

    fn tiers(tiers: &[(i64, i64)]) -> PurchaseRates {
        let tier = |(micros, millionths): &(i64, i64)| BulkTier {
            credits_min: Credits::from_micros(*micros),
            discount: Share::from_millionths(*millionths).unwrap(),
        };
        PurchaseRates { tiers: tiers.iter().map(tier).collect(), ..default_rates() }
    }

    #[test]
    fn the_defaults_may_be() {
        assert_eq!(default_rates().check(), Ok(()));
        assert_eq!(tiers(&[]).check(), Ok(()));
        assert_eq!(tiers(&[(1, 1), (2, 1), (3, 999_999)]).check(), Ok(()));
    }

    #[test]
    fn what_may_not_be_is_named_with_its_place() {
        let cents = Cents::from_count;
        let many: Vec<_> = (1..=33).map(|place| (place, 1)).collect();
        for (wrong, field) in [
            (
                PurchaseRates { base: Rate::from_micros(0).unwrap(), ..default_rates() },
                "/credit_rate",
            ),
            (PurchaseRates { payment_min: cents(0), ..default_rates() }, "/minimum_payment"),
            (
                PurchaseRates { payment_min: cents(1_000_001), ..default_rates() },
                "/minimum_payment",
            ),
            (PurchaseRates { quote_seconds: 59, ..default_rates() }, "/quote_seconds"),
            (PurchaseRates { quote_seconds: 86_401, ..default_rates() }, "/quote_seconds"),
            (tiers(&many), "/bulk_tiers"),
            (tiers(&[(0, 1)]), "/bulk_tiers/0/min_credits"),
            (tiers(&[(1, 1), (1, 2)]), "/bulk_tiers/1/min_credits"),
            (tiers(&[(1_000_000_000_000_001, 1)]), "/bulk_tiers/0/min_credits"),
            (tiers(&[(1, 0)]), "/bulk_tiers/0/discount"),
            (tiers(&[(1, 1_000_000)]), "/bulk_tiers/0/discount"),
            (tiers(&[(1, 1), (2, 2), (3, 1)]), "/bulk_tiers/2/discount"),
        ] {
            assert_eq!(wrong.check().unwrap_err().field(), field, "{wrong:?}");
        }
    }
}
