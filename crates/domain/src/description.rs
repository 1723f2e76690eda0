//! What a request says in words.

use std::fmt;

use crate::error::ParseError;

/// A text for people: at most 500 characters, without NUL.
#[derive(Clone, PartialEq, Eq)]
pub struct Description(String);

impl Description {
    /// The most characters it may have.
    pub const CHARS_MAX: usize = 500;

    /// Checks and keeps a text.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        if text.chars().count() > Self::CHARS_MAX {
            return Err(ParseError::TooLong(Self::CHARS_MAX));
        }
        if text.contains('\0') {
            return Err(ParseError::Nul);
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Its length: what people wrote stays out of logs.
impl fmt::Debug for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Description({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_bound_counts_characters_not_bytes() {
        assert!(Description::parse(&"ü".repeat(500)).is_ok());
        assert_eq!(Description::parse(&"ü".repeat(501)), Err(ParseError::TooLong(500)));
        assert_eq!(Description::parse("a\0b"), Err(ParseError::Nul));
    }
}
