//! What credits are worth in money.

use ledger::{Cost, Currency};

/// Millionths of a cent times micro-credits in a cent times a credit.
const UNIT: i128 = 1_000_000 * 1_000_000;

/// What one credit costs, in US dollars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CreditRate {
    micro_cents: i64,
}

impl CreditRate {
    /// The list price: $0.10.
    pub const BASE: Self = Self { micro_cents: 10_000_000 };

    /// One credit's cost.
    pub const fn cost(self) -> Cost {
        Cost { micro_cents: self.micro_cents, currency: Currency::USD }
    }

    /// The cents that micro-credits are worth, rounded half-even once; `None`
    /// past what no book has.
    pub fn cents(self, micros: i128) -> Option<i128> {
        let exact = micros.checked_mul(i128::from(self.micro_cents))?;
        let (whole, rest) = (exact.div_euclid(UNIT), exact.rem_euclid(UNIT));
        let up = match rest.checked_mul(2)?.cmp(&UNIT) {
            std::cmp::Ordering::Less => false,
            std::cmp::Ordering::Equal => whole.rem_euclid(2) == 1,
            std::cmp::Ordering::Greater => true,
        };
        whole.checked_add(i128::from(up))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credits_are_worth_their_rate_rounded_half_even_to_the_cent() {
        for (micros, cents) in [
            (0, 0),
            (1, 0),
            (1_000_000, 10),
            (50_000, 0),
            (50_001, 1),
            (150_000, 2),
            (250_000, 2),
            (350_000, 4),
            (-150_000, -2),
            (9_223_372_036_854_775_807_000, 92_233_720_368_547_758),
        ] {
            assert_eq!(CreditRate::BASE.cents(micros), Some(cents), "{micros}");
        }
        assert_eq!(CreditRate::BASE.cents(i128::MAX), None);
    }
}
