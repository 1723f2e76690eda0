//! Why there is no trial balance or checkpoint.

use ledger::DecodeError;

use super::folder::FolderError;
use crate::consumer::ConsumerError;

/// Why there is no trial balance or checkpoint.
#[derive(Debug, thiserror::Error)]
pub enum ProofError {
    /// The signing key is not the one the book was made with.
    #[error("the signing key is not this book's")]
    OtherKey,
    /// There is no record yet.
    #[error("the journal is empty")]
    Empty,
    /// The trial balance is not counted.
    #[error(transparent)]
    Consumer(#[from] ConsumerError),
    /// The checkpoint could not be kept.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// A read failed.
    #[error("the store failed")]
    Store(#[from] store::Error),
    /// The journal holds what this program can't read.
    #[error("the journal can't be read")]
    Journal(#[from] DecodeError),
}
