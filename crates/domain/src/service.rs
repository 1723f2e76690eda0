//! What credits are spent on.

use std::fmt;

use ledger::{Text, Time};

use crate::error::ParseError;

/// The word a service or dimension goes by in requests.
macro_rules! names {
    ($($(#[$doc:meta])* $name:ident, $what:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Text);

        impl $name {
            /// The most characters it may have.
            pub const CHARS_MAX: usize = 64;

            /// A lower-case letter, then such letters, digits, `_`, `-` and `.`.
            pub fn parse(text: &str) -> Result<Self, ParseError> {
                let rest = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-.".contains(&b);
                let starts = text.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
                if !starts || !text.bytes().all(rest) {
                    return Err(ParseError::Not($what));
                }
                if text.len() > Self::CHARS_MAX {
                    return Err(ParseError::TooLong(Self::CHARS_MAX));
                }
                Ok(Self(Text::parse(text)?))
            }

            /// As the ledger keeps it.
            pub const fn text(&self) -> &Text {
                &self.0
            }

            /// The word.
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    )+};
}

names! {
    /// A service's word in requests: `llm`, `ai_chat`.
    ServiceKey, "a key of a service: lower-case letters, digits, _ - .";
    /// What a price counts: `requests`, `input_tokens`, `minutes`.
    Dimension, "the name of a dimension: lower-case letters, digits, _ - .";
}

/// What credits are spent on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Its word in requests.
    pub key: ServiceKey,
    /// What people call it.
    pub name: Text,
    /// What one of it is: `request`, `token`.
    pub unit: Text,
    /// When it was made.
    pub created_at: Time,
    /// Since when nothing new is priced by it.
    pub retired_at: Option<Time>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_plain_word() {
        for text in ["llm", "ai_chat", "gpt-4.1", "a"] {
            assert_eq!(ServiceKey::parse(text).map(|key| key.to_string()), Ok(text.to_owned()));
        }
        for text in ["", "LLM", "1st", "_x", "a b", "a/b", "ü", "a\0"] {
            assert!(ServiceKey::parse(text).is_err(), "{text:?}");
        }
        assert_eq!(ServiceKey::parse(&"a".repeat(65)), Err(ParseError::TooLong(64)));
    }
}
