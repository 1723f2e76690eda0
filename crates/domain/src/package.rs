//! Packages: what a subscription gives each month, and for how much.

use ledger::{Credits, Currency, Text, Time};

use crate::cents::Cents;
use crate::description::Description;
use crate::id::PackageId;
use crate::rate::Rate;

/// A package as it is offered now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// Counts up from 1.
    pub id: PackageId,
    /// What people call it; unique.
    pub name: Text,
    /// The version of its terms, from 1.
    pub version: i64,
    /// What it gives for how much. A version never changes.
    pub terms: PackageTerms,
    /// Whether it is offered.
    pub is_active: bool,
    /// Whether it is shown before others.
    pub is_featured: bool,
    /// Its place, lower first.
    pub sort_order: i64,
    /// The payment provider's word for it.
    pub stripe_product_id: Option<Text>,
    /// When it was made.
    pub created_at: Time,
    /// When it was changed last.
    pub updated_at: Option<Time>,
}

/// What a package gives for how much.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageTerms {
    /// In words.
    pub description: Option<Description>,
    /// What a month costs.
    pub monthly_price: Cents,
    /// In which currency.
    pub currency: Currency,
    /// The credits of a month.
    pub credit_amount: Credits,
    /// What a credit that is bought beside costs.
    pub credit_rate: Rate,
    /// What it has, one a line.
    pub features: Vec<String>,
    /// The most that rolls over; a month's credits where nothing is said.
    pub max_credits_per_month: Option<Credits>,
    /// Whether what is left at a month's end is given anew.
    pub rollover_enabled: bool,
    /// The payment provider's word for this price.
    pub stripe_price_id: Option<Text>,
    /// What whoever was never subscribed may try first.
    pub trial: Option<Trial>,
}

/// A time for nothing, once a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trial {
    /// How many days it goes on.
    pub days: i64,
    /// The credits of it all.
    pub credits: Credits,
}

/// A version of what a package gives. It never changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageVersion {
    /// From 1.
    pub version: i64,
    /// What it gives for how much.
    pub terms: PackageTerms,
    /// Since when it is offered.
    pub created_at: Time,
}

/// What is wrong with a package's terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TermsFault {
    /// A month is for nothing, or for more than can be paid.
    #[error("must be more than 0 and at most 999999.99")]
    MonthlyPrice,
    /// A credit bought beside is for nothing.
    #[error("must be more than 0")]
    FreeCredit,
    /// A credit bought beside costs more than whoever has no package pays.
    #[error("is above the base rate of {base}: packages make credits cheaper")]
    DearCredit {
        /// What those pay.
        base: Rate,
    },
    /// More lines than anybody reads.
    #[error("has more than {} entries", PackageTerms::FEATURES_MAX)]
    Features,
    /// A trial is for no time, or for ever.
    #[error("must be 1 to {} days", Trial::DAYS_MAX)]
    TrialDays,
}

impl Trial {
    /// The longest: a year.
    pub const DAYS_MAX: i64 = 365;
}

impl PackageTerms {
    /// The most a month may cost: what providers take at once.
    pub const MONTHLY_PRICE_MAX: Cents = Cents::from_count(99_999_999);

    /// The most lines of what it has.
    pub const FEATURES_MAX: usize = 32;

    /// What of it can't be offered, first things first. The rate is measured
    /// against what a credit costs whoever has no package, where that is given.
    pub fn check(&self, base: Option<Rate>) -> Result<(), TermsFault> {
        let price = self.monthly_price;
        if price <= Cents::ZERO || price > Self::MONTHLY_PRICE_MAX {
            return Err(TermsFault::MonthlyPrice);
        }
        if self.credit_rate.micros() == 0 {
            return Err(TermsFault::FreeCredit);
        }
        if let Some(base) = base.filter(|base| *base < self.credit_rate) {
            return Err(TermsFault::DearCredit { base });
        }
        if self.features.len() > Self::FEATURES_MAX {
            return Err(TermsFault::Features);
        }
        match self.trial {
            Some(Trial { days, .. }) if !(1..=Trial::DAYS_MAX).contains(&days) => {
                Err(TermsFault::TrialDays)
            }
            _ => Ok(()),
        }
    }
}

impl TermsFault {
    /// The field it is about.
    pub const fn field(self) -> &'static str {
        match self {
            Self::MonthlyPrice => "/monthly_price",
            Self::FreeCredit | Self::DearCredit { .. } => "/credit_rate",
            Self::Features => "/features",
            Self::TrialDays => "/trial/days",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms() -> PackageTerms {
        PackageTerms {
            description: None,
            monthly_price: Cents::from_count(1_999),
            currency: Currency::USD,
            credit_amount: Credits::from_micros(200_000_000),
            credit_rate: "0.1".parse().unwrap(),
            features: Vec::new(),
            max_credits_per_month: None,
            rollover_enabled: false,
            stripe_price_id: None,
            trial: None,
        }
    }

    #[test]
    fn terms_that_can_not_be_offered_name_what_is_wrong() {
        let base = Some("0.1".parse().unwrap());
        assert_eq!(terms().check(base), Ok(()));
        let trial = |days| Some(Trial { days, credits: Credits::from_micros(1) });
        assert_eq!(PackageTerms { trial: trial(365), ..terms() }.check(base), Ok(()));
        let dear = "0.100001".parse().unwrap();
        assert_eq!(PackageTerms { credit_rate: dear, ..terms() }.check(None), Ok(()));
        let price = |cents| PackageTerms { monthly_price: Cents::from_count(cents), ..terms() };
        for (wrong, field) in [
            (price(0), "/monthly_price"),
            (price(100_000_000), "/monthly_price"),
            (PackageTerms { credit_rate: "0".parse().unwrap(), ..terms() }, "/credit_rate"),
            (PackageTerms { credit_rate: dear, ..terms() }, "/credit_rate"),
            (PackageTerms { features: vec![String::new(); 33], ..terms() }, "/features"),
            (PackageTerms { trial: trial(0), ..terms() }, "/trial/days"),
            (PackageTerms { trial: trial(366), ..terms() }, "/trial/days"),
        ] {
            assert_eq!(wrong.check(base).unwrap_err().field(), field, "{wrong:?}");
        }
    }
}
