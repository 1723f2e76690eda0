//! The caller's word for one request.

use ledger::Text;

use crate::error::ParseError;

/// 1 to 255 visible ASCII characters: one key, one outcome.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(Text);

impl IdempotencyKey {
    /// Checks and keeps a key.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(ParseError::Not("made of visible ASCII characters"));
        }
        Ok(Self(Text::parse(text)?))
    }

    /// As the ledger keeps it.
    pub const fn text(&self) -> &Text {
        &self.0
    }

    /// The key.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_visible_ascii_of_bounded_length() {
        assert!(IdempotencyKey::parse("run-7/row-12:capture").is_ok());
        assert!(IdempotencyKey::parse(&"k".repeat(255)).is_ok());
        assert_eq!(IdempotencyKey::parse(""), Err(ParseError::Empty));
        assert_eq!(IdempotencyKey::parse(&"k".repeat(256)), Err(ParseError::TooLong(255)));
        for text in ["a b", "a\n", "ü", "a\0", "\u{7f}"] {
            assert!(IdempotencyKey::parse(text).is_err(), "{text:?}");
        }
    }
}
