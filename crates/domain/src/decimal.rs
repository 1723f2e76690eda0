//! Decimal numbers as exact integers of a scale: no float in between.

use std::fmt;

use crate::error::ParseError;

/// Exactly `\d+(\.\d{1,decimals})?`, as a count of `10^-decimals`.
pub(crate) fn parse(text: &str, decimals: usize) -> Result<i64, ParseError> {
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(w, f)| (w, Some(f)));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || fraction.is_some_and(|part| !digits(part)) {
        return Err(ParseError::Not("a decimal number such as 12 or 0.25"));
    }
    let fraction = fraction.unwrap_or_default();
    if fraction.len() > decimals {
        return Err(ParseError::TooFine(decimals));
    }
    let scaled = format!("{whole}{fraction:0<decimals$}");
    scaled.parse().map_err(|_| ParseError::TooLarge)
}

/// Writes a count of `10^-decimals` as the shortest decimal that reads back.
pub(crate) fn write(f: &mut fmt::Formatter<'_>, value: i64, decimals: usize) -> fmt::Result {
    // At least one digit stands before the point.
    let width = decimals.saturating_add(1);
    let digits = format!("{:0>width$}", value.unsigned_abs());
    let point = digits.len().saturating_sub(decimals);
    let (whole, fraction) = digits.split_at(point);
    let sign = if value < 0 { "-" } else { "" };
    write!(f, "{sign}{whole}")?;
    match fraction.trim_end_matches('0') {
        "" => Ok(()),
        fraction => write!(f, ".{fraction}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Shown(i64, usize);

    impl fmt::Display for Shown {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write(f, self.0, self.1)
        }
    }

    #[test]
    fn a_decimal_reads_and_prints_exactly_at_any_scale() {
        for (text, decimals, value) in [
            ("0", 12, 0),
            ("0.002", 12, 2_000_000_000),
            ("0.000000000001", 12, 1),
            ("12.5", 6, 12_500_000),
            ("9223372036854.775807", 6, i64::MAX),
        ] {
            assert_eq!(parse(text, decimals), Ok(value), "{text}");
            assert_eq!(Shown(value, decimals).to_string(), text);
        }
        assert_eq!(Shown(-1, 8).to_string(), "-0.00000001");
        assert_eq!(parse("007.50", 2), Ok(750));
    }

    #[test]
    fn anything_but_a_plain_decimal_is_refused() {
        let malformed = Err(ParseError::Not("a decimal number such as 12 or 0.25"));
        for text in ["", ".", "1.", ".5", "-1", "+1", "1e3", " 1", "1 ", "1_0", "٣", "NaN"] {
            assert_eq!(parse(text, 6), malformed, "{text:?}");
        }
        assert_eq!(parse("0.0000001", 6), Err(ParseError::TooFine(6)));
        assert_eq!(parse("9223372036854.775808", 6), Err(ParseError::TooLarge));
    }
}
