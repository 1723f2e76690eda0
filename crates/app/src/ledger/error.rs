//! Why the ledger could not start, and why a command got no answer.

use ledger::{Broken, ClockJump, DecodeError, Refusal, Seq};

use super::How;

/// Why a command was not done.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// The rules refuse it.
    #[error("{refusal}")]
    Refused {
        /// Why.
        refusal: Refusal,
        /// Now, or by an earlier use of its key.
        how: How,
    },
    /// Too much waits already; nothing was done.
    #[error("too many requests are waiting")]
    Overloaded,
    /// The COMMIT of what was asked beside the ledger failed in a way that does not tell
    /// whether it happened: its key tells.
    #[error("it is unknown whether this was done")]
    Unknown,
    /// The ledger stopped. Whether the command was done is known after a
    /// restart: its key tells.
    #[error("the ledger has stopped")]
    Stopped,
    /// The wall clock was set; nothing was done.
    #[error(transparent)]
    ClockJump(#[from] ClockJump),
    /// The record asked for was not there in time.
    #[error("record {0} has not been reached")]
    SeqNotReached(Seq),
    /// A read or an append failed; nothing was done.
    #[error("the store failed")]
    Store(#[source] std::sync::Arc<store::Error>),
    /// The journal holds what this program can't read.
    #[error("the journal can't be read")]
    Journal(#[from] DecodeError),
}

impl From<store::Error> for SubmitError {
    fn from(error: store::Error) -> Self {
        if error.is_passing() {
            return Self::Overloaded;
        }
        if let store::Error::Stopped(_) = error {
            return Self::Stopped;
        }
        Self::Store(std::sync::Arc::new(error))
    }
}

impl SubmitError {
    /// The same error for another waiter.
    pub(super) fn again(&self) -> Self {
        match self {
            Self::Refused { refusal, how } => Self::Refused { refusal: *refusal, how: *how },
            Self::Overloaded => Self::Overloaded,
            Self::Unknown => Self::Unknown,
            Self::Stopped => Self::Stopped,
            Self::ClockJump(jump) => Self::ClockJump(*jump),
            Self::SeqNotReached(seq) => Self::SeqNotReached(*seq),
            Self::Store(error) => Self::Store(std::sync::Arc::clone(error)),
            Self::Journal(error) => Self::Journal(*error),
        }
    }
}

/// Why the ledger could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// There is no book in the database.
    #[error("the database has no book yet")]
    NoBook,
    /// There is one already.
    #[error("the database has a book already")]
    BookExists,
    /// The journal and the book do not fit each other.
    #[error("the journal does not begin with this book's genesis")]
    Genesis,
    /// A read or a write failed.
    #[error("the store failed")]
    Store(#[from] store::Error),
    /// The journal holds what this program can't read.
    #[error("the journal can't be read at seq {seq}")]
    Journal {
        /// Where.
        seq: i64,
        /// Why.
        source: DecodeError,
    },
    /// An invariant is broken.
    #[error(transparent)]
    Broken(#[from] Broken),
}
