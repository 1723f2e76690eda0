//! A short text that is safe to store anywhere: bounded, without NUL.

use std::fmt;
use std::sync::Arc;

/// A text of 1 to 255 characters without NUL: service and job names, label
/// keys and values, names of keys. Cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(Arc<str>);

/// Why a text can't be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing in it.
    #[error("is empty")]
    Empty,
    /// More than 255 characters.
    #[error("is longer than {} characters", Text::CHARS_MAX)]
    TooLong,
    /// It holds U+0000.
    #[error("holds a NUL character")]
    Nul,
}

impl Text {
    /// The most characters a text may have.
    pub const CHARS_MAX: usize = 255;

    /// Checks and keeps a text.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        if text.is_empty() {
            return Err(TextError::Empty);
        }
        if text.chars().count() > Self::CHARS_MAX {
            return Err(TextError::TooLong);
        }
        if text.contains('\0') {
            return Err(TextError::Nul);
        }
        Ok(Self(text.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &self.0)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
