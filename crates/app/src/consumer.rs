//! Consumers: what reads the journal behind the commit, by a cursor of its own.
//!
//! What a step's records mean and the cursor behind them are written in one
//! transaction, so every record counts once, whatever crashes in between. Where that
//! would keep others waiting it is written in parts, each with the cursor that says so.
//! This module must not know what a consumer does, nor how records come about.

use std::sync::Arc;
use std::time::Duration;

use ledger::{DecodeError, Partition, Record, Seq};
use store::cursors::{self, Begun, Cursor};
use store::{Db, Error, Priority, Tx, Work, journal};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::ledger::{Ledger, grows};

/// How long it rests after another process kept the database busy, or the server was away.
const PAUSE: Duration = Duration::from_millis(800);

/// The longest step of any consumer: one that was begun is read again whole.
pub const STEP_MAX: i64 = 65_536;

/// What the records of the journal mean to someone.
pub trait Consumer: Send + Sync + 'static {
    /// Its cursor's name, for ever.
    const NAME: &'static str;
    /// The most records of a step, [`STEP_MAX`] at most. What is written together should
    /// be about 2 ms of a file's one writer.
    const BATCH_MAX: i64 = 8_192;
    /// How long it waits for more records to read at once, while nobody wants to know what
    /// they mean.
    const PATIENCE: Duration = Duration::from_millis(800);
    /// Whose turn its writes wait for.
    const PRIORITY: Priority = Priority::Mark;

    /// What a part of a step is written from.
    type Part: Send + Sync + 'static;

    /// What is left of a step behind the last part that is written, 0 if none is. Where a
    /// step goes on after a crash it may be cut otherwise.
    fn parts(&self, step: Records, done: i64) -> Parts<Self::Part>;

    /// Writes what a part means, in the transaction that notes it in the cursor.
    fn consume<'t>(&'t self, tx: &'t mut Tx, part: &'t Self::Part) -> Work<'t, (), Error>;
}

/// Consecutive records of the journal.
pub type Records = Vec<Arc<Record>>;

/// A step, or what is left of it, in the order in which it is written.
#[derive(Debug)]
pub struct Parts<P> {
    /// Those that don't end it, each with its place: above zero, and they count up.
    pub before: Vec<(i64, P)>,
    /// The one that ends it.
    pub last: P,
}

impl<P> Parts<P> {
    /// All of it at once.
    pub const fn whole(last: P) -> Self {
        Self { before: Vec::new(), last }
    }
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
    /// Some parts of a step are written, and the journal ends before the step does.
    #[error("a step of the consumer {name} goes to seq {upto}, which the journal has not")]
    Short {
        /// Whose.
        name: &'static str,
        /// The last record of the step.
        upto: Seq,
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
    /// Where it is, unless it has to look: a write failed, or another process was faster.
    at: Option<Cursor>,
    head: watch::Receiver<Seq>,
    reached: watch::Sender<Seq>,
    wanted: watch::Receiver<Seq>,
    closing: CancellationToken,
}

impl<C: Consumer> Task<C> {
    async fn new(of: &Consumers, consumer: C) -> Result<(Self, Reading), ConsumerError> {
        let at = begin::<C>(&of.db).await?;
        let (reached, wanted) = (watch::Sender::new(at), watch::Sender::new(Seq::ZERO));
        let reading =
            Reading { name: C::NAME, reached: reached.subscribe(), wanted: wanted.clone() };
        if let Some(ledger) = &of.memory {
            ledger.read_along(reached.subscribe());
        }
        let task = Self {
            db: of.db.clone(),
            memory: of.memory.clone(),
            consumer: Arc::new(consumer),
            at: None,
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
                Ok(()) => self.let_go().await,
                // A step that may have been made shows in its cursor.
                Err(ConsumerError::Store(error)) if self.may_pass(&error) => {
                    tokio::time::sleep(PAUSE).await;
                }
                Err(error) => {
                    let error: &dyn std::error::Error = &error;
                    tracing::error!(consumer = C::NAME, error, "consumer.stopped");
                    return;
                }
            }
        }
    }

    /// Who has read all that there is lets memory have what was kept for it. Where commits
    /// follow, they do.
    async fn let_go(&self) {
        let is_behind = *self.head.borrow() > *self.reached.borrow();
        if let Some(ledger) = self.memory.as_ref().filter(|_| !is_behind) {
            ledger.let_go().await;
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
        let enough = at.number().saturating_add(C::BATCH_MAX);
        let wanted = self.wanted.wait_for(|wanted| *wanted > at);
        tokio::select! {
            () = grows(&self.head, enough) => {}
            // Its sender lives in a `Reading`; without one nobody is in a hurry.
            Ok(_) = wanted => {}
            () = self.closing.cancelled() => {}
            () = tokio::time::sleep(C::PATIENCE) => {}
        }
        true
    }

    /// Reads the next records, and writes what they mean.
    async fn step(&mut self) -> Result<(), ConsumerError> {
        let mut at = match self.at.take() {
            Some(at) => at,
            None => self.db.one(cursors::find(C::NAME, Partition::FIRST)).await?,
        };
        // Another process may have moved it: its work is done, and counts.
        self.reached.send_replace(at.seq);
        let records = self.records(at).await?;
        let Some(upto) = records.last().map(|record| record.seq) else { return Ok(()) };
        let Parts { before, last } = self.parts(records, at.done()).await?;
        for (done, part) in before {
            let next = Cursor { begun: Some(Begun { upto, done }), ..at };
            if !self.write(part, (at, next)).await? {
                return Ok(());
            }
            at = next;
        }
        let next = Cursor { seq: upto, begun: None };
        if self.write(last, (at, next)).await? {
            self.at = Some(next);
            self.reached.send_replace(upto);
        }
        Ok(())
    }

    /// The next ones; those it was begun with where a step goes on.
    async fn records(&self, at: Cursor) -> Result<Records, ConsumerError> {
        let left = |begun: Begun| begun.upto.number().saturating_sub(at.seq.number());
        let most = at.begun.map_or(C::BATCH_MAX, left).min(STEP_MAX);
        let is_step = |records: &Records| match (records.last(), at.begun) {
            (Some(last), Some(begun)) => last.seq == begun.upto,
            (last, _) => last.is_some(),
        };
        let recent = self.memory.as_ref().map(|ledger| ledger.recent_after(at.seq, most));
        if let Some(recent) = recent.filter(is_step) {
            return Ok(recent);
        }
        let records = records_after(&self.db, at.seq, most).await?;
        match at.begun {
            Some(Begun { upto, .. }) if !is_step(&records) => {
                Err(ConsumerError::Short { name: C::NAME, upto })
            }
            _ => Ok(records),
        }
    }

    async fn parts(&self, step: Records, done: i64) -> Result<Parts<C::Part>, Error> {
        let consumer = Arc::clone(&self.consumer);
        #[expect(clippy::disallowed_methods, reason = "a step is bounded work for one thread")]
        let cut = tokio::task::spawn_blocking(move || consumer.parts(step, done));
        cut.await.map_err(|error| Error::Panicked(error.to_string()))
    }

    /// Whether it was written. The cursor goes first: who finds it moved writes nothing.
    async fn write(&self, part: C::Part, (from, to): (Cursor, Cursor)) -> Result<bool, Error> {
        let consumer = Arc::clone(&self.consumer);
        let moved = self.db.write(C::PRIORITY, move |tx| {
            Box::pin(async move {
                let change = match to.begun {
                    Some(begun) => cursors::write_part(C::NAME, Partition::FIRST, from, begun),
                    None => cursors::advance(C::NAME, Partition::FIRST, from, to.seq),
                };
                let moved = tx.exec(change).await?.at_most_one()?;
                if moved {
                    consumer.consume(tx, &part).await?;
                }
                Ok(moved)
            })
        });
        moved.await
    }
}

/// Where a consumer begins. A new one gets its cursor.
async fn begin<C: Consumer>(db: &Db) -> Result<Seq, Error> {
    let begin = db.write(Priority::Mark, |tx| {
        Box::pin(async move {
            let begin = cursors::begin(C::NAME, Partition::FIRST, Seq::ZERO);
            tx.exec(begin).await?.at_most_one()?;
            Ok(tx.one(cursors::find(C::NAME, Partition::FIRST)).await?.seq)
        })
    });
    begin.await
}

async fn records_after(db: &Db, seq: Seq, most: i64) -> Result<Records, ConsumerError> {
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
