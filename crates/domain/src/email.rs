//! Addresses of mail.

use std::fmt;

use crate::error::ParseError;

/// An address of mail: one `@`, something before it, a host behind it. Whether
/// mail arrives there only a mail can tell.
#[derive(Clone, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// The most characters it may have.
    pub const CHARS_MAX: usize = 254;

    /// Checks and keeps an address, as it was written.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        const NOT: ParseError = ParseError::Not("an e-mail address");
        if text.chars().count() > Self::CHARS_MAX {
            return Err(ParseError::TooLong(Self::CHARS_MAX));
        }
        let (local, host) = text.rsplit_once('@').ok_or(NOT)?;
        let plain = |c: char| !c.is_whitespace() && !c.is_control() && c != '@';
        let label = |label: &str| {
            let hyphen = label.starts_with('-') || label.ends_with('-');
            !label.is_empty() && !hyphen && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        };
        let fits = !local.is_empty() && local.chars().all(plain) && host.split('.').all(label);
        if fits { Ok(Self(text.to_owned())) } else { Err(NOT) }
    }

    /// The address, as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Its host alone: addresses stay out of logs.
impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.0.rsplit_once('@').map_or("", |(_, host)| host);
        write!(f, "Email(…@{host})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_name_and_a_host() {
        for text in ["a@b", "Ada.L+x@mail.example.com", "ü@müller.example", "x@a-b.c"] {
            assert_eq!(Email::parse(text).map(|email| email.0), Ok(text.to_owned()));
        }
        for text in ["", "a", "@b", "a@", "a b@c", "a@b@c", "a@b..c", "a@-b", "a@b\0", "a@b c"] {
            assert!(Email::parse(text).is_err(), "{text:?}");
        }
        assert_eq!(Email::parse(&"a".repeat(255)), Err(ParseError::TooLong(254)));
    }

    #[test]
    fn a_log_shows_no_address() {
        let email = Email::parse("ada@example.com").unwrap();
        assert_eq!(format!("{email:?}"), "Email(…@example.com)");
    }
}
