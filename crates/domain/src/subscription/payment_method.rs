//! What a payment provider calls a way to pay.

use crate::error::ParseError;

/// A way to pay, in the provider's word: `pm_` and letters, digits, `_`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentMethod(String);

impl PaymentMethod {
    /// The most characters it may have.
    pub const CHARS_MAX: usize = 200;

    /// Checks and keeps a word.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let rest = text.strip_prefix("pm_").unwrap_or_default();
        if rest.is_empty() || !rest.bytes().all(plain) {
            return Err(ParseError::Not("a payment method, such as pm_1Nx"));
        }
        if text.len() > Self::CHARS_MAX {
            return Err(ParseError::TooLong(Self::CHARS_MAX));
        }
        Ok(Self(text.to_owned()))
    }

    /// The word.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payment_method_is_a_plain_word_that_says_what_it_is() {
        assert_eq!(PaymentMethod::parse("pm_test_1").unwrap().as_str(), "pm_test_1");
        for text in ["", "pm_", "pi_1", "pm_a b", "pm_ü", "pm_a\0"] {
            assert!(PaymentMethod::parse(text).is_err(), "{text:?}");
        }
        let long = format!("pm_{}", "x".repeat(198));
        assert_eq!(PaymentMethod::parse(&long), Err(ParseError::TooLong(200)));
    }
}
