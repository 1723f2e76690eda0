//! A thread that reads, each transaction on one snapshot.

use std::sync::{Arc, Weak};

use rusqlite::Connection;

use super::health::Health;
use super::queue::Queue;
use super::session::Session;
use super::{Job, transact};
use crate::bell::Bell;
use crate::error::Error;
use crate::tx::{Session as Engine, Tx, Work};

/// Owns a connection that can't write.
pub(super) struct Reader {
    tx: Tx,
}

impl Reader {
    pub(super) fn new(connection: Connection, health: Arc<Health>) -> Self {
        let session = Session::new(connection, health);
        // Nothing is left to do by who reads.
        Self { tx: Tx { session: Engine::Sqlite(session), bell: Bell::default() } }
    }

    /// Works until the queue is closed and empty.
    pub(super) fn serve(mut self, queue: &Queue<Job<Self>, 1>) {
        while let Some(job) = queue.take() {
            job(&mut self);
        }
    }

    /// A read transaction: its first statement takes the snapshot. It ends at its
    /// next statement once `asked` is gone.
    pub(super) fn run<T, E, F>(&mut self, asked: Weak<()>, work: F) -> Result<T, E>
    where
        E: From<Error>,
        F: for<'t> FnOnce(&'t mut Tx) -> Work<'t, T, E>,
    {
        let session = self.tx.session.sqlite();
        session.begin("BEGIN")?;
        session.ask(Some(asked));
        let result = transact::run(&mut self.tx, work);
        let session = self.tx.session.sqlite();
        session.ask(None);
        session.rollback();
        result
    }
}
