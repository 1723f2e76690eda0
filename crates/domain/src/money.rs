//! Costs as people write them: dollars with a point.

use std::fmt;

use ledger::{Cost, Currency};

use crate::decimal;
use crate::error::ParseError;

/// A cost counts millionths of a cent: 8 decimals of a dollar.
const DECIMALS: usize = 8;

/// A number of US dollars with at most 8 decimals.
pub fn parse_dollars(text: &str) -> Result<Cost, ParseError> {
    let micro_cents = decimal::parse(text, DECIMALS)?;
    Ok(Cost { micro_cents, currency: Currency::USD })
}

/// A cost as the shortest decimal number of its currency's main unit.
pub fn format_dollars(cost: Cost) -> String {
    struct Shown(Cost);

    impl fmt::Display for Shown {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            decimal::write(f, self.0.micro_cents, DECIMALS)
        }
    }

    Shown(cost).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dollars_read_and_print_exactly() {
        for text in ["19.99", "0", "0.00000001", "49.9", "1000000"] {
            assert_eq!(parse_dollars(text).map(format_dollars), Ok(text.to_owned()));
        }
        assert_eq!(parse_dollars("0.000000001"), Err(ParseError::TooFine(8)));
    }
}
