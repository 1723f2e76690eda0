//! A PostgreSQL server: pools of connections, and a task a write.
//!
//! Appends have one connection, so they keep their order, transactions at the head
//! another, and edits a third: one edit at a time, on all servers together, as on the embedded engine. What
//! is asked for is done, whether or not anyone still waits for it. This module
//! must not know any table.

mod address;
mod appends;
mod cluster;
mod connect;
mod failure;
mod migrate;
mod open;
mod session;
mod tls;
mod value;

use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use deadpool_postgres::Pool;
use futures::FutureExt as _;
use tokio_postgres::SimpleQueryMessage;
use tokio_util::task::TaskTracker;

pub use address::{Address, AddressError};
pub(crate) use session::Session;

use crate::bell::Bell;
use crate::db::{Priority, ServerOptions, Stats};
use crate::error::{Error, OpenError};
use crate::journal::Appending;
use crate::panics::message;
use crate::query::Query;
use crate::tx::{Session as Engine, Tx, Work};
use appends::{Appends, Asked};
use session::Statements;

/// What a read begins with: one snapshot for all of its statements.
const READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
/// An append sees what others committed as soon as it holds the head. A slice and a mark are
/// written with it too, and so wait for the disk: this server forgets what it marks as
/// written, and outlives the database, which may die between a slice and its mark.
const WRITE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";
/// An edit waits for its turn, then sees everything before it.
const EDIT: &str = "BEGIN ISOLATION LEVEL READ COMMITTED;
    SELECT name FROM turns WHERE name = 'edit' FOR UPDATE";
/// Nobody else appends, edits or begins to: the snapshot, taken by the first
/// statement behind the locks, is of all there is.
const STILL: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ;
    LOCK TABLE turns, heads IN EXCLUSIVE MODE";
/// Nobody else writes a row that is folded from the journal, nor begins to: a consumer
/// takes its cursor first. Then every statement sees all that was written before.
const REPAIR: &str = "BEGIN ISOLATION LEVEL READ COMMITTED;
    SELECT name FROM turns WHERE name = 'edit' FOR UPDATE;
    LOCK TABLE cursors, projected, wallets, grants, holds, used_keys, history, refunds
    IN EXCLUSIVE MODE";

/// Whose turn it is to write slices: two numbers of ours, in this database. The connection
/// that writes them has it, so it goes with that. A turn that was not given back is not
/// counted twice.
const CLAIM: &str = "SELECT pg_advisory_unlock_all();
    SELECT pg_try_advisory_lock(1668441444, 1)";
const RELEASE: &str = "SELECT pg_advisory_unlock_all()";

/// A server's pools. Clones share them.
#[derive(Clone)]
pub(crate) struct Postgres {
    shared: Arc<Shared>,
}

struct Shared {
    /// Over a cluster.
    is_spread: bool,
    statements: Statements,
    reads: Pool,
    /// Until it closes.
    line: Mutex<Option<Appends>>,
    /// What begins with the head locked.
    appends: Pool,
    edits: Pool,
    slices: Pool,
    tasks: TaskTracker,
    bell: Bell,
    waiting: [AtomicUsize; 4],
}

/// One that waits or is at work, until it is dropped.
struct Counted<'s>(&'s AtomicUsize);

impl<'s> Counted<'s> {
    fn new(count: &'s AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Postgres {
    pub(crate) async fn open(options: &ServerOptions) -> Result<Self, OpenError> {
        open::open(options).await.map(|shared| Self { shared: Arc::new(shared) })
    }

    pub(crate) fn is_spread(&self) -> bool {
        self.shared.is_spread
    }

    /// One statement has one snapshot: it needs no transaction around it.
    pub(crate) async fn all<R>(&self, query: &Query<'_, R>) -> Result<Vec<R>, Error> {
        let _counted = Counted::new(&self.shared.waiting[3]);
        let client = connect::take(&self.shared.reads).await?;
        Session::alone(client, self.shared.statements, query).await
    }

    pub(crate) async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> Work<'t, T, E> + Send + 'static,
    {
        let shared = &self.shared;
        let _counted = Counted::new(&shared.waiting[3]);
        let client = connect::take(&shared.reads).await?;
        let mut tx = begin(client, shared, READ);
        let done = run(&mut tx, work).await;
        let Engine::Postgres(session) = tx.session else { return done };
        // It changed nothing: the answer need not wait until that is over.
        shared.tasks.spawn(session.roll_back());
        done
    }

    pub(crate) async fn still<T, E, F>(&self, work: F) -> Result<T, E>
    where
        E: From<Error>,
        F: for<'t> FnOnce(&'t mut Tx) -> Work<'t, T, E>,
    {
        write(&self.shared, &self.shared.edits, STILL, work).await
    }

    pub(crate) async fn repair<T, E, F>(&self, work: F) -> Result<T, E>
    where
        E: From<Error>,
        F: for<'t> FnOnce(&'t mut Tx) -> Work<'t, T, E>,
    {
        write(&self.shared, &self.shared.edits, REPAIR, work).await
    }

    pub(crate) fn submit<T, E, F, D>(
        &self,
        priority: Priority,
        work: F,
        then: D,
    ) -> Result<(), Error>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> Work<'t, T, E> + Send + 'static,
        D: FnOnce(Result<T, E>) + Send + 'static,
    {
        if self.shared.tasks.is_closed() {
            return Err(Error::Closed);
        }
        let shared = Arc::clone(&self.shared);
        self.shared.tasks.spawn(async move {
            let (pool, begins, lane) = match priority {
                Priority::Append => (&shared.appends, WRITE, 0),
                Priority::Edit => (&shared.edits, EDIT, 1),
                Priority::Slice | Priority::Mark => (&shared.slices, WRITE, 2),
            };
            let _counted = Counted::new(&shared.waiting[lane]);
            then(write(&shared, pool, begins, work).await);
        });
        Ok(())
    }

    pub(crate) async fn claim_slices(&self) -> Result<bool, Error> {
        if self.shared.statements == Statements::Unnamed || self.shared.is_spread {
            return Ok(true);
        }
        let client = connect::take(&self.shared.slices).await?;
        let said = client.simple_query(CLAIM).await;
        let said = said.map_err(|error| failure::classify("slices.claim", error))?;
        Ok(said.iter().any(|one| match one {
            SimpleQueryMessage::Row(row) => row.get(0) == Some("t"),
            _ => false,
        }))
    }

    pub(crate) async fn release_slices(&self) {
        if self.shared.statements == Statements::Unnamed || self.shared.is_spread {
            return;
        }
        // A connection that fails has lost it already, and one that is busy for long keeps it
        // until this server has its next turn.
        if let Ok(client) = connect::take(&self.shared.slices).await {
            drop(client.simple_query(RELEASE).await);
        }
    }

    pub(crate) fn append<P, W, D>(&self, prepare: P, written: W, then: D) -> Result<(), Error>
    where
        P: FnOnce() -> Option<Appending> + Send + 'static,
        W: FnOnce() + Send + 'static,
        D: FnOnce(Result<(), Error>) + Send + 'static,
    {
        let (prepare, written, then) = (Box::new(prepare), Box::new(written), Box::new(then));
        let line = self.shared.line.lock().unwrap_or_else(PoisonError::into_inner);
        let line = line.as_ref().ok_or(Error::Closed)?;
        line.send(Asked { prepare, written, then }).map_err(|_| Error::Closed)
    }

    pub(crate) fn bell(&self) -> Bell {
        self.shared.bell.clone()
    }

    pub(crate) async fn close(&self) {
        drop(self.shared.line.lock().unwrap_or_else(PoisonError::into_inner).take());
        self.shared.tasks.close();
        self.shared.tasks.wait().await;
        let Shared { reads, appends, edits, slices, .. } = &*self.shared;
        for pool in [reads, appends, edits, slices] {
            pool.close();
        }
    }

    pub(crate) fn stats(&self) -> Stats {
        let [appends, edits, slices, reads] =
            self.shared.waiting.each_ref().map(|count| count.load(Ordering::Relaxed));
        Stats { writes_waiting: [appends, edits, slices], reads_waiting: reads, wal_pages: 0 }
    }
}

fn begin(client: deadpool_postgres::Client, shared: &Shared, begins: &'static str) -> Tx {
    let session = Session::new(client, shared.statements, begins);
    Tx { session: Engine::Postgres(session), bell: shared.bell.clone() }
}

async fn write<T, E, F>(shared: &Shared, pool: &Pool, begins: &'static str, work: F) -> Result<T, E>
where
    E: From<Error>,
    F: for<'t> FnOnce(&'t mut Tx) -> Work<'t, T, E>,
{
    let client = connect::take(pool).await?;
    let mut tx = begin(client, shared, begins);
    let done = run(&mut tx, work).await;
    let Engine::Postgres(session) = tx.session else { return done };
    match done {
        Ok(value) => session.commit().await.map(|()| value).map_err(E::from),
        Err(error) => {
            session.roll_back().await;
            Err(error)
        }
    }
}

/// Runs `work` to its end; a panic comes back as an error.
async fn run<T, E, F>(tx: &mut Tx, work: F) -> Result<T, E>
where
    E: From<Error>,
    F: for<'t> FnOnce(&'t mut Tx) -> Work<'t, T, E>,
{
    // What is half done is rolled back: nothing of it is seen.
    let outcome = AssertUnwindSafe(work(tx)).catch_unwind().await;
    outcome.unwrap_or_else(|panic| Err(Error::Panicked(message(panic.as_ref())).into()))
}
