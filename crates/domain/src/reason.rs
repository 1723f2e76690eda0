//! Why staff do what they do.

use crate::description::Description;
use crate::error::ParseError;
use crate::line::says_something;

/// A description that says something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason(Description);

impl Reason {
    /// Checks and keeps a text.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        if !says_something(text) {
            return Err(ParseError::Empty);
        }
        Description::parse(text).map(Self)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// As what it is shown as.
    pub const fn description(&self) -> &Description {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_says_something() {
        for text in ["", " ", "\n\t", "\u{200b}"] {
            assert_eq!(Reason::parse(text), Err(ParseError::Empty), "{text:?}");
        }
        assert_eq!(Reason::parse("x").unwrap().as_str(), "x");
        assert!(Reason::parse(&"x".repeat(501)).is_err());
    }
}
