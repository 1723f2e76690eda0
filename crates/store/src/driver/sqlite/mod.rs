//! The embedded engine: one thread that writes, a pool of threads that read,
//! one that copies the write-ahead log back into the file.
//!
//! A transaction is a closure that runs to its end on its thread. This module
//! must not know any table.

mod checkpoint;
mod estimates;
mod failure;
mod header;
mod health;
mod lock;
mod migrate;
mod open;
mod queue;
mod reader;
mod session;
mod transact;
mod writer;

use std::sync::Arc;

use tokio::sync::{oneshot, watch};

pub(crate) use session::Session;

use crate::bell::Bell;
use crate::db::{Options, Priority, Stats};
use crate::error::{Error, OpenError};
use crate::journal::Appending;
use crate::tx::{Tx, Work};
use checkpoint::Wal;
use health::Health;
use queue::Queue;
use reader::Reader;
use writer::Writer;

/// The version of the SQLite that is compiled in.
pub fn version() -> &'static str {
    rusqlite::version()
}

/// Work for a thread that owns a `T`.
type Job<T> = Box<dyn FnOnce(&mut T) + Send>;

/// The threads' handle. The last clone that goes closes the database.
#[derive(Clone)]
pub(crate) struct Sqlite {
    shared: Arc<Shared>,
}

struct Shared {
    writes: Arc<Queue<Job<Writer>, 3>>,
    reads: Arc<Queue<Job<Reader>, 1>>,
    wal: Arc<Wal>,
    health: Arc<Health>,
    bell: Bell,
    /// Its sender goes when the writer has closed the file.
    closed: watch::Receiver<()>,
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.stop_taking();
    }
}

impl Shared {
    fn stop_taking(&self) {
        self.reads.close();
        self.writes.close();
    }
}

impl Sqlite {
    pub(crate) fn open(options: &Options) -> Result<Self, OpenError> {
        let opened = open::open(options)?;
        let shared = start(opened, options).map_err(OpenError::Thread)?;
        Ok(Self { shared: Arc::new(shared) })
    }

    pub(crate) async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> Work<'t, T, E> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        // It lives as long as somebody waits; without them a read stops, since it
        // would change nothing.
        let asker = Arc::new(());
        let asked = Arc::downgrade(&asker);
        let job: Job<Reader> = Box::new(move |reader| {
            if !reply.is_closed() {
                drop(reply.send(reader.run(asked, work)));
            }
        });
        self.shared.reads.push(0, job)?;
        let found = answer.await.map_err(|_| Error::Closed)?;
        drop(asker);
        found
    }

    pub(crate) fn submit<T, E, F, D>(
        &self,
        priority: Priority,
        work: F,
        then: D,
    ) -> Result<(), Error>
    where
        E: From<Error>,
        F: for<'t> FnOnce(&'t mut Tx) -> Work<'t, T, E> + Send + 'static,
        D: FnOnce(Result<T, E>) + Send + 'static,
    {
        let job: Job<Writer> = Box::new(move |writer| then(writer.run(priority, work)));
        self.shared.writes.push(lane(priority), job)
    }

    pub(crate) fn append<P, W, D>(&self, prepare: P, written: W, then: D) -> Result<(), Error>
    where
        P: FnOnce() -> Option<Appending> + Send + 'static,
        W: FnOnce() + Send + 'static,
        D: FnOnce(Result<(), Error>) + Send + 'static,
    {
        let job: Job<Writer> = Box::new(move |writer| writer.append(prepare, written, then));
        self.shared.writes.push(lane(Priority::Append), job)
    }

    pub(crate) async fn close(&self) {
        self.shared.stop_taking();
        let mut closed = self.shared.closed.clone();
        // Nothing is ever sent: it ends when the writer drops its side.
        while closed.changed().await.is_ok() {}
    }

    pub(crate) fn bell(&self) -> Bell {
        self.shared.bell.clone()
    }

    pub(crate) fn stopped(&self) -> Option<String> {
        self.shared.health.stopped()
    }

    pub(crate) fn stats(&self) -> Stats {
        let [reads_waiting] = self.shared.reads.lengths();
        Stats {
            writes_waiting: self.shared.writes.lengths(),
            reads_waiting,
            wal_pages: self.shared.wal.pages(),
        }
    }
}

const fn lane(priority: Priority) -> usize {
    match priority {
        Priority::Append => 0,
        Priority::Edit => 1,
        Priority::Slice | Priority::Mark => 2,
    }
}

/// Starts the threads. The writer joins the others before it closes.
fn start(opened: open::Opened, options: &Options) -> std::io::Result<Shared> {
    let writes = Arc::new(Queue::new());
    let reads = Arc::new(Queue::new());
    let (closing, closed) = watch::channel(());
    let shared = Shared {
        writes: Arc::clone(&writes),
        reads: Arc::clone(&reads),
        wal: Arc::clone(&opened.wal),
        health: Arc::clone(&opened.health),
        bell: Bell::default(),
        closed,
    };
    let mut others = Vec::with_capacity(options.readers + 1);
    for connection in opened.readers {
        let reader = Reader::new(connection, Arc::clone(&opened.health));
        let reads = Arc::clone(&reads);
        others.push(spawn("store-read", move || reader.serve(&reads))?);
    }
    let (nudge, nudged) = std::sync::mpsc::sync_channel(1);
    let (wal, health) = (Arc::clone(&opened.wal), Arc::clone(&opened.health));
    let checkpointer = opened.checkpointer;
    others.push(spawn("store-checkpoint", move || {
        checkpoint::serve(&checkpointer, &nudged, &wal, &health);
    })?);
    let tender = checkpoint::Tender::new(opened.wal, nudge);
    let writer = Writer::new((opened.writer, opened.health), tender, shared.bell.clone());
    let lock = opened.lock;
    spawn("store-write", move || {
        writer.serve(&writes, others);
        drop(lock);
        drop(closing);
    })?;
    Ok(shared)
}

#[expect(clippy::disallowed_methods, reason = "the writer joins the others, close waits for it")]
fn spawn(
    name: &str,
    work: impl FnOnce() + Send + 'static,
) -> std::io::Result<std::thread::JoinHandle<()>> {
    std::thread::Builder::new().name(name.to_owned()).spawn(work)
}
