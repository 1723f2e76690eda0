//! Why a text is not what it should be: sentences that go behind a field's name.

use ledger::{ParseCreditsError, TextError};

/// Why a text is not what it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// Nothing in it.
    #[error("is empty")]
    Empty,
    /// Too many characters.
    #[error("is longer than {0} characters")]
    TooLong(usize),
    /// Too many of them.
    #[error("has more than {0} entries")]
    TooMany(usize),
    /// One name stands for two things.
    #[error("names one thing twice")]
    Twice,
    /// It holds U+0000.
    #[error("holds a NUL character")]
    Nul,
    /// Too many decimals.
    #[error("has more than {0} decimals")]
    TooFine(usize),
    /// A number that does not fit.
    #[error("is too large")]
    TooLarge,
    /// Anything else; the words say what it should be.
    #[error("is not {0}")]
    Not(&'static str),
}

impl From<TextError> for ParseError {
    fn from(error: TextError) -> Self {
        match error {
            TextError::Empty => Self::Empty,
            TextError::TooLong => Self::TooLong(ledger::Text::CHARS_MAX),
            TextError::Nul => Self::Nul,
        }
    }
}

impl From<ParseCreditsError> for ParseError {
    fn from(error: ParseCreditsError) -> Self {
        match error {
            ParseCreditsError::Malformed => Self::Not("a decimal number such as 12 or 0.25"),
            ParseCreditsError::TooFine => Self::TooFine(6),
            ParseCreditsError::TooLarge => Self::TooLarge,
        }
    }
}
