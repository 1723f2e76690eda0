//! Tags: what staff call a group of users.

use std::fmt;

use crate::error::ParseError;

/// A word on a user: a lower-case letter or digit, then such, `-` and `_`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(String);

impl Tag {
    /// The most characters it may have.
    pub const CHARS_MAX: usize = 64;

    /// The most a user may have.
    pub const TAGS_MAX: usize = 32;

    /// Words that stand for a group by themselves.
    const RESERVED: [&'static str; 2] = ["new_users", "subscribers"];

    /// Checks and keeps a word.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let starts = text.bytes().next().is_some_and(plain);
        if !starts || !text.bytes().all(|byte| plain(byte) || b"-_".contains(&byte)) {
            return Err(ParseError::Not("a tag: lower-case letters, digits, - and _"));
        }
        if text.len() > Self::CHARS_MAX {
            return Err(ParseError::TooLong(Self::CHARS_MAX));
        }
        if Self::RESERVED.contains(&text) {
            return Err(ParseError::Not("a tag: the word stands for a group by itself"));
        }
        Ok(Self(text.to_owned()))
    }

    /// The word.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_a_plain_word_that_is_no_group_of_ours() {
        for text in ["beta", "vip-2026", "7_days"] {
            assert_eq!(Tag::parse(text).unwrap().as_str(), text);
        }
        for text in ["", "-a", "VIP", "a b", "package:Starter", "ü", "new_users", "subscribers"] {
            assert!(Tag::parse(text).is_err(), "{text:?}");
        }
        assert_eq!(Tag::parse(&"x".repeat(65)), Err(ParseError::TooLong(64)));
    }
}
