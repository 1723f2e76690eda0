//! The one thread that writes.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::JoinHandle;

use rusqlite::Connection;
use rusqlite::config::DbConfig;

use super::checkpoint::{self, Tender};
use super::health::Health;
use super::queue::Queue;
use super::session::Session;
use super::{Job, failure, transact};
use crate::bell::Bell;
use crate::db::Priority;
use crate::error::Error;
use crate::journal::{self, Appending};
use crate::panics::message;
use crate::tx::{Session as Engine, Tx, Work};

/// Owns the writing connection.
pub(super) struct Writer {
    tx: Tx,
    tender: Tender,
    /// What COMMIT waits for now.
    durability: Durability,
}

/// What COMMIT waits for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Durability {
    /// The disk.
    Full,
    /// Nothing: the next full one, or a checkpoint, syncs it too. Losing it to
    /// a power cut loses what can be folded again.
    Normal,
}

impl Durability {
    fn of(priority: Priority) -> Self {
        match priority {
            Priority::Append | Priority::Edit => Self::Full,
            // Who remembers a mark dies in a power cut too.
            Priority::Slice | Priority::Mark => Self::Normal,
        }
    }

    fn pragma(self) -> &'static str {
        match self {
            Self::Full => "PRAGMA synchronous = FULL",
            Self::Normal => "PRAGMA synchronous = NORMAL",
        }
    }
}

impl Writer {
    pub(super) fn new(
        (connection, health): (Connection, Arc<Health>),
        tender: Tender,
        bell: Bell,
    ) -> Self {
        let session = Session::new(connection, health);
        let tx = Tx { session: Engine::Sqlite(session), bell };
        Self { tx, tender, durability: Durability::Full }
    }

    /// Works until the queue is closed and empty, then waits for the other
    /// threads and leaves a file without a log.
    pub(super) fn serve(mut self, queue: &Queue<Job<Self>, 3>, others: Vec<JoinHandle<()>>) {
        while let Some(job) = queue.take() {
            // A transaction's panic is an error long since. What follows it may have
            // left what it shares with others half done.
            if catch_unwind(AssertUnwindSafe(|| job(&mut self))).is_err() {
                let session = self.tx.session.sqlite();
                session.health().stop(&Error::Panicked("after a commit".to_owned()));
            }
            let session = self.tx.session.sqlite();
            self.tender.tend(session.connection(), session.health());
        }
        // Without its sender the checkpointer's thread ends.
        drop(self.tender);
        for thread in others {
            // They catch the panics of their work; one of their own was printed.
            drop(thread.join());
        }
        let session = self.tx.session.sqlite();
        checkpoint::truncate(session.connection(), session.health());
        if session.health().check().is_err() {
            // The last connection copies the log back as it closes, and takes it away: the
            // next start does, once it has read what there is.
            let keep = DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
            if let Err(error) = session.connection().set_db_config(keep, true) {
                tracing::error!(%error, "store.log_not_kept");
            }
        }
    }

    /// Appends what `prepare` gives. The next one is asked for as soon as this one is on
    /// the disk, before it is told.
    pub(super) fn append(
        &mut self,
        prepare: impl FnOnce() -> Option<Appending>,
        written: impl FnOnce(),
        then: impl FnOnce(Result<(), Error>),
    ) {
        let appending = match catch_unwind(AssertUnwindSafe(prepare)) {
            Ok(Some(appending)) => appending,
            Ok(None) => return,
            Err(panic) => return then(Err(Error::Panicked(message(panic.as_ref())))),
        };
        if appending.sealed.is_empty() {
            written();
            return then(Ok(()));
        }
        let Appending { head, sealed, .. } = appending;
        let done = self.run(Priority::Append, move |tx| {
            Box::pin(async move { journal::append(tx, head, &sealed).await })
        });
        if done.is_ok() {
            written();
        }
        then(done);
    }

    /// A write transaction.
    pub(super) fn run<T, E, F>(&mut self, priority: Priority, work: F) -> Result<T, E>
    where
        E: From<Error>,
        F: for<'t> FnOnce(&'t mut Tx) -> Work<'t, T, E>,
    {
        let session = self.tx.session.sqlite();
        session.health().check()?;
        let durability = Durability::of(priority);
        if durability != self.durability {
            session.set(durability.pragma())?;
            self.durability = durability;
        }
        session.begin("BEGIN IMMEDIATE")?;
        let result = transact::run(&mut self.tx, work);
        let session = self.tx.session.sqlite();
        match result {
            Ok(value) => commit(session).map(|()| value).map_err(E::from),
            Err(error) => {
                session.rollback();
                Err(error)
            }
        }
    }
}

fn commit(session: &Session) -> Result<(), Error> {
    if session.has_failed() || session.connection().is_autocommit() {
        session.rollback();
        return Err(Error::RolledBack);
    }
    let Err(error) = session.control("COMMIT") else { return Ok(()) };
    if failure::is_certain(&error) {
        session.rollback();
        return Err(failure::classify("COMMIT", error));
    }
    session.health().stop(&error);
    session.rollback();
    Err(Error::CommitUnknown(error.into()))
}
