//! Consumers: what reads the journal behind the commit, by a cursor of its own.
//!
//! What a batch of records means and the cursor behind it are written in one
//! transaction, so every record counts once, whatever crashes in between. This
//! module must not know what a consumer does, nor how records come about.

use std::sync::Arc;
use std::time::Duration;

use ledger::{DecodeError, Partition, Record, Seq};
use store::cursors::{self, Step};
use store::{Db, Error, Priority, Tx, Work, journal};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::ledger::Ledger;

/// How long it waits for more records to read at once. It waits as long after
/// another process kept the database busy, or the server was away.
const PATIENCE: Duration = Duration::from_millis(800);

/// What the records of the journal mean to someone.
pub trait Consumer: Send + Sync + 'static {
    /// Its cursor's name, for ever.
    const NAME: &'static str;
    /// The most records it takes at once: about 2 ms of a file's one writer.
    const BATCH_MAX: i64 = 8_192;
    /// The same on a server, where nobody waits for it.
    const BATCH_MAX_ON_SERVER: i64 = Self::BATCH_MAX;
    /// Whose turn its writes wait for.
    const PRIORITY: Priority = Priority::Mark;

    /// Writes what consecutive records mean, in the transaction that moves the
    /// cursor behind them.
    fn consume<'t>(&'t self, tx: &'t mut Tx, records: &'t [Arc<Record>]) -> Work<'t, (), Error>;
}

/// Why a consumer is not where it should be.
#[derive(Debug, thiserror::Error)]
pub enum ConsumerError {
    /// A read or a write failed.
    #[error("the store failed")]
    Store(#[from] Error),
    /// The journal holds what this program can't read.
    #[error("the journal can't be read at seq {seq}")]
    Journal {
        /// Where.
        seq: Seq,
        /// Why.
        source: DecodeError,
    },
    /// The consumer has ended: it failed before, or the server closes.
    #[error("the consumer {0} has stopped")]
    Stopped(&'static str),
}

/// Consumers at work, and what ends them.
pub struct Consumers {
    db: Db,
    head: watch::Receiver<Seq>,
    /// Where recent records are in memory.
    memory: Option<Ledger>,
    tasks: TaskTracker,
    closing: CancellationToken,
}

impl Consumers {
    /// None yet; `head` is the end of the journal.
    pub fn new(db: Db, head: watch::Receiver<Seq>) -> Self {
        let (tasks, closing) = (TaskTracker::new(), CancellationToken::new());
        Self { db, head, memory: None, tasks, closing }
    }

    /// None yet, beside a running ledger: what it has in memory still is not read and
    /// decoded again.
    pub fn beside(db: Db, ledger: &Ledger) -> Self {
        Self { memory: Some(ledger.clone()), ..Self::new(db, ledger.heads()) }
    }

    /// Starts a consumer where its cursor is, a new one at the first record.
    pub async fn start(&self, consumer: impl Consumer) -> Result<Reading, ConsumerError> {
        let (task, reading) = Task::new(self, consumer).await?;
        self.tasks.spawn(task.run());
        Ok(reading)
    }

    /// Lets every consumer read to the end of the journal, and ends it. The
    /// journal must not grow any more.
    pub async fn close(&self) {
        self.closing.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

/// How far a consumer is. Clones share it.
#[derive(Clone)]
pub struct Reading {
    name: &'static str,
    reached: watch::Receiver<Seq>,
    wanted: watch::Sender<Seq>,
}

impl Reading {
    /// The last record it has read.
    pub fn reached(&self) -> Seq {
        *self.reached.borrow()
    }

    /// Waits until it has read a record, and has it hurry.
    pub async fn reach(&self, seq: Seq) -> Result<(), ConsumerError> {
        let mut reached = self.reached.clone();
        self.wanted.send_if_modified(|wanted| {
            let later = *wanted < seq;
            *wanted = seq.max(*wanted);
            later
        });
        let there = reached.wait_for(|reached| *reached >= seq).await;
        there.map(drop).map_err(|_| ConsumerError::Stopped(self.name))
    }
}

struct Task<C> {
    db: Db,
    memory: Option<Ledger>,
    consumer: Arc<C>,
    head: watch::Receiver<Seq>,
    reached: watch::Sender<Seq>,
    wanted: watch::Receiver<Seq>,
    closing: CancellationToken,
}

impl<C: Consumer> Task<C> {
    async fn new(of: &Consumers, consumer: C) -> Result<(Self, Reading), ConsumerError> {
        let at = cursor::<C>(&of.db).await?;
        let (reached, wanted) = (watch::Sender::new(at), watch::Sender::new(Seq::ZERO));
        let reading =
            Reading { name: C::NAME, reached: reached.subscribe(), wanted: wanted.clone() };
        let task = Self {
            db: of.db.clone(),
            memory: of.memory.clone(),
            consumer: Arc::new(consumer),
            head: of.head.clone(),
            reached,
            wanted: wanted.subscribe(),
            closing: of.closing.clone(),
        };
        Ok((task, reading))
    }

    /// Reads until the server closes and all is read.
    async fn run(mut self) {
        while self.wait().await {
            match self.step().await {
                Ok(()) => {}
                // A step that may have been made shows in its cursor.
                Err(ConsumerError::Store(error)) if self.may_pass(&error) => {
                    tokio::time::sleep(PATIENCE).await;
                }
                Err(error) => {
                    let error: &dyn std::error::Error = &error;
                    tracing::error!(consumer = C::NAME, error, "consumer.stopped");
                    return;
                }
            }
        }
    }

    /// A server that is away when this one closes is not waited for.
    fn may_pass(&self, error: &Error) -> bool {
        matches!(error, Error::Busy)
            || self.db.is_shared() && error.is_passing() && !self.closing.is_cancelled()
    }

    /// Waits for records that are worth it; false once all are read.
    async fn wait(&mut self) -> bool {
        let at = *self.reached.borrow();
        tokio::select! {
            biased;
            behind = self.head.wait_for(|head| *head > at) => if behind.is_err() { return false },
            () = self.closing.cancelled() => return false,
        }
        let enough = at.number().saturating_add(self.most());
        let wanted = self.wanted.wait_for(|wanted| *wanted > at);
        tokio::select! {
            _ = self.head.wait_for(|head| head.number() >= enough) => {}
            // Its sender lives in a `Reading`; without one nobody is in a hurry.
            Ok(_) = wanted => {}
            () = self.closing.cancelled() => {}
            () = tokio::time::sleep(PATIENCE) => {}
        }
        true
    }

    fn most(&self) -> i64 {
        if self.db.is_shared() { C::BATCH_MAX_ON_SERVER } else { C::BATCH_MAX }
    }

    /// Reads the next records, and writes what they mean.
    async fn step(&self) -> Result<(), ConsumerError> {
        let (from, most) = (*self.reached.borrow(), self.most());
        let recent = self.memory.as_ref().map(|ledger| ledger.recent_after(from, most));
        let records = match recent.filter(|recent| !recent.is_empty()) {
            Some(recent) => recent,
            None => records_after(&self.db, from, most).await?,
        };
        let Some(to) = records.last().map(|record| record.seq) else { return Ok(()) };
        let moved = write(&self.db, &self.consumer, records, Step { from, to }).await?;
        // Another process moved it: its work is done, and counts.
        let reached = if moved { to } else { cursor::<C>(&self.db).await? };
        self.reached.send_replace(reached);
        Ok(())
    }
}

/// Where a consumer is. A new one gets its cursor.
async fn cursor<C: Consumer>(db: &Db) -> Result<Seq, Error> {
    let begin = db.write(Priority::Mark, |tx| {
        Box::pin(async move {
            let begin = cursors::begin(C::NAME, Partition::FIRST, Seq::ZERO);
            tx.exec(begin).await?.at_most_one()?;
            tx.one(cursors::find(C::NAME, Partition::FIRST)).await
        })
    });
    begin.await
}

async fn records_after(db: &Db, seq: Seq, most: i64) -> Result<Vec<Arc<Record>>, ConsumerError> {
    let rows = db.read::<_, Error, _>(move |tx| Box::pin(journal::range(tx, seq, most))).await?;
    let decode = move || {
        let decoded = rows.into_iter().map(|row| {
            ledger::decode(&row.body)
                .map(Arc::new)
                .map_err(|source| ConsumerError::Journal { seq: row.seq, source })
        });
        decoded.collect()
    };
    #[expect(clippy::disallowed_methods, reason = "decoding is bounded work for one thread")]
    let decoded = tokio::task::spawn_blocking(decode);
    decoded.await.map_err(|error| Error::Panicked(error.to_string()))?
}

/// The cursor goes first: who finds it moved writes nothing.
async fn write<C: Consumer>(
    db: &Db,
    consumer: &Arc<C>,
    records: Vec<Arc<Record>>,
    step: Step,
) -> Result<bool, Error> {
    let consumer = Arc::clone(consumer);
    let moved = db.write(C::PRIORITY, move |tx| {
        Box::pin(async move {
            let advance = cursors::advance(C::NAME, Partition::FIRST, step);
            let moved = tx.exec(advance).await?.at_most_one()?;
            if moved {
                consumer.consume(tx, &records).await?;
            }
            Ok(moved)
        })
    });
    moved.await
}
