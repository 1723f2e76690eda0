//! Making checkpoints: on demand, every hour, and when the server closes.

use std::path::PathBuf;
use std::time::Duration;

use ledger::{Checkpoint, Partition, SigningKey};
use store::{Db, Tx, journal};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use super::signed::Signed;
use super::{ProofError, folder, totals};

/// How much of a journal a cut can take unseen, at most.
const EVERY: Duration = Duration::from_hours(1);

/// Makes checkpoints of one book and keeps them.
pub(super) struct Keeper {
    pub(super) db: Db,
    pub(super) book: [u8; 16],
    pub(super) key: SigningKey,
    pub(super) folder: PathBuf,
    /// One at a time: they use the same file names.
    pub(super) turn: Mutex<()>,
}

impl Keeper {
    /// Signs the journal as far as the trial balance is counted, and keeps that.
    pub(super) async fn make(&self) -> Result<Signed, ProofError> {
        let _turn = self.turn.lock().await;
        let book = self.book;
        let checkpoint = self.db.read(move |tx| Box::pin(read(tx, book))).await?;
        let signed = Signed::sign(checkpoint, &self.key);
        folder::keep(&self.folder, &signed).await?;
        tracing::info!(seq = checkpoint.seq.number(), "checkpoint.made");
        Ok(signed)
    }

    /// Makes one every hour until the server closes.
    pub(super) async fn run(&self, closing: CancellationToken) {
        loop {
            tokio::select! {
                () = closing.cancelled() => return,
                () = tokio::time::sleep(EVERY) => {}
            }
            if let Err(error) = self.make().await {
                let error: &dyn std::error::Error = &error;
                tracing::error!(error, "checkpoint.failed");
            }
        }
    }
}

/// What is to be signed, from one snapshot.
async fn read(tx: &mut Tx, book: [u8; 16]) -> Result<Checkpoint, ProofError> {
    let counted = totals::read(tx).await?;
    let row = journal::find(tx, counted.as_of).await?.ok_or(ProofError::Empty)?;
    let at = ledger::decode(&row.body)?.at;
    Ok(Checkpoint {
        book,
        partition: Partition::FIRST,
        seq: row.seq,
        hash: row.hash,
        totals: counted.totals.digest(),
        at,
    })
}
