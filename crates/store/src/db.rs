//! The database: where transactions are opened and closed.
//!
//! This module must not know any table.

use std::path::PathBuf;

use ledger::Time;
use tokio::sync::oneshot;

use crate::bell::Bell;
use crate::driver::postgres::{Address, Postgres};
use crate::driver::sqlite::Sqlite;
use crate::error::{Error, OpenError};
use crate::journal::Appending;
use crate::query::{Query, at_most_one};
use crate::tx::{Tx, Work};

/// Whose turn it is when several writes wait. Earlier ones go first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// The committer's appends.
    Append,
    /// Everything a request writes beside the ledger.
    Edit,
    /// The projector's slices.
    Slice,
    /// What is remembered as written: a part of a consumer's step, or that a chunk is done. It
    /// has its turn with the slices, and the ones before it last as long.
    Mark,
}

/// What opening does where there is no database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absent {
    /// Makes one.
    Create,
    /// Fails with [`OpenError::Missing`].
    Refuse,
}

/// What opening does with a database that lacks migrations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outdated {
    /// Runs them.
    Migrate,
    /// Fails with [`OpenError::Older`].
    Refuse,
}

/// Whether this process is the one that serves the book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BookLock {
    /// Takes the lock, or fails with [`OpenError::Locked`].
    Take,
    /// Works beside a server.
    Leave,
}

/// How to open an embedded database.
#[derive(Clone, Debug)]
pub struct Options {
    /// The file.
    pub path: PathBuf,
    /// Where there is none.
    pub absent: Absent,
    /// Where it is older than this program.
    pub outdated: Outdated,
    /// Whether to take the book's lock.
    pub lock: BookLock,
    /// Threads that read, at least one.
    pub readers: usize,
    /// What migrations note as the time they ran.
    pub now: Time,
}

impl Options {
    /// As the server opens it: made, migrated, locked.
    pub fn serve(path: impl Into<PathBuf>, now: Time) -> Self {
        Self {
            path: path.into(),
            absent: Absent::Create,
            outdated: Outdated::Migrate,
            lock: BookLock::Take,
            readers: 2,
            now,
        }
    }

    /// As a tool opens it: it must be there and current; a server may be at work.
    pub fn tool(path: impl Into<PathBuf>, now: Time) -> Self {
        Self {
            absent: Absent::Refuse,
            outdated: Outdated::Refuse,
            lock: BookLock::Leave,
            readers: 1,
            ..Self::serve(path, now)
        }
    }
}

/// How to open a database on a PostgreSQL server.
#[derive(Clone, Debug)]
pub struct ServerOptions {
    /// Where it is.
    pub address: Address,
    /// Where there is no schema.
    pub absent: Absent,
    /// Where it is older than this program.
    pub outdated: Outdated,
    /// Connections that read, at least one. Others come to them: four that write.
    pub readers: usize,
    /// What migrations note as the time they ran.
    pub now: Time,
}

impl ServerOptions {
    /// As a server opens it: made and migrated. Others may serve it too.
    pub fn serve(address: Address, now: Time) -> Self {
        Self { address, absent: Absent::Create, outdated: Outdated::Migrate, readers: 4, now }
    }

    /// As a tool opens it: it must be there and current.
    pub fn tool(address: Address, now: Time) -> Self {
        let (absent, outdated) = (Absent::Refuse, Outdated::Refuse);
        Self { address, absent, outdated, readers: 1, now }
    }
}

/// What waits and what has piled up, for metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stats {
    /// Writes that wait, by [`Priority`].
    pub writes_waiting: [usize; 3],
    /// Reads that wait.
    pub reads_waiting: usize,
    /// Pages in the write-ahead log after the last commit.
    pub wal_pages: u64,
}

/// An open database. Clones share it; it closes after the last one, or by
/// [`Db::close`].
#[derive(Clone)]
pub struct Db {
    engine: Engine,
}

#[derive(Clone)]
enum Engine {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Db").field("stats", &self.stats()).finish_non_exhaustive()
    }
}

impl Db {
    /// Opens a database, which takes a moment of the calling thread. A failure
    /// changes nothing.
    pub fn open(options: &Options) -> Result<Self, OpenError> {
        Sqlite::open(options).map(|sqlite| Self { engine: Engine::Sqlite(sqlite) })
    }

    /// Opens a database on a server. A failure changes nothing, but
    /// [`OpenError::Scattered`] says otherwise.
    pub async fn connect(options: &ServerOptions) -> Result<Self, OpenError> {
        let postgres = Postgres::open(options).await?;
        Ok(Self { engine: Engine::Postgres(postgres) })
    }

    /// Whether other servers may write to it at the same time.
    pub fn is_shared(&self) -> bool {
        matches!(self.engine, Engine::Postgres(_))
    }

    /// Whether the ledger's tables are spread over a cluster: there it takes no
    /// [`Db::append`], which is a statement of several tables.
    pub fn is_spread(&self) -> bool {
        match &self.engine {
            Engine::Sqlite(_) => false,
            Engine::Postgres(postgres) => postgres.is_spread(),
        }
    }

    /// Runs `work` on one snapshot.
    ///
    /// Annotate the error where it can't be inferred: any that a storage error
    /// converts to will do.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> Work<'t, T, E> + Send + 'static,
    {
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.read(work).await,
            Engine::Postgres(postgres) => postgres.read(work).await,
        }
    }

    /// The row that one statement finds, if there is one; several are an error.
    pub async fn opt<R: Send + 'static>(&self, query: Query<'_, R>) -> Result<Option<R>, Error> {
        let statement = query.sql.name();
        at_most_one(self.all(query).await?, statement)
    }

    /// The one row that a statement finds; none or several are an error.
    pub async fn one<R: Send + 'static>(&self, query: Query<'_, R>) -> Result<R, Error> {
        let statement = query.sql.name();
        self.opt(query).await?.ok_or(Error::NoRow { statement })
    }

    /// Every row that one statement finds.
    pub async fn all<R: Send + 'static>(&self, query: Query<'_, R>) -> Result<Vec<R>, Error> {
        match &self.engine {
            Engine::Sqlite(_) => {
                let query = query.into_owned();
                self.read(move |tx| Box::pin(tx.all(query))).await
            }
            Engine::Postgres(postgres) => postgres.all(&query).await,
        }
    }

    /// Runs `work` and commits what it wrote if it ends well. Once asked for it
    /// runs to its end, whether or not anyone still waits for the answer.
    pub async fn write<T, E, F>(&self, priority: Priority, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> Work<'t, T, E> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        // Nobody may wait for it any more; it is done all the same.
        self.submit(priority, work, |done| drop(reply.send(done)))?;
        answer.await.map_err(|_| Error::Closed)?
    }

    /// Runs `work` on one snapshot while everyone else's appends and edits wait, or
    /// are refused where they wait for too long.
    pub async fn still<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> Work<'t, T, E> + Send + 'static,
    {
        match &self.engine {
            Engine::Sqlite(_) => self.write(Priority::Edit, work).await,
            Engine::Postgres(postgres) => postgres.still(work).await,
        }
    }

    /// Runs `work` and commits what it wrote if it ends well. Meanwhile nobody else
    /// writes what is folded from the journal: projectors, consumers and edits wait,
    /// those of other servers too. Appends go on where the engine lets them.
    pub async fn repair<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> Work<'t, T, E> + Send + 'static,
    {
        match &self.engine {
            Engine::Sqlite(_) => self.write(Priority::Edit, work).await,
            Engine::Postgres(postgres) => postgres.repair(work).await,
        }
    }

    /// As [`Db::write`], but hands what came of it to `then`, on the thread that
    /// wrote and before that writes anything else. `then` must be short.
    pub fn submit<T, E, F, D>(&self, priority: Priority, work: F, then: D) -> Result<(), Error>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> Work<'t, T, E> + Send + 'static,
        D: FnOnce(Result<T, E>) + Send + 'static,
    {
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.submit(priority, work, then),
            Engine::Postgres(postgres) => postgres.submit(priority, work, then),
        }
    }

    /// Whether nobody else writes slices now who asks for that too, until
    /// [`Db::release_slices`] or this process is gone. Who does not get it may write them all
    /// the same: that only costs more. Behind a pooler and on a cluster everybody gets it.
    pub async fn claim_slices(&self) -> Result<bool, Error> {
        match &self.engine {
            // One process writes them.
            Engine::Sqlite(_) => Ok(true),
            Engine::Postgres(postgres) => postgres.claim_slices().await,
        }
    }

    /// Lets others write slices, once what was written is marked.
    pub async fn release_slices(&self) {
        match &self.engine {
            Engine::Sqlite(_) => {}
            Engine::Postgres(postgres) => postgres.release_slices().await,
        }
    }

    /// Appends to the journal what `prepare` gives when its turn has come; nothing where
    /// it gives nothing, and then neither of the others is called. Where that has no
    /// records it is only seen that the head is where it says.
    ///
    /// `written` is called as soon as the next one may be asked for, which follows this
    /// one's records; `then` once they are on disk, or not: in the order in which they
    /// were asked for, and an append behind one that failed fails too. All of them must be
    /// short.
    pub fn append<P, W, D>(&self, prepare: P, written: W, then: D) -> Result<(), Error>
    where
        P: FnOnce() -> Option<Appending> + Send + 'static,
        W: FnOnce() + Send + 'static,
        D: FnOnce(Result<(), Error>) + Send + 'static,
    {
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.append(prepare, written, then),
            Engine::Postgres(postgres) => postgres.append(prepare, written, then),
        }
    }

    /// What a transaction rings when it left a job to do.
    pub fn bell(&self) -> Bell {
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.bell(),
            Engine::Postgres(postgres) => postgres.bell(),
        }
    }

    /// Why no write is taken any more, if that is so: [`Error::Stopped`] until a restart.
    pub fn stopped(&self) -> Option<String> {
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.stopped(),
            // What fails on a server is its own, and passes.
            Engine::Postgres(_) => None,
        }
    }

    /// Takes no more work, finishes what waits, empties the write-ahead log and
    /// gives the lock back.
    pub async fn close(&self) {
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.close().await,
            Engine::Postgres(postgres) => postgres.close().await,
        }
    }

    /// What waits and what has piled up.
    pub fn stats(&self) -> Stats {
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.stats(),
            Engine::Postgres(postgres) => postgres.stats(),
        }
    }
}
