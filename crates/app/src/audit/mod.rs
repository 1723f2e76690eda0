//! The audit log: who did what to whom, and why.
//!
//! ```text
//! beside the ledger:  note, in the transaction that does it ─┐
//! in the ledger:      record ─► Recorder (a consumer) ───────┴─► rows ─► chain ─► seal, a record
//! ```
//!
//! A privileged command is in its record, so there is no moment in which it is
//! done and not logged: the row is made of the record, and its reason is read
//! from the record's words. Rows are never changed; every hour the chain over
//! them is sealed into the journal.

pub(crate) mod chain;
pub(crate) mod derive;
mod find;
mod recorder;
mod sealer;

use std::sync::Arc;

use ledger::Record;
use serde::Serialize;
use store::audit::Entry;
use store::{Db, Tx};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use find::{AuditEntry, AuditFilter};
pub(crate) use recorder::Recorder;

use crate::consumer::{ConsumerError, Consumers, Reading};
use crate::directory::Act;
use crate::error::Error;
use crate::ledger::{Ledger, SubmitError};
use sealer::Sealer;

/// What the log of a running server is kept with.
pub struct Settings<'a> {
    /// The database.
    pub db: Db,
    /// The ledger at work on it.
    pub ledger: Ledger,
    /// Its consumers: the log's recorder is one of them.
    pub consumers: &'a Consumers,
}

/// The audit log of a running server. Clones share it.
#[derive(Clone)]
pub struct Audit {
    shared: Arc<Shared>,
}

struct Shared {
    db: Db,
    ledger: Ledger,
    recorded: Reading,
    sealer: Sealer,
    tasks: TaskTracker,
    closing: CancellationToken,
}

/// Why the log is not as far as it should be.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// Records are not logged.
    #[error(transparent)]
    Consumer(#[from] ConsumerError),
    /// The chain could not be made longer.
    #[error("the store failed")]
    Store(#[from] store::Error),
    /// The ledger did not take the seal.
    #[error(transparent)]
    Submit(#[from] SubmitError),
    /// A key of ours that is none.
    #[error("a seal has no key")]
    Key,
}

impl Audit {
    /// Begins to log records and to seal the log every hour.
    pub async fn start(settings: Settings<'_>) -> Result<Self, AuditError> {
        let Settings { db, ledger, consumers } = settings;
        let recorded = consumers.start(Recorder::default()).await?;
        let (sealer, tasks) = (Sealer::default(), TaskTracker::new());
        let closing = CancellationToken::new();
        let audit =
            Self { shared: Arc::new(Shared { db, ledger, recorded, sealer, tasks, closing }) };
        let hourly = audit.clone();
        // The hour begins now, not when the task does.
        let since = sealer::unsealed_since(&audit.shared).await;
        audit.shared.tasks.spawn(async move { sealer::run(&hourly.shared, since).await });
        Ok(audit)
    }

    /// Seals the log as far as it is. The record that says so; `None` where the
    /// log is empty.
    pub async fn seal(&self) -> Result<Option<Arc<Record>>, AuditError> {
        sealer::seal(&self.shared).await
    }

    /// Seals the log a last time, while the ledger still takes commands.
    pub async fn close(&self) -> Result<(), AuditError> {
        self.shared.closing.cancel();
        self.shared.tasks.close();
        self.shared.tasks.wait().await;
        self.seal().await.map(drop)
    }
}

impl Shared {
    /// Waits until every record there is now is logged.
    async fn recorded(&self) -> Result<(), ConsumerError> {
        self.recorded.reach(self.ledger.head().seq).await
    }
}

/// What was done to what, beside the ledger.
pub(crate) struct Deed<'a, T> {
    /// `users.create`.
    pub(crate) action: &'static str,
    /// `user:7`.
    pub(crate) subject: String,
    /// What it was.
    pub(crate) before: Option<&'a T>,
    /// What it became.
    pub(crate) after: Option<&'a T>,
}

/// Adds an entry.
pub(crate) async fn note<T: Serialize + Sync>(
    tx: &mut Tx,
    act: &Act,
    deed: Deed<'_, T>,
) -> Result<(), Error> {
    let entry = Entry {
        at: act.at,
        actor: act.actor.to_string(),
        action: deed.action.to_owned(),
        subject: deed.subject,
        reason: None,
        before: deed.before.map(json).transpose()?,
        after: deed.after.map(json).transpose()?,
        request_id: act.request.as_ref().map(ToString::to_string),
        seq: None,
    };
    tx.exec(store::audit::insert(&entry)).await?.expect_one()?;
    Ok(())
}

fn json(value: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(Error::internal)
}
