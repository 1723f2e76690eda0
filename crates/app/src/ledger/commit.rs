//! The committer: takes what waits, applies it in memory, appends it with one
//! fsync, merges, answers. On this server it is the only writer of the journal.
//!
//! It works where the store writes: a commit asks for the next one before it
//! ends, so that between two of them nobody has to be woken (ADR 9), and what
//! comes while one is synced is in the next.
//!
//! Where other servers write the same journal (ADR 12), an append moves the head
//! from where this server knows it to be, or does nothing. Who loses tries again
//! with the head locked: what the others wrote is folded first. Nothing is said
//! of a wallet, not even that it isn't there, before the head was seen.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use ledger::{Broken, Read as _, Seq, WalletId};
use store::{Error, Priority, Tx, journal};
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;

use super::decide::{Answer, Decided, decide, done};
use super::desk::{AtWork, Begin, Desk, Look, Seen, refuse, refuse_looks};
use super::error::SubmitError;
use super::others;
use super::queue::{Prepared, Waiting};
use super::shared::{Floor, Shared, lock};

/// The most orders of one commit, except that one request is never split.
const BATCH_MAX: usize = 1_024;
/// How often a server that can't be reached is tried again...
const PAUSE: Duration = Duration::from_millis(100);
/// ... and how often, until those who wait are told so: about ten seconds.
const TRIES_MAX: u32 = 100;

/// Decides and commits what is put before it.
pub(super) struct Committer {
    shared: Arc<Shared>,
    desk: Mutex<Desk>,
    /// A commit is asked for that takes what waits, or one is at work that will
    /// ask. Changes with the desk locked.
    asked: watch::Sender<bool>,
    at_work: Mutex<AtWork>,
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
enum Came {
    /// What was decided is on disk.
    Committed,
    /// Settling found that the commit before did not happen.
    Not,
}

impl Committer {
    /// A committer, and what sends its answers.
    pub(super) fn new(shared: Arc<Shared>) -> (Self, impl Future<Output = ()>) {
        let (committed, batches) = mpsc::unbounded_channel();
        let committer = Self {
            shared,
            desk: Mutex::default(),
            asked: watch::Sender::new(false),
            at_work: Mutex::default(),
            committed,
        };
        let closed = committer.shared.committed.clone();
        (committer, answer(batches, closed))
    }

    pub(super) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// Has requests decided, as soon as the commit at work is done.
    pub(super) fn put(self: &Arc<Self>, batch: Vec<Prepared>) {
        self.place(|desk| desk.batch.extend(batch));
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
        self.place(|desk| desk.looks.push(Look { wallet, reply }));
        seen.await.map_err(|_| SubmitError::Stopped)?
    }

    fn place(self: &Arc<Self>, place: impl FnOnce(&mut Desk)) {
        let ask = {
            let mut desk = lock(&self.desk);
            place(&mut desk);
            !desk.is_empty() && !self.asked.send_replace(true)
        };
        if ask {
            self.ask();
        }
    }

    /// Waits until nothing is under way.
    pub(super) async fn idle(&self) {
        // The sender lives as long as this.
        let _ = self.asked.subscribe().wait_for(|asked| !asked).await;
    }

    fn ask(self: &Arc<Self>) {
        let (deciding, settling) = (Arc::clone(self), Arc::clone(self));
        let asked = self.shared.db.submit::<_, Failure, _, _>(
            Priority::Append,
            move |tx| Box::pin(async move { deciding.work(tx).await }),
            move |done| settling.settle(done),
        );
        if let Err(error) = asked {
            self.shared.fail(&format!("an append can't be asked for: {error}"));
            lock(&self.desk).refuse(&SubmitError::Stopped);
            self.asked.send_replace(false);
        }
    }

    /// A commit's transaction.
    async fn work(&self, tx: &mut Tx) -> Result<Came, Failure> {
        let begin = lock(&self.desk).begin;
        if begin == Begin::Settling {
            return self.find_out(tx).await;
        }
        self.take(self.shared.clock.monotonic());
        let head = self.shared.head();
        let unseen = self.unseen();
        if begin == Begin::Locking || !unseen.is_empty() || self.is_ahead(head.seq) {
            if journal::lock_head(tx).await?.seq != head.seq {
                others::catch_up(&self.shared, tx).await?;
            }
            // What is loaded is not ahead of the head while that is locked.
            others::admit(&self.shared, tx, unseen).await?;
        }
        let sealed = self.decide()?;
        match sealed {
            Some((head, sealed)) => journal::append(tx, head, &sealed).await?,
            None => self.see_head(tx).await?,
        }
        Ok(Came::Committed)
    }

    /// Takes what waits, unless there is some left of a commit that failed.
    fn take(&self, began: i64) {
        let mut desk = lock(&self.desk);
        let mut at_work = lock(&self.at_work);
        at_work.began = began;
        let mut count = 0;
        while count < BATCH_MAX
            && let Some(prepared) = desk.batch.pop_front()
        {
            count += prepared.waiting.entry.work.orders().len();
            at_work.batch.push(prepared);
        }
        at_work.looks.append(&mut desk.looks);
    }

    /// Something was loaded that this server's head does not have yet.
    fn is_ahead(&self, head: Seq) -> bool {
        let at_work = lock(&self.at_work);
        let facts = at_work.batch.iter().flat_map(|prepared| &prepared.facts);
        facts.map(|facts| facts.seq).any(|seq| seq > head)
    }

    /// Wallets that somebody wants to see and memory lacks.
    fn unseen(&self) -> Vec<WalletId> {
        let at_work = lock(&self.at_work);
        let working = self.shared.working();
        let wanted = at_work.looks.iter().filter_map(|look| look.wallet);
        wanted.filter(|id| working.wallet(*id).is_none()).collect()
    }

    /// Applies what was taken. The records to append, if there are any, and what
    /// they follow.
    #[expect(clippy::type_complexity, reason = "a head and records, read where it is called")]
    fn decide(&self) -> Result<Option<(ledger::Head, Vec<Arc<ledger::Sealed>>)>, Failure> {
        let mut at_work = lock(&self.at_work);
        if at_work.batch.is_empty() {
            return Ok(None);
        }
        let now = match self.shared.stopped() {
            Some(error) => Err(error),
            None => self.shared.clock.now().map_err(SubmitError::from),
        };
        let now = match now {
            Ok(now) => now,
            Err(error) => {
                refuse(at_work.batch.drain(..), &error);
                return if at_work.looks.is_empty() { Err(Failure::Refused) } else { Ok(None) };
            }
        };
        let (head, decided) = decide(&self.shared, now, &at_work.batch).map_err(Failure::Broken)?;
        let sealed = decided.sealed.clone();
        at_work.decided = Some(decided);
        Ok((!sealed.is_empty()).then_some((head, sealed)))
    }

    /// What writes nothing is said only while the head is where it was.
    async fn see_head(&self, tx: &mut Tx) -> Result<(), Failure> {
        if self.shared.db.is_shared()
            && journal::head(tx).await?.map(|head| head.seq) != Some(self.shared.head().seq)
        {
            return Err(Failure::Store(Error::HeadMoved));
        }
        Ok(())
    }

    /// Whether the commit before happened: with the head locked the journal tells,
    /// and this transaction's own COMMIT that its server is still the one.
    async fn find_out(&self, tx: &mut Tx) -> Result<Came, Failure> {
        journal::lock_head(tx).await?;
        let last = lock(&self.at_work).decided.as_ref().and_then(|one| one.sealed.last().cloned());
        let Some(last) = last else { return Ok(Came::Not) };
        let found = others::hash_at(tx, &last.record).await?;
        Ok(if found == Some(last.hash) { Came::Committed } else { Came::Not })
    }

    /// Merges and answers once the append is known, and asks for the next one.
    fn settle(self: &Arc<Self>, done: Result<Came, Failure>) {
        let pause = match done {
            Ok(Came::Committed) => self.keep(),
            Ok(Came::Not) => self.again(Begin::Locking),
            Err(Failure::Refused) => false,
            Err(Failure::Broken(broken)) => self.stop(&broken.to_string()),
            Err(Failure::Foreign(why)) => self.stop(why),
            Err(Failure::Store(error)) => self.mend(&error),
        };
        let ask = {
            let desk = lock(&self.desk);
            let ask = !desk.is_empty() || desk.begin == Begin::Settling;
            self.asked.send_replace(ask);
            ask
        };
        if ask && pause {
            let this = Arc::clone(self);
            self.shared.tasks.spawn(async move {
                tokio::time::sleep(PAUSE).await;
                this.ask();
            });
        } else if ask {
            self.ask();
        }
    }

    /// What a failed append means. Whether to wait before the next.
    fn mend(&self, error: &Error) -> bool {
        let is_shared = self.shared.db.is_shared();
        match error {
            Error::HeadMoved if is_shared => self.again(Begin::Locking),
            Error::CommitUnknown(_) if is_shared => self.doubt(),
            Error::Lost(_) | Error::Busy if is_shared => self.try_again(),
            Error::Busy => {
                self.refuse_all(&SubmitError::Overloaded);
                false
            }
            error => self.stop(&format!("an append failed: {error}")),
        }
    }

    /// Puts what was taken back to be decided anew.
    fn again(&self, begin: Begin) -> bool {
        let AtWork { batch, looks, .. } = std::mem::take(&mut *lock(&self.at_work));
        let mut desk = lock(&self.desk);
        desk.begin = begin;
        for prepared in batch.into_iter().rev() {
            desk.batch.push_front(prepared);
        }
        desk.looks.extend(looks);
        false
    }

    /// The server is away. Nothing was written, or it is not known yet.
    fn try_again(&self) -> bool {
        let (tries, begin) = {
            let mut desk = lock(&self.desk);
            desk.tries += 1;
            (desk.tries, desk.begin)
        };
        if self.shared.closing.is_cancelled() {
            return self.stop("the database went away while the server closed");
        }
        if begin == Begin::Settling {
            return true;
        }
        self.again(Begin::Locking);
        if tries >= TRIES_MAX {
            lock(&self.desk).refuse(&SubmitError::Overloaded);
        }
        true
    }

    /// The COMMIT may have happened: the head will tell.
    fn doubt(&self) -> bool {
        let has_records =
            lock(&self.at_work).decided.as_ref().is_some_and(|one| !one.sealed.is_empty());
        if !has_records && lock(&self.desk).begin != Begin::Settling {
            return self.again(Begin::Locking);
        }
        tracing::warn!("ledger.commit_unknown");
        lock(&self.desk).begin = Begin::Settling;
        true
    }

    fn stop(&self, why: &str) -> bool {
        self.shared.fail(why);
        self.refuse_all(&SubmitError::Stopped);
        lock(&self.desk).begin = Begin::Trusting;
        false
    }

    fn refuse_all(&self, error: &SubmitError) {
        let AtWork { batch, looks, .. } = std::mem::take(&mut *lock(&self.at_work));
        refuse(batch, error);
        refuse_looks(looks, error);
        // A transaction that could not begin has taken nothing.
        lock(&self.desk).refuse(error);
    }

    fn keep(&self) -> bool {
        let AtWork { batch, looks, decided, began } = std::mem::take(&mut *lock(&self.at_work));
        {
            let mut desk = lock(&self.desk);
            desk.begin = Begin::Trusting;
            desk.tries = 0;
        }
        if let Some(decided) = decided {
            self.merge(batch, decided, began);
        }
        let working = self.shared.working();
        for look in looks {
            let wallet = look.wallet.and_then(|id| working.wallet(id).cloned());
            // Who asked may be gone.
            let _ = look.reply.send(Ok(Seen { as_of: working.head().seq, wallet }));
        }
        false
    }

    fn merge(&self, batch: Vec<Prepared>, decided: Decided, began: i64) {
        let Decided { delta, sealed, wallets, answers } = decided;
        self.shared.merge(delta, wallets);
        self.shared.count(sealed.len(), began);
        self.shared.keep(sealed.iter().cloned());
        // What was looked at stayed in memory until it was merged.
        let (waiting, floors): (Vec<Waiting>, Vec<Arc<Floor>>) =
            batch.into_iter().map(|prepared| (prepared.waiting, prepared.floor)).unzip();
        drop(floors);
        // Its receiver lives as long as this.
        let _ = self.committed.send(Committed { waiting, answers, sealed });
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
