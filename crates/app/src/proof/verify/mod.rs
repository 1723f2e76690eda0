//! Verification: refolds the journal and holds everything else against it.
//!
//! One snapshot, one walk from the first record to the last, linear in both the
//! records and the rows. What it can't see is said in [`crate::proof`]. Memory
//! grows with the book: about 200 bytes a record, more where most are holds.

mod ahead;
mod audit;
mod claims;
mod compare;
mod figures;
mod finding;
mod folded;
mod walk;
mod witnesses;
mod words;

use std::path::PathBuf;

use ledger::{Head, Totals};
use store::{Db, Error, Tx};

pub(super) use figures::are_right as figures_are_right;
pub use finding::{Finding, Place};

use super::Progress;
use super::folder::FolderError;
use finding::Stop;
use walk::Walk;
use witnesses::Witnesses;

/// What the journal is held against beside the database itself.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// A folder of checkpoints; one that is not there has none.
    pub folder: Option<PathBuf>,
    /// More checkpoints. These files must be there.
    pub files: Vec<PathBuf>,
    /// The book's key as it is known elsewhere. Without it the first record is
    /// believed.
    pub public_key: Option<[u8; 32]>,
}

/// What verification came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Sound, or the first thing that is not.
    pub outcome: Outcome,
    /// The last record that was refolded.
    pub head: Head,
    /// How many records were refolded.
    pub records: i64,
    /// How many wallets they opened.
    pub wallets: usize,
    /// The trial balance at the head.
    pub totals: Totals,
    /// How many checkpoints agreed.
    pub checkpoints: usize,
}

/// Whether a book is sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Everything is as the journal says, and the journal as it was signed.
    Sound,
    /// Something was tampered with, or is damaged.
    Tampered(Finding),
}

/// Why nothing can be said of a book.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The server verifies already, and does it once at a time.
    #[error("another verification is under way")]
    Busy,
    /// Checkpoints could not be read.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The database could not be read.
    #[error("the store failed")]
    Store(#[from] Error),
}

/// Verifies a book. A server may be at work on it. Dropped, it stops within a
/// page of rows.
///
/// The snapshot keeps the write-ahead log from starting anew, so beside a
/// server the log grows by what is written meanwhile.
pub async fn verify(
    db: &Db,
    evidence: Evidence,
    progress: impl FnMut(Progress) + Send + 'static,
) -> Result<Report, VerifyError> {
    // Before the snapshot: a checkpoint made later would speak of later records.
    let witnesses = Witnesses::gather(evidence).await?;
    let walk = db.read(move |tx| Box::pin(walk_through(tx, witnesses, progress)));
    walk.await.map_err(|error: Error| error.into())
}

async fn walk_through(
    tx: &mut Tx,
    witnesses: Witnesses,
    mut progress: impl FnMut(Progress) + Send,
) -> Result<Report, Error> {
    let mut walk = Walk::new(witnesses);
    let outcome = match walk.run(tx, &mut progress).await {
        Ok(()) => Outcome::Sound,
        Err(Stop::Found(finding)) => Outcome::Tampered(finding),
        Err(Stop::Failed(error)) => return Err(error),
    };
    let head = walk.state.head();
    Ok(Report {
        outcome,
        head,
        records: head.seq.number(),
        wallets: walk.state.wallets().count(),
        totals: walk.state.totals().clone(),
        checkpoints: walk.witnesses.agreed,
    })
}

impl Report {
    /// What was found, if anything was.
    pub const fn finding(&self) -> Option<&Finding> {
        match &self.outcome {
            Outcome::Sound => None,
            Outcome::Tampered(finding) => Some(finding),
        }
    }
}
