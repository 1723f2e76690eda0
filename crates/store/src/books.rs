//! The book this database keeps: one row for ever.
//!
//! This module must not know how its secrets are used.

use ledger::Time;

use crate::error::Error;
use crate::query::{Change, Query, Sql};
use crate::row::Row;

const INSERT: Sql = Sql::both(
    "books.insert",
    "INSERT INTO books (singleton, book_id, mode, format, public_key,
        fingerprint_secret, api_key_secret, created_at)
    VALUES (1, $1, $2, $3, $4, $5, $6, $7)",
);

const FIND: Sql = Sql::both(
    "books.find",
    "SELECT book_id, mode, format, public_key, fingerprint_secret, api_key_secret, created_at
    FROM books",
);

/// The statements of this module.
pub const ALL: &[&Sql] = &[&INSERT, &FIND];

/// Whether a book's money is real.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Nothing is charged.
    Test,
    /// It is.
    Live,
}

impl Mode {
    /// The word in the database and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Live => "live",
        }
    }

    /// The mode of that word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Test, Self::Live].into_iter().find(|mode| mode.as_str() == word)
    }
}

/// The book.
#[derive(Clone, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "the id has its column's name")]
pub struct Book {
    /// Its identity, in the genesis record too.
    pub book_id: [u8; 16],
    /// Fixed when it is made.
    pub mode: Mode,
    /// Version of the record's encoding.
    pub format: i64,
    /// Ed25519 key that checkpoints are signed with.
    pub public_key: [u8; 32],
    /// Key of the HMAC that makes fingerprints and key ids.
    pub fingerprint_secret: [u8; 32],
    /// Key of the HMAC that API keys are kept as.
    pub api_key_secret: [u8; 32],
    /// When it was made.
    pub created_at: Time,
}

impl Book {
    fn read(row: &mut Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            book_id: row.get()?,
            mode: row.parse("a mode", |word: String| Mode::parse(&word))?,
            format: row.get()?,
            public_key: row.get()?,
            fingerprint_secret: row.get()?,
            api_key_secret: row.get()?,
            created_at: row.get()?,
        })
    }
}

/// Writes the book; a second one breaks [`crate::Constraint::Book`].
pub fn insert(book: &Book) -> Change<'_> {
    INSERT.change([
        (&book.book_id).into(),
        book.mode.as_str().into(),
        book.format.into(),
        (&book.public_key).into(),
        (&book.fingerprint_secret).into(),
        (&book.api_key_secret).into(),
        book.created_at.into(),
    ])
}

/// The book, once there is one.
pub fn find() -> Query<'static, Book> {
    FIND.rows([], Book::read)
}
