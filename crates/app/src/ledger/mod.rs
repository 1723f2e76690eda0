//! The ledger at work: prefetch, committer, projector, and reads.
//!
//! ```text
//! submit ─► bounded queue ─► prefetch ─► committer: apply, append, one fsync ─► answers
//!    └── memory has all that is needed ──────┘  └─► tail ─► projector ─► tables
//! ```
//!
//! This module must not know HTTP, prices or users: it takes orders.

mod commit;
mod decide;
mod desk;
mod error;
mod flight;
mod landing;
mod others;
mod prefetch;
mod project;
mod queue;
mod read;
mod recall;
mod shared;
mod start;
mod sweep;
mod tail;
mod tally;
mod time;
mod watch;

use std::sync::Arc;

use ledger::{Hash, Head, Record, Seq, Time, Wallet};
use tokio::sync::oneshot;

pub use error::{StartError, SubmitError};
pub(crate) use project::grows;
pub use shared::{Book, Health};
pub use start::{Settings, create_book};
pub use tally::{Commits, Tally};
pub use time::TimeSource;

use queue::{Done, Entry, Work};
use shared::Shared;

/// A handle to a running ledger. Clones share it.
#[derive(Clone)]
pub struct Ledger {
    shared: Arc<Shared>,
    committer: Arc<commit::Committer>,
    queue: queue::Sender,
}

/// What became of a command that was not refused.
#[derive(Clone, Debug)]
pub struct Committed {
    /// Now, or by an earlier use of its key.
    pub how: How,
    /// The record with its answer.
    pub record: Arc<Record>,
    /// The record's words, unless it has none or they were erased.
    pub words: Option<String>,
}

/// Whether an answer is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// The command was decided now.
    Applied,
    /// Its key was used before; this is the outcome it had.
    Replayed,
}

/// A wallet with all that is due settled.
#[derive(Clone, Debug)]
pub struct WalletRead {
    /// The wallet.
    pub wallet: Arc<Wallet>,
    /// The last record the journal had when it was read.
    pub as_of: Seq,
    /// The ledger's time then.
    pub now: Time,
}

/// A record as the journal has it.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// The record.
    pub record: Arc<Record>,
    /// The chain's hash behind it.
    pub hash: Hash,
    /// Its words, unless it has none or they were erased.
    pub words: Option<String>,
}

impl Ledger {
    /// Has a command decided, and waits until what came of it is on disk.
    pub async fn submit(&self, order: ledger::Order) -> Result<Committed, SubmitError> {
        let mut answers = self.submit_each(vec![order]).await;
        answers.pop().unwrap_or(Err(SubmitError::Stopped))
    }

    /// Has commands decided one by one, in order; a refusal stops none of the
    /// others.
    pub async fn submit_each(
        &self,
        orders: Vec<ledger::Order>,
    ) -> Vec<Result<Committed, SubmitError>> {
        let count = orders.len();
        let done = match self.enqueue(Work::Each(orders)).await {
            Ok(done) => done,
            Err(error) => return (0..count).map(|_| Err(error.again())).collect(),
        };
        let mut answers = Vec::with_capacity(count);
        for one in done {
            answers.push(self.answer(one).await);
        }
        answers
    }

    /// Has commands decided all or none; a refusal names the place of its
    /// command.
    pub async fn submit_all(
        &self,
        orders: Vec<ledger::Order>,
    ) -> Result<Vec<Committed>, (usize, SubmitError)> {
        let done = self.enqueue(Work::All(orders)).await.map_err(|error| (0, error))?;
        let mut answers = Vec::with_capacity(done.len());
        for (place, one) in done.into_iter().enumerate() {
            if let Done::RefusedAt(place, refusal) = one {
                return Err((place, SubmitError::Refused { refusal, how: How::Applied }));
            }
            answers.push(self.answer(one).await.map_err(|error| (place, error))?);
        }
        Ok(answers)
    }

    async fn enqueue(&self, work: Work) -> Result<Vec<Done>, SubmitError> {
        if let Some(error) = self.shared.stopped() {
            return Err(error);
        }
        let (reply, answer) = oneshot::channel();
        let waiting = self.queue.admit(Entry { work, reply })?;
        match prefetch::at_hand(&self.shared, waiting) {
            Ok(prepared) => self.committer.put(vec![prepared]),
            Err(waiting) => self.queue.send(waiting)?,
        }
        answer.await.map_err(|_| SubmitError::Stopped)?
    }

    /// What an order is answered with; where that is an earlier record, it is read.
    async fn answer(&self, done: Done) -> Result<Committed, SubmitError> {
        let (how, seq) = match done {
            Done::Applied(record, words) => {
                return Ok(Committed { how: How::Applied, record, words });
            }
            Done::Refused(refusal) | Done::RefusedAt(_, refusal) => {
                return Err(SubmitError::Refused { refusal, how: How::Applied });
            }
            Done::Replayed(seq) => (How::Replayed, seq),
            Done::Settled(seq) => (How::Applied, seq),
        };
        let recorded = self.record(seq).await?.ok_or(SubmitError::Stopped)?;
        let Recorded { record, words, .. } = recorded;
        match record.refusal() {
            Some(refusal) if how == How::Replayed => Err(SubmitError::Refused { refusal, how }),
            _ => Ok(Committed { how, record, words }),
        }
    }

    /// The end of the journal.
    pub fn head(&self) -> Head {
        self.shared.head()
    }

    /// The last record, as it moves on.
    pub fn heads(&self) -> tokio::sync::watch::Receiver<Seq> {
        self.shared.head.subscribe()
    }

    /// The ledger's time.
    pub fn now(&self) -> Result<Time, ledger::ClockJump> {
        self.shared.clock.now()
    }

    /// Moves a test book's clock forward, never back.
    pub fn advance_clock(&self, to: Time) {
        self.shared.clock.advance(to);
    }

    /// An operator says the wall clock is right.
    pub fn confirm_clock(&self) {
        self.shared.clock.confirm();
    }

    /// The book.
    pub fn book(&self) -> &Book {
        &self.shared.book
    }

    /// How it is.
    pub fn health(&self) -> Health {
        self.shared.health(self.queue.waiting())
    }

    /// How large its commits were and how long they took.
    pub fn commits(&self) -> Commits {
        self.shared.commits()
    }

    /// Takes no more, decides what waits, projects it, and ends its tasks.
    pub async fn close(&self) {
        self.queue.close();
        self.shared.closing.cancel();
        self.shared.tasks.close();
        self.shared.tasks.wait().await;
    }
}
