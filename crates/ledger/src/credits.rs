//! An exact amount of credits, in micro-credits. No float ever holds one.

use std::fmt;
use std::str::FromStr;

/// Micro-credits in a credit.
const SCALE: i64 = 1_000_000;

/// An exact amount of credits, counted in micro-credits (1 credit = 1 000 000).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Credits(i64);

impl Credits {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// The largest single amount: 1 000 000 000 credits.
    pub const MAX: Self = Self(1_000_000_000_000_000);

    /// From a count of micro-credits.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// A whole number of credits, or `None` past `i64`.
    pub const fn whole(credits: i64) -> Option<Self> {
        match credits.checked_mul(SCALE) {
            Some(micros) => Some(Self(micros)),
            None => None,
        }
    }

    /// The count of micro-credits.
    pub const fn micros(self) -> i64 {
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

    /// The negation, or `None` for the one value that has none.
    pub const fn checked_neg(self) -> Option<Self> {
        match self.0.checked_neg() {
            Some(negated) => Some(Self(negated)),
            None => None,
        }
    }

    /// `floor(self × numerator / denominator)` for non-negative operands, or
    /// `None` when the denominator is not positive or the result does not fit.
    pub fn mul_div_floor(self, numerator: i64, denominator: i64) -> Option<Self> {
        let product = i128::from(self.0).checked_mul(i128::from(numerator))?;
        let quotient = product.checked_div(i128::from(denominator))?;
        if denominator <= 0 || product < 0 {
            return None;
        }
        i64::try_from(quotient).ok().map(Self)
    }

    /// Whether there is anything: more than zero.
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// Whether it is a valid single amount: more than 0, at most [`Self::MAX`].
    pub const fn is_amount(self) -> bool {
        self.0 > 0 && self.0 <= Self::MAX.0
    }
}

/// The shortest decimal that reads back as the same amount: `12`, `0.25`, `-3.5`.
impl fmt::Display for Credits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let magnitude = self.0.unsigned_abs();
        let scale = SCALE.unsigned_abs();
        let whole = magnitude.checked_div(scale).unwrap_or_default();
        let fraction = magnitude.checked_rem(scale).unwrap_or_default();
        if self.0 < 0 {
            f.write_str("-")?;
        }
        write!(f, "{whole}")?;
        if fraction == 0 {
            return Ok(());
        }
        let (mut digits, mut width) = (fraction, 6_usize);
        while digits % 10 == 0 {
            (digits, width) = (digits / 10, width.saturating_sub(1));
        }
        write!(f, ".{digits:0width$}")
    }
}

/// Why a text is not an amount of credits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseCreditsError {
    /// Not digits with an optional point and digits: signs and exponents included.
    #[error("is not a decimal number such as 12 or 0.25")]
    Malformed,
    /// More than six digits behind the point.
    #[error("has more than 6 decimals; the smallest unit is 0.000001")]
    TooFine,
    /// More than fits.
    #[error("is too large")]
    TooLarge,
}

/// What the last of so many digits behind the point counts.
const STEPS: [i64; 7] = [SCALE, 100_000, 10_000, 1_000, 100, 10, 1];

/// Exactly `\d+(\.\d{1,6})?`: no sign, no exponent, no spaces.
impl FromStr for Credits {
    type Err = ParseCreditsError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (whole, fraction) = text.split_once('.').map_or((text, None), |(w, f)| (w, Some(f)));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || fraction.is_some_and(|part| !digits(part)) {
            return Err(ParseCreditsError::Malformed);
        }
        let fraction = fraction.unwrap_or("0");
        let step = STEPS.get(fraction.len()).ok_or(ParseCreditsError::TooFine)?;
        let whole: i64 = whole.parse().map_err(|_| ParseCreditsError::TooLarge)?;
        let fraction: i64 = fraction.parse().map_err(|_| ParseCreditsError::Malformed)?;
        let (whole, fraction) = (whole.checked_mul(SCALE), fraction.checked_mul(*step));
        let sum = whole.zip(fraction).and_then(|(whole, fraction)| whole.checked_add(fraction));
        sum.map(Self).ok_or(ParseCreditsError::TooLarge)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_reads_and_prints_exactly() {
        for text in ["0", "1", "0.000001", "0.25", "200", "1000000000", "9223372036854.775807"] {
            assert_eq!(text.parse::<Credits>().unwrap().to_string(), text);
        }
        assert_eq!("1.50".parse::<Credits>().unwrap().to_string(), "1.5");
        assert_eq!(Credits::from_micros(-1).to_string(), "-0.000001");
        assert_eq!(Credits::from_micros(i64::MIN).to_string(), "-9223372036854.775808");
    }

    #[test]
    fn anything_but_a_plain_decimal_is_refused() {
        use ParseCreditsError::{Malformed, TooFine, TooLarge};
        for text in ["", ".", "1.", ".5", "-1", "+1", "1e3", " 1", "1 ", "1_000", "٣", "NaN"] {
            assert_eq!(text.parse::<Credits>(), Err(Malformed), "{text:?}");
        }
        assert_eq!("0.0000001".parse::<Credits>(), Err(TooFine));
        assert_eq!("9223372036854.775808".parse::<Credits>(), Err(TooLarge));
        assert_eq!("99999999999999999999".parse::<Credits>(), Err(TooLarge));
    }

    #[test]
    fn a_share_is_rounded_down_and_never_wraps() {
        let ten = Credits::from_micros(10);
        assert_eq!(ten.mul_div_floor(1, 3), Some(Credits::from_micros(3)));
        assert_eq!(ten.mul_div_floor(1, 0), None);
        assert_eq!(ten.mul_div_floor(-1, 3), None);
        assert_eq!(Credits::from_micros(i64::MAX).mul_div_floor(i64::MAX, 1), None);
    }
}
