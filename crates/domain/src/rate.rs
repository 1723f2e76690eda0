//! What a credit costs, and what part of a price is let go. Exact integers.

use std::fmt;
use std::str::FromStr;

use crate::decimal;
use crate::error::ParseError;

/// Digits behind the point of a rate in dollars, and of a share of the whole.
const DECIMALS: usize = 6;

/// Millionths in a whole.
const WHOLE: i64 = 1_000_000;

/// Millionths of a dollar in a cent, times micro-credits in a credit.
const MICROS_PER_CENT: i128 = 10_000 * 1_000_000;

/// What one credit costs, in millionths of a dollar: 0 to 1000 dollars, so that
/// the price of any amount can be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate(i64);

impl Rate {
    /// The highest there may be.
    pub const MAX: Self = Self(1_000_000_000);

    /// From millionths of a dollar, or `None` out of range.
    pub const fn from_micros(micros: i64) -> Option<Self> {
        if micros < 0 || micros > Self::MAX.0 { None } else { Some(Self(micros)) }
    }

    /// Millionths of a dollar.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The rate with a share let go, to be shown: rounded half-even to a
    /// millionth of a dollar. A price is never made from it.
    #[must_use]
    pub fn shown_less(self, discount: Share) -> Self {
        let product = i128::from(self.0).checked_mul(i128::from(discount.rest()));
        let rounded = product.and_then(|product| half_even(product, i128::from(WHOLE)));
        rounded.and_then(|micros| i64::try_from(micros).ok()).map_or(self, Self)
    }

    /// The cents that micro-credits are worth, rounded half-even once; `None`
    /// past what no book has.
    pub fn cents(self, micros: i128) -> Option<i128> {
        half_even(micros.checked_mul(i128::from(self.0))?, MICROS_PER_CENT)
    }

    /// As people write a price: at least two decimals.
    pub fn to_price(self) -> String {
        let text = self.to_string();
        let decimals = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        match decimals {
            0 => format!("{text}.00"),
            1 => format!("{text}0"),
            _ => text,
        }
    }
}

/// In dollars, with at most 6 decimals.
impl FromStr for Rate {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::from_micros(decimal::parse(text, DECIMALS)?).ok_or(ParseError::TooLarge)
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        decimal::write(f, self.0, DECIMALS)
    }
}

/// A share of the whole, in millionths: 0 to 1. `0.25` is a quarter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Share(i64);

impl Share {
    /// From millionths, or `None` out of range.
    pub const fn from_millionths(millionths: i64) -> Option<Self> {
        if millionths < 0 || millionths > WHOLE { None } else { Some(Self(millionths)) }
    }

    /// Millionths of the whole.
    pub const fn millionths(self) -> i64 {
        self.0
    }

    /// Millionths that are left without it.
    pub const fn rest(self) -> i64 {
        WHOLE.saturating_sub(self.0)
    }
}

impl FromStr for Share {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::from_millionths(decimal::parse(text, DECIMALS)?).ok_or(ParseError::TooLarge)
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        decimal::write(f, self.0, DECIMALS)
    }
}

/// `value / unit`, rounded to the nearest, a half to the even
/// neighbour.
pub(crate) fn half_even(value: i128, unit: i128) -> Option<i128> {
    let quotient = value.checked_div_euclid(unit)?;
    let rest = value.checked_rem_euclid(unit)?;
    let above = unit.checked_sub(rest)?;
    let is_odd = quotient.checked_rem(2)? != 0;
    let up = rest > above || (rest == above && is_odd);
    quotient.checked_add(i128::from(up))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_reads_and_prints_exactly() {
        for (text, micros) in [("0.1", 100_000), ("0.0833", 83_300), ("1000", 1_000_000_000)] {
            assert_eq!(text.parse::<Rate>().map(Rate::micros), Ok(micros));
            assert_eq!(Rate(micros).to_string(), text);
        }
        assert_eq!("1000.000001".parse::<Rate>(), Err(ParseError::TooLarge));
        assert_eq!(Rate(100_000).to_price(), "0.10");
        assert_eq!(Rate(83_300).to_price(), "0.0833");
    }

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
            assert_eq!(Rate(100_000).cents(micros), Some(cents), "{micros}");
        }
        assert_eq!(Rate(100_000).cents(i128::MAX), None);
    }

    #[test]
    fn a_share_is_at_most_the_whole() {
        assert_eq!("0.05".parse::<Share>().map(Share::rest), Ok(950_000));
        assert_eq!("1".parse::<Share>().map(Share::rest), Ok(0));
        assert_eq!("1.000001".parse::<Share>(), Err(ParseError::TooLarge));
    }

    #[test]
    fn a_half_goes_to_the_even_neighbour() {
        for (value, rounded) in [(14, 1), (15, 2), (16, 2), (24, 2), (25, 2), (26, 3), (35, 4)] {
            assert_eq!(half_even(value, 10), Some(rounded), "{value}");
        }
        let less = "0.0833".parse::<Rate>().unwrap().shown_less("0.05".parse().unwrap());
        assert_eq!(less.to_string(), "0.079135");
    }
}
