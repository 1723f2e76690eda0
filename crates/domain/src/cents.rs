//! Money that is paid: whole cents of one currency.

use std::fmt;
use std::str::FromStr;

use ledger::{Cost, Currency};

use crate::decimal;
use crate::error::ParseError;

/// Digits behind the point of a currency's main unit.
const DECIMALS: usize = 2;

/// A cost counts millionths of a cent.
const MICROS: i64 = 1_000_000;

/// A count of minor units; negative where something is taken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cents(i64);

impl Cents {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// From their count.
    #[must_use]
    pub const fn from_count(count: i64) -> Self {
        Self(count)
    }

    /// Their count.
    pub const fn count(self) -> i64 {
        self.0
    }

    /// The sum, or `None` past `i64`.
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(sum) => Some(Self(sum)),
            None => None,
        }
    }

    /// The difference, or `None` past `i64`. May be negative.
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        match self.0.checked_sub(other.0) {
            Some(difference) => Some(Self(difference)),
            None => None,
        }
    }

    /// What credits bought for it cost, or `None` past what a cost can count.
    pub fn cost(self, currency: Currency) -> Option<Cost> {
        let micro_cents = self.0.checked_mul(MICROS)?;
        Some(Cost { micro_cents, currency })
    }

    /// As people write a price: `0.50`, always with both decimals.
    pub fn to_price(self) -> String {
        let text = self.to_string();
        match text.split_once('.') {
            None => format!("{text}.00"),
            Some((_, fraction)) if fraction.len() < DECIMALS => format!("{text}0"),
            Some(_) => text,
        }
    }
}

/// In the main unit, as the shortest decimal: `19.99`, `20`, `-0.5`.
impl fmt::Display for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        decimal::write(f, self.0, DECIMALS)
    }
}

/// From the main unit, with at most two decimals.
impl FromStr for Cents {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        decimal::parse(text, DECIMALS).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cents_read_and_print_as_dollars() {
        for (text, count, price) in [
            ("19.99", 1999, "19.99"),
            ("20", 2000, "20.00"),
            ("0.5", 50, "0.50"),
            ("0", 0, "0.00"),
            ("0.07", 7, "0.07"),
        ] {
            assert_eq!(text.parse(), Ok(Cents(count)));
            assert_eq!(Cents(count).to_string(), text);
            assert_eq!(Cents(count).to_price(), price);
        }
        assert_eq!(Cents(-50).to_string(), "-0.5");
        assert_eq!("0.001".parse::<Cents>(), Err(ParseError::TooFine(2)));
    }

    #[test]
    fn a_cost_counts_millionths_of_a_cent() {
        let cost = Cents(1999).cost(Currency::USD).unwrap();
        assert_eq!(crate::format_dollars(cost), "19.99");
        assert_eq!(Cents(i64::MAX).cost(Currency::USD), None);
    }
}
