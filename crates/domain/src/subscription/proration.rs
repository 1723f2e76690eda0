//! What a change within a period costs and gives: the difference of two packages
//! for what is left of it. Exact until one rounding each, half-even, to the cent
//! and to the micro-credit. And what rolls over at its end.

use ledger::{Credits, Time};

use super::calendar::Period;
use crate::cents::Cents;
use crate::package::PackageTerms;
use crate::rate::half_even;

/// What is paid and given at once where a subscriber takes a larger package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proration {
    /// What it costs.
    pub price: Cents,
    /// What it gives, until the period's end.
    pub credits: Credits,
}

impl Proration {
    /// Nothing.
    pub const NONE: Self = Self { price: Cents::ZERO, credits: Credits::ZERO };

    /// From one package to another, for what is left of a period. Nothing is given
    /// back: where the other gives less, that is none. `None` past what can be
    /// counted.
    pub fn of(from: &PackageTerms, to: &PackageTerms, within: (Period, Time)) -> Option<Self> {
        let price = to.monthly_price.checked_sub(from.monthly_price)?;
        let credits = to.credit_amount.micros().checked_sub(from.credit_amount.micros())?;
        Self::part((price, Credits::from_micros(credits)), within)
    }

    /// The part of a whole month's difference that is left.
    fn part((price, credits): (Cents, Credits), (period, at): (Period, Time)) -> Option<Self> {
        let (rest, whole) = period.rest(at);
        let price = Cents::from_count(share(price.count().max(0), rest, whole)?);
        let credits = share(credits.micros().max(0), rest, whole)?;
        Some(Self { price, credits: Credits::from_micros(credits) })
    }
}

/// `amount * rest / whole`, half-even.
fn share(amount: i64, rest: i64, whole: i64) -> Option<i64> {
    let product = i128::from(amount).checked_mul(i128::from(rest))?;
    i64::try_from(half_even(product, i128::from(whole))?).ok()
}

impl PackageTerms {
    /// What a renewal gives anew of the credits that expired at its boundary.
    pub fn rolls_over(&self, expired: Credits) -> Credits {
        let most = self.max_credits_per_month.unwrap_or(self.credit_amount);
        if self.rollover_enabled { expired.min(most) } else { Credits::ZERO }
    }

    /// Whether a change to these terms is taken at once: they cost more, or as much
    /// and give more.
    pub fn is_above(&self, other: &Self) -> bool {
        let rank = |terms: &Self| (terms.monthly_price, terms.credit_amount);
        rank(self) > rank(other)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::arithmetic_side_effects, reason = "an overflow fails a test")]

    use proptest::prelude::*;

    use super::*;
    use crate::instant;

    fn november() -> Period {
        let at = |text| instant::parse(text).unwrap();
        let (starts_at, ends_at) = (at("2026-11-01T00:00:00Z"), at("2026-12-01T00:00:00Z"));
        Period { number: 1, starts_at, ends_at }
    }

    fn credits(text: &str) -> Credits {
        text.parse().unwrap()
    }

    #[test]
    fn an_upgrade_is_the_difference_for_the_days_that_are_left() {
        // Thirty dollars and 400 credits a month.
        let more = (Cents::from_count(3_000), credits("400"));
        for (at, price, given) in [
            ("2026-11-01T00:00:00Z", "30", "400"),
            ("2026-11-11T00:00:00Z", "20", "266.666667"),
            ("2026-11-16T00:00:00Z", "15", "200"),
            ("2026-11-30T12:00:00Z", "0.5", "6.666667"),
            ("2026-11-30T12:00:10Z", "0.5", "6.665123"),
            ("2026-11-30T12:15:00Z", "0.49", "6.527778"),
            ("2026-12-01T00:00:00Z", "0", "0"),
        ] {
            let within = (november(), instant::parse(at).unwrap());
            let part = Proration::part(more, within).unwrap();
            let shown = (part.price.to_string(), part.credits.to_string());
            assert_eq!(shown, (price.to_owned(), given.to_owned()), "{at:?}");
        }
    }

    #[test]
    fn nothing_is_paid_back_and_no_credits_are_taken() {
        let within = (november(), november().starts_at);
        let less = (Cents::from_count(-3_000), Credits::from_micros(-400_000_000));
        assert_eq!(Proration::part(less, within), Some(Proration::NONE));
        let dearer = (Cents::from_count(1_000), Credits::from_micros(-400_000_000));
        let dearer = Proration::part(dearer, within).unwrap();
        assert_eq!((dearer.price.to_string(), dearer.credits), ("10".to_owned(), Credits::ZERO));
    }

    proptest! {
        #[test]
        fn a_part_is_never_more_than_the_whole_and_shrinks_with_time(
            price in 0_i64..10_000_000,
            credits in 1_i64..1_000_000_000_000_000,
            earlier in 0_i64..2_592_000,
            later in 0_i64..2_592_000,
        ) {
            let (earlier, later) = (earlier.min(later), earlier.max(later));
            let more = (Cents::from_count(price), Credits::from_micros(credits));
            let at = |seconds: i64| {
                let at = november().starts_at.plus(seconds * Time::SECOND);
                Proration::part(more, (november(), at)).unwrap()
            };
            let (first, second) = (at(earlier), at(later));
            prop_assert!(first.price >= second.price && first.credits >= second.credits);
            prop_assert!(first.price <= more.0 && first.credits <= more.1);
            let exact = i128::from(price) * i128::from(2_592_000 - earlier);
            let off = i128::from(first.price.count()) * 2_592_000 - exact;
            prop_assert!(off.abs() * 2 <= 2_592_000, "half a cent at most");
        }
    }
}
