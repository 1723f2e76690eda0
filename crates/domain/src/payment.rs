//! The words of payments: what a provider calls one, what people type to pay
//! less, and what holds a price for a while.

use std::fmt;

use crate::error::ParseError;

/// What a payment provider calls one payment: `pi_` and letters, digits, `_`.
/// One payment, one grant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PaymentIntent(String);

impl PaymentIntent {
    /// The most characters it may have: with its kind before it, it must fit
    /// the reference of a record.
    pub const CHARS_MAX: usize = 200;

    /// Checks and keeps an id.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let rest = text.strip_prefix("pi_").unwrap_or_default();
        if rest.is_empty() || !rest.bytes().all(plain) {
            return Err(ParseError::Not("the id of a payment, such as pi_3Pq9"));
        }
        if text.len() > Self::CHARS_MAX {
            return Err(ParseError::TooLong(Self::CHARS_MAX));
        }
        Ok(Self(text.to_owned()))
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PaymentIntent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is paid with, as a provider calls it: `pm_`, `card_` or `src_` and
/// letters, digits, `_`. Never a card's number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PaymentMethod(String);

impl PaymentMethod {
    /// The most characters it may have.
    pub const CHARS_MAX: usize = 200;

    /// Checks and keeps an id.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let rest = ["pm_", "card_", "src_"].iter().find_map(|prefix| text.strip_prefix(prefix));
        let rest = rest.unwrap_or_default();
        if rest.is_empty() || !rest.bytes().all(plain) {
            return Err(ParseError::Not("the id of a payment method, such as pm_card_visa"));
        }
        if text.len() > Self::CHARS_MAX {
            return Err(ParseError::TooLong(Self::CHARS_MAX));
        }
        Ok(Self(text.to_owned()))
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PaymentMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What people type to pay less: kept in capitals, however it is typed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PromotionCode(String);

impl PromotionCode {
    /// The most characters it may have.
    pub const CHARS_MAX: usize = 64;

    /// A letter or digit, then such, `-` and `_`.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        let starts = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
        if !starts || !text.bytes().all(plain) {
            return Err(ParseError::Not("a promotion code: letters, digits, - and _"));
        }
        if text.len() > Self::CHARS_MAX {
            return Err(ParseError::TooLong(Self::CHARS_MAX));
        }
        Ok(Self(text.to_ascii_uppercase()))
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PromotionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A price that was promised, as its buyer keeps it: `quote_` and letters,
/// digits, `-` and `_`. Whether it is one of ours is not told by its form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuoteToken(String);

impl QuoteToken {
    /// What it begins with.
    pub const PREFIX: &'static str = "quote_";

    /// The most characters it may have.
    pub const CHARS_MAX: usize = 1024;

    /// Checks and keeps a token.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        let rest = text.strip_prefix(Self::PREFIX).unwrap_or_default();
        if rest.is_empty() || !rest.bytes().all(plain) {
            return Err(ParseError::Not("a quote, as purchase/validate gives one"));
        }
        if text.len() > Self::CHARS_MAX {
            return Err(ParseError::TooLong(Self::CHARS_MAX));
        }
        Ok(Self(text.to_owned()))
    }

    /// What stands behind the prefix.
    pub fn sealed(&self) -> &str {
        self.0.strip_prefix(Self::PREFIX).unwrap_or_default()
    }

    /// The token.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_says_what_it_is() {
        assert_eq!(
            QuoteToken::parse("quote_a-_9").map(|it| it.sealed().to_owned()),
            Ok("a-_9".into())
        );
        for text in ["", "quote_", "-1", "quote_a b", "quote_a=", "quote_\0"] {
            assert!(QuoteToken::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn an_intent_is_a_plain_word_that_says_what_it_is() {
        assert!(PaymentIntent::parse("pi_3Pq9_secretless").is_ok());
        for text in ["", "pi_", "pi", "ch_1", "pi_a:b", "pi_a b", "pi_ü", "pi_a\0", "-1"] {
            assert!(PaymentIntent::parse(text).is_err(), "{text:?}");
        }
        let long = format!("pi_{}", "x".repeat(198));
        assert_eq!(PaymentIntent::parse(&long), Err(ParseError::TooLong(200)));
    }

    #[test]
    fn a_payment_method_is_never_a_number() {
        for text in ["pm_card_visa", "card_1Pq", "src_1"] {
            assert!(PaymentMethod::parse(text).is_ok(), "{text}");
        }
        for text in ["", "pm_", "4242424242424242", "pm_a b", "pi_1", "pm_ü"] {
            assert!(PaymentMethod::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_code_is_a_plain_word() {
        let code = PromotionCode::parse("SUMMER-26").unwrap();
        assert_eq!(PromotionCode::parse("Summer-26"), Ok(code), "whatever its case");
        for text in ["", "-1", "a b", "ü", "a\0"] {
            assert!(PromotionCode::parse(text).is_err(), "{text:?}");
        }
    }
}
