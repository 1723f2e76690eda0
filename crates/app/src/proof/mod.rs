//! Proof: what shows that a book is sound, and what makes it so again.
//!
//! ```text
//! journal ─► totals (a consumer) ─► checkpoints, signed, outside the database
//!    └─────► verify: refolds it against tables, words, totals, figures and checkpoints
//!    └─────► rebuild: folds the tables anew beside the old ones
//! ```
//!
//! What `verify` can't see: a tail that was cut behind the last checkpoint, in a
//! file that was then edited to fit. It believes the key in the first record
//! unless it is told another; who can rewrite the whole file and the folder of
//! checkpoints can make both fit a key of theirs. So keep the public key, and
//! now and then a checkpoint, somewhere else.
//!
//! This module must not know HTTP or the command line.

mod checkpoints;
mod error;
mod folder;
pub mod rebuild;
mod signed;
pub mod signing_key;
mod totals;
pub mod verify;

use std::path::PathBuf;
use std::sync::Arc;

use ledger::SigningKey;
use store::{Db, Error};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use error::ProofError;
pub use folder::FolderError;
pub use rebuild::{RebuildError, Rebuilt, TableChanges, rebuild};
pub use signed::{ParseSignedError, Signed};
pub use signing_key::SigningKeyError;
pub use totals::TrialBalance;
pub use verify::{Evidence, Finding, Outcome, Place, Report, VerifyError, verify};

use crate::consumer::{Consumers, Reading};
use crate::ledger::Ledger;
use checkpoints::Keeper;
use totals::Counter;

/// How far a long work is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Records done.
    pub done: i64,
    /// Records there are.
    pub total: i64,
}

/// What a running server's proof is made with.
pub struct Settings<'a> {
    /// The database.
    pub db: Db,
    /// The ledger at work on it.
    pub ledger: Ledger,
    /// Its consumers: the trial balance is one of them.
    pub consumers: &'a Consumers,
    /// The key that signs checkpoints: the book's.
    pub key: SigningKey,
    /// Where checkpoints are kept.
    pub folder: PathBuf,
}

/// The proof of a running server. Clones share it.
#[derive(Clone)]
pub struct Proof {
    shared: Arc<Shared>,
}

struct Shared {
    db: Db,
    ledger: Ledger,
    counted: Reading,
    keeper: Keeper,
    /// One verification at a time: each holds a thread that reads, and the
    /// write-ahead log from starting anew.
    verifying: Arc<Semaphore>,
    tasks: TaskTracker,
    closing: CancellationToken,
}

/// The right to verify beside a server, which one at a time has.
pub struct Verification {
    proof: Proof,
    turn: OwnedSemaphorePermit,
}

impl Proof {
    /// Begins to count the trial balance and to make checkpoints.
    pub async fn start(settings: Settings<'_>) -> Result<Self, ProofError> {
        let Settings { db, ledger, consumers, key, folder } = settings;
        if key.public().to_bytes() != ledger.book().public_key {
            return Err(ProofError::OtherKey);
        }
        let counted = consumers.start(Counter).await?;
        let (book, turn) = (ledger.book().id, tokio::sync::Mutex::default());
        let keeper = Keeper { db: db.clone(), book, key, folder, turn };
        let (tasks, closing) = (TaskTracker::new(), CancellationToken::new());
        let verifying = Arc::new(Semaphore::new(1));
        let shared = Shared { db, ledger, counted, keeper, verifying, tasks, closing };
        let shared = Arc::new(shared);
        let hourly = Arc::clone(&shared);
        shared.tasks.spawn(async move { hourly.keeper.run(hourly.closing.clone()).await });
        Ok(Self { shared })
    }

    /// The trial balance at the head there was when it was asked for, or later.
    pub async fn trial_balance(&self) -> Result<TrialBalance, ProofError> {
        self.shared.counted.reach(self.shared.ledger.head().seq).await?;
        Ok(self.shared.db.read::<_, Error, _>(|tx| Box::pin(totals::read(tx))).await?)
    }

    /// A checkpoint of the head there was when it was asked for, or later, in
    /// the folder and here.
    pub async fn checkpoint(&self) -> Result<Signed, ProofError> {
        self.shared.counted.reach(self.shared.ledger.head().seq).await?;
        self.shared.keeper.make().await
    }

    /// Verifies the book beside the server, with the checkpoints it keeps.
    /// Refused while another verification is under way.
    pub async fn verify(&self) -> Result<Report, VerifyError> {
        self.verification()?.run().await
    }

    /// The right to verify, unless another has it.
    pub fn verification(&self) -> Result<Verification, VerifyError> {
        let turn = Arc::clone(&self.shared.verifying).try_acquire_owned();
        let turn = turn.map_err(|_| VerifyError::Busy)?;
        Ok(Verification { proof: self.clone(), turn })
    }

    /// Makes a last checkpoint. The ledger and its consumers have closed by then.
    pub async fn close(&self) -> Result<(), ProofError> {
        self.shared.closing.cancel();
        self.shared.tasks.close();
        self.shared.tasks.wait().await;
        self.shared.keeper.make().await.map(drop)
    }
}

impl Verification {
    /// Verifies the book. Dropped, it stops, and only then is it another's turn.
    pub async fn run(self) -> Result<Report, VerifyError> {
        let Self { proof: Proof { shared }, turn } = self;
        let evidence = Evidence {
            folder: Some(shared.keeper.folder.clone()),
            files: Vec::new(),
            public_key: Some(shared.ledger.book().public_key),
        };
        // The turn goes with the walk, which may outlive who asked by a page.
        let progress = move |_| {
            let _kept = &turn;
        };
        verify(&shared.db, evidence, progress).await
    }
}
