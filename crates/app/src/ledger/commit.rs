//! The committer: takes what waits, applies it in memory, appends it, and once that is on
//! disk merges and answers. On this server it is the only writer of the journal.
//!
//! It decides as late as it can, where the store is about to write, and a batch on top of
//! the one before, which is still on its way to the disk (ADR 15). What is answered was
//! on disk; what was decided on something that is not, is decided anew.
//!
//! Where other servers write the same journal (ADR 12), an append moves the head from
//! where this server knows it to be, or does nothing. Who loses tries again with the head
//! locked: what the others wrote is folded first. Nothing is said of a wallet, not even
//! that it isn't there, before the head was seen.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use ledger::{Broken, Read as _, WalletId};
use store::{Error, Priority};
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;

use super::decide::{Answer, Decided, done};
use super::desk::{Ask, Begin, Desk, Flight, Look, Seen, refuse};
use super::error::SubmitError;
use super::queue::{Prepared, Waiting};
use super::shared::{Shared, lock};
use super::tail::Floor;

/// How often a server that can't be reached is tried again.
const PAUSE: Duration = Duration::from_millis(100);

/// Decides and commits what is put before it.
pub(super) struct Committer {
    pub(super) shared: Arc<Shared>,
    pub(super) desk: Mutex<Desk>,
    /// Something waits or is under way. Changes with the desk locked.
    at_work: watch::Sender<bool>,
    /// Where batches go that were committed.
    committed: mpsc::UnboundedSender<Committed>,
}

/// A batch to be answered. Their number is bounded by their places.
struct Committed {
    waiting: Vec<Waiting>,
    answers: Vec<Vec<Answer>>,
    sealed: Vec<Arc<ledger::Sealed>>,
}

/// Why a batch was not committed.
pub(super) enum Failure {
    /// It is refused whole; nothing was written.
    Refused,
    Broken(Broken),
    /// What others wrote can't be folded.
    Foreign(&'static str),
    Store(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Store(error)
    }
}

/// What a commit came to.
pub(super) enum Came {
    /// What it decided is on disk.
    Committed,
    /// The same, and the head is known again.
    Caught,
    /// So many of the flights that were in doubt are; the others never will be.
    Settled(usize),
}

impl Committer {
    /// A committer, and what sends its answers.
    pub(super) fn new(shared: Arc<Shared>) -> (Self, impl Future<Output = ()>) {
        let (committed, batches) = mpsc::unbounded_channel();
        // The fence of a head that others move is seen with the head.
        let begin = if shared.db.is_shared() { Begin::Locking } else { Begin::Trusting };
        let closed = shared.committed.clone();
        // A cluster moves the head and inserts behind it by a statement each: what it commits
        // begins with the head locked, always.
        let usual = if shared.db.is_spread() { Begin::Locking } else { Begin::Trusting };
        let desk = Mutex::new(Desk { begin, usual, ..Desk::default() });
        let committer = Self { shared, desk, at_work: watch::Sender::new(false), committed };
        (committer, answer(batches, closed))
    }

    pub(super) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// Has requests decided, as soon as there is room for another commit.
    pub(super) fn put(self: &Arc<Self>, batch: Vec<Prepared>) {
        let late = self.place(|desk| desk.put(batch));
        refuse(late, &SubmitError::Stopped);
    }

    /// Takes no more, and waits until nothing is under way.
    pub(super) async fn close(self: &Arc<Self>) {
        self.place(|desk| desk.is_closed = true);
        self.idle().await;
    }

    /// Waits until the head was seen after now, and what others wrote before it is
    /// in memory. Where there are no others, that is so already.
    pub(super) async fn look(self: &Arc<Self>) -> Result<(), SubmitError> {
        if !self.shared.db.is_shared() {
            return Ok(());
        }
        self.see(None).await.map(drop)
    }

    /// A wallet as it is at the head, which is seen after now.
    pub(super) async fn wallet(self: &Arc<Self>, id: WalletId) -> Result<Seen, SubmitError> {
        self.see(Some(id)).await
    }

    async fn see(self: &Arc<Self>, wallet: Option<WalletId>) -> Result<Seen, SubmitError> {
        let (reply, seen) = oneshot::channel();
        self.place(|desk| desk.looks.push(Look::at(wallet, reply)));
        seen.await.map_err(|_| SubmitError::Stopped)?
    }

    /// Changes the desk, and asks for a commit where there is something to commit.
    pub(super) fn place<T>(self: &Arc<Self>, change: impl FnOnce(&mut Desk) -> T) -> T {
        let (changed, ask) = {
            let mut desk = lock(&self.desk);
            let changed = change(&mut desk);
            let ask = desk.ask();
            let at_work = !desk.is_idle();
            self.at_work.send_if_modified(|was| std::mem::replace(was, at_work) != at_work);
            (changed, ask)
        };
        let (number, asked) = match ask {
            None => return changed,
            Some(Ask::Append(number)) => (number, self.append(number)),
            Some(Ask::Transaction(number)) => (number, self.transact(number)),
        };
        if let Err(error) = asked {
            self.end(number, Err(Failure::Store(error)));
        }
        changed
    }

    /// Goes on after a moment.
    pub(super) fn pause(self: &Arc<Self>) {
        let this = Arc::clone(self);
        self.shared.tasks.spawn(async move {
            tokio::time::sleep(PAUSE).await;
            this.place(|desk| desk.is_paused = false);
        });
    }

    async fn idle(&self) {
        // The sender lives as long as this.
        let _ = self.at_work.subscribe().wait_for(|at_work| !at_work).await;
    }

    fn append(self: &Arc<Self>, number: u64) -> Result<(), Error> {
        let (preparing, writing, ending) = (Arc::clone(self), Arc::clone(self), Arc::clone(self));
        self.shared.db.append(
            move || preparing.prepare(number),
            move || writing.place(|desk| desk.is_written(number)),
            move |done| {
                ending.end(number, done.map(|()| Came::Committed).map_err(Failure::Store));
            },
        )
    }

    fn transact(self: &Arc<Self>, number: u64) -> Result<(), Error> {
        let (deciding, ending) = (Arc::clone(self), Arc::clone(self));
        self.shared.db.submit::<_, Failure, _, _>(
            Priority::Append,
            move |tx| Box::pin(async move { deciding.work(tx, number).await }),
            move |done| ending.end(number, done),
        )
    }

    /// Sends what was committed to be answered.
    pub(super) fn answer(self: &Arc<Self>, flight: Flight) {
        let Flight { batch, looks, decided: Decided { sealed, answers, .. }, began, .. } = flight;
        self.shared.count(sealed.len(), began);
        // What was looked at stayed in memory until it was merged.
        let (waiting, floors): (Vec<Waiting>, Vec<Arc<Floor>>) =
            batch.into_iter().map(|prepared| (prepared.waiting, prepared.floor)).unzip();
        drop(floors);
        if !waiting.is_empty() {
            // Its receiver lives as long as this.
            let _ = self.committed.send(Committed { waiting, answers, sealed });
        }
        let again = self.show(looks);
        if !again.is_empty() {
            self.place(|desk| desk.looks.extend(again));
        }
    }

    /// Answers who only looked, but those whose wallet is in memory no more, though there is
    /// one.
    fn show(&self, looks: Vec<Look>) -> Vec<Look> {
        if looks.is_empty() {
            return looks;
        }
        let working = self.shared.working();
        let mut again = Vec::new();
        for look in looks {
            let wallet = look.wallet.and_then(|id| working.wallet(id).cloned());
            if look.wallet.is_some() && wallet.is_none() && !look.is_absent {
                again.push(look);
                continue;
            }
            // Who asked may be gone.
            let _ = look.reply.send(Ok(Seen { as_of: working.head().seq, wallet }));
        }
        again
    }
}

/// Answers what is committed. Waking who asked from where requests are read is
/// several times cheaper than from the thread that writes.
async fn answer(mut batches: mpsc::UnboundedReceiver<Committed>, closed: CancellationToken) {
    loop {
        let batch = tokio::select! {
            biased;
            batch = batches.recv() => batch,
            () = closed.cancelled() => batches.try_recv().ok(),
        };
        let Some(Committed { waiting, answers, sealed }) = batch else { return };
        for (waiting, answers) in waiting.into_iter().zip(answers) {
            let done = answers.into_iter().map(|answer| done(answer, &sealed)).collect();
            let (entry, place) = waiting.into_parts();
            // Who asked may be gone; what they asked for is done.
            let _ = entry.reply.send(Ok(done));
            drop(place);
        }
    }
}
