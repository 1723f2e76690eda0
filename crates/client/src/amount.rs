//! Amounts, exact from the wire to the wire: no float ever holds one.

use std::fmt;
use std::iter::Sum;
use std::str::FromStr;

use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// Micro-credits in a credit.
const MICROS: i64 = 1_000_000;
/// Decimals of a credit.
const DECIMALS: usize = 6;

/// An exact amount in micro-credits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Credits(i64);

/// A text is no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an amount is a number with at most 6 decimals")]
pub struct ParseCreditsError;

impl Credits {
    /// None.
    pub const ZERO: Self = Self(0);

    /// So many millionths.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// In millionths.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The sum, unless it is too large.
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(micros) => Some(Self(micros)),
            None => None,
        }
    }

    /// The same amount with the other sign.
    pub const fn checked_neg(self) -> Option<Self> {
        match self.0.checked_neg() {
            Some(micros) => Some(Self(micros)),
            None => None,
        }
    }
}

/// The sum, or none if it is too large.
impl Sum<Credits> for Option<Credits> {
    fn sum<I: Iterator<Item = Credits>>(mut amounts: I) -> Self {
        amounts.try_fold(Credits::ZERO, Credits::checked_add)
    }
}

impl fmt::Display for Credits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let micros = self.0.unsigned_abs();
        let (whole, rest) = (micros / MICROS.unsigned_abs(), micros % MICROS.unsigned_abs());
        let fraction = format!("{rest:06}");
        match fraction.trim_end_matches('0') {
            "" => write!(f, "{sign}{whole}"),
            fraction => write!(f, "{sign}{whole}.{fraction}"),
        }
    }
}

impl FromStr for Credits {
    type Err = ParseCreditsError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (sign, digits) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let all_digits =
            |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !all_digits(whole) || !all_digits(fraction) || fraction.len() > DECIMALS {
            return Err(ParseCreditsError);
        }
        let micros = format!("{sign}{whole}{fraction:0<DECIMALS$}");
        micros.parse().map(Self).map_err(|_| ParseCreditsError)
    }
}

impl Serialize for Credits {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let number = RawValue::from_string(self.to_string()).map_err(S::Error::custom)?;
        number.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Credits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = Box::<RawValue>::deserialize(deserializer)?;
        number.get().parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::{Credits, ParseCreditsError};

    #[test]
    fn an_amount_reads_and_prints_exactly() {
        for (text, micros) in
            [("0", 0), ("0.25", 250_000), ("-1", -1_000_000), ("9223372036854.775807", i64::MAX)]
        {
            assert_eq!(text.parse(), Ok(Credits::from_micros(micros)));
            assert_eq!(Credits::from_micros(micros).to_string(), text);
            assert_eq!(serde_json::from_str::<Credits>(text).unwrap().micros(), micros);
            assert_eq!(serde_json::to_string(&Credits::from_micros(micros)).unwrap(), text);
        }
        for text in ["", "-", "1.", ".5", "1e3", "0.0000001", "9223372036854.775808", "1 "] {
            assert_eq!(text.parse::<Credits>(), Err(ParseCreditsError), "{text:?}");
        }
    }

    #[test]
    fn a_sum_that_is_too_large_is_none() {
        let most = Credits::from_micros(i64::MAX);
        assert_eq!([most, Credits::ZERO].into_iter().sum::<Option<_>>(), Some(most));
        assert_eq!([most, most].into_iter().sum::<Option<Credits>>(), None);
    }
}
