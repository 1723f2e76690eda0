//! A record's canonical bytes: a format byte, then tagged fields in ascending
//! order, each at most once. One record has one encoding, for ever.

mod fields;
mod parts;
mod record;

pub use record::{decode, encode};

/// The version of the encoding.
pub const FORMAT: u8 = 1;

/// Why bytes are not a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// A later program wrote it.
    #[error("the record's format is {0}, this program reads up to {FORMAT}: use a newer one")]
    Format(u8),
    /// A later program's kind of event, account or the like.
    #[error("the record has an unknown {0}: use a newer program")]
    Unknown(&'static str),
    /// Cut short, out of order, or with something behind it.
    #[error("the record's bytes are malformed at its {0}")]
    Malformed(&'static str),
}
