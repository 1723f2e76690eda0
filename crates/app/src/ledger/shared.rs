//! What the ledger's tasks and readers share: committed state, the tail, and
//! how far the journal and its projections have come.

use std::collections::hash_map;
use std::sync::RwLockWriteGuard;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

use ledger::{Delta, Head, KeyFilter, KeyId, Mode, Read, Sealed, Seq, Wallet, WalletId, Working};
use store::Db;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::error::SubmitError;
use super::tail::{Floor, Tail};
use super::tally::Commits;
use super::time::SharedClock;

/// Records that are forgotten at a time: a tenth of a millisecond or two.
const FORGOTTEN_AT_A_TIME: usize = 256;
/// The most that are, where a commit brings fewer.
const FORGOTTEN_MAX: usize = 2_048;

/// The book a server keeps.
#[derive(Clone, Debug)]
pub struct Book {
    /// Its id.
    pub id: [u8; 16],
    /// Test or live, for ever.
    pub mode: Mode,
    /// The key fingerprints are made with.
    pub fingerprint_secret: [u8; 32],
    /// The key that verifies its checkpoints.
    pub public_key: [u8; 32],
}

/// How the ledger is.
#[derive(Clone, Debug)]
pub struct Health {
    /// Why it stopped, if it did.
    pub stopped: Option<String>,
    /// The wall clock was set.
    pub clock: Result<(), ledger::ClockJump>,
    /// The last record.
    pub head: Seq,
    /// The last record the projections have.
    pub projected: Seq,
    /// Orders that wait or are being decided.
    pub waiting: usize,
    /// Wallets in memory.
    pub wallets: usize,
    /// Records appended since the start.
    pub records: u64,
    /// Commits since the start.
    pub commits: u64,
}

pub(super) struct Shared {
    pub(super) db: Db,
    pub(super) book: Book,
    pub(super) clock: SharedClock,
    pub(super) tasks: TaskTracker,
    /// The server closes: nothing new is taken.
    pub(super) closing: CancellationToken,
    /// The committer has ended: there will be no more records.
    pub(super) committed: CancellationToken,
    pub(super) head: watch::Sender<Seq>,
    pub(super) projected: watch::Sender<Seq>,
    /// Who waits for the projections to reach a record: they hurry then.
    pub(super) wanted: watch::Sender<Seq>,
    pub(super) tail: Tail,
    pub(super) wallets_max: usize,
    working: RwLock<Working>,
    /// Wallets that memory has let go of, and that are not dropped yet.
    unused: Mutex<hash_map::IntoIter<WalletId, Arc<Wallet>>>,
    keys: RwLock<Keys>,
    stop: OnceLock<String>,
    counts: Mutex<(u64, u64)>,
    commits: Mutex<Commits>,
}

/// The keys that were used, as far as memory tells new ones from them.
#[derive(Default)]
struct Keys {
    filter: KeyFilter,
    /// Those of before the start are in it too.
    is_whole: bool,
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub(super) fn new(
        db: Db,
        book: Book,
        clock: SharedClock,
        head: Head,
        wallets_max: usize,
    ) -> Self {
        Self {
            db,
            book,
            clock,
            tasks: TaskTracker::new(),
            closing: CancellationToken::new(),
            committed: CancellationToken::new(),
            head: watch::Sender::new(head.seq),
            projected: watch::Sender::new(head.seq),
            wanted: watch::Sender::new(Seq::ZERO),
            wallets_max,
            working: RwLock::new(Working::new(head)),
            unused: Mutex::default(),
            keys: RwLock::default(),
            tail: Tail::default(),
            stop: OnceLock::new(),
            counts: Mutex::new((0, 0)),
            commits: Mutex::new(Commits::none()),
        }
    }

    pub(super) fn working(&self) -> RwLockReadGuard<'_, Working> {
        self.working.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn working_mut(&self) -> RwLockWriteGuard<'_, Working> {
        self.working.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn head(&self) -> Head {
        self.working().head()
    }

    /// Where the journal ends once all that is being committed is.
    pub(super) fn tip(&self) -> Head {
        self.working().tip()
    }

    /// Takes over what is committed: the oldest batch that was expected to be, and what
    /// was loaded for it.
    pub(super) fn confirm(&self, loaded: Vec<Arc<Wallet>>) {
        self.note_keys(self.working().expected().into_iter().flat_map(Delta::keys));
        let mut working = self.working_mut();
        working.confirm();
        for wallet in loaded {
            working.admit(wallet);
        }
        let head = working.head();
        drop(working);
        self.head.send_if_modified(|seq| std::mem::replace(seq, head.seq) != head.seq);
    }

    /// Notes used keys.
    pub(super) fn note_keys(&self, used: impl IntoIterator<Item = KeyId>) {
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        for key in used {
            keys.filter.insert(key);
        }
    }

    /// Every key used before is noted: from now on a new one is known as new.
    pub(super) fn know_keys(&self) {
        self.keys.write().unwrap_or_else(PoisonError::into_inner).is_whole = true;
    }

    /// Whether a key has to be looked for. One that is committed meanwhile is in
    /// memory while a floor from before is kept.
    pub(super) fn may_be_used(&self, key: KeyId) -> bool {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        !keys.is_whole || keys.filter.may_contain(key)
    }

    /// From now on nothing after the projected record is forgotten.
    pub(super) fn floor(&self) -> Arc<Floor> {
        self.tail.floor(&self.projected)
    }

    /// Keeps what was committed, and forgets some of what nobody needs any more.
    pub(super) fn keep(&self, sealed: impl IntoIterator<Item = Arc<Sealed>>) {
        let count = self.tail.keep(sealed);
        // More than came, however many that are, so that it gets less.
        let most = FORGOTTEN_MAX.max(count.saturating_add(count / 8));
        self.forget(count.saturating_mul(2).clamp(FORGOTTEN_AT_A_TIME, most));
    }

    /// Forgets all that nobody needs any more, where no next commit would: of a large chunk
    /// that is much, so everyone else has their turn between two pieces.
    pub(super) async fn forget_all(&self) {
        while self.forget(FORGOTTEN_AT_A_TIME) {
            tokio::task::yield_now().await;
        }
    }

    /// Lets go of some wallets where memory has too many of them: who reads brings some too,
    /// and no commit may follow.
    pub(super) fn let_go(&self) {
        if self.is_full(&self.working()) {
            self.forget(FORGOTTEN_AT_A_TIME);
        }
    }

    /// So many wallets are in use that those which are not have to go.
    fn is_full(&self, working: &Working) -> bool {
        working.used() > self.wallets_max / 2
    }

    /// Forgets so many records at most, oldest first, and wallets; whether there may be more.
    fn forget(&self, most: usize) -> bool {
        let dropped = lock(&self.unused).by_ref().take(most).count();
        let forgettable = self.tail.forgettable(&self.projected);
        let gone = self.tail.take(forgettable, most);
        if gone.is_empty() && !self.is_full(&self.working()) {
            return dropped == most;
        }
        let mut working = self.working_mut();
        for sealed in &gone {
            working.forget(&sealed.record);
        }
        if self.is_full(&working) {
            let unused = working.rotate(forgettable);
            drop(working);
            // None where the last ones are not in the tables yet.
            if !unused.is_empty() {
                *lock(&self.unused) = unused.into_iter();
            }
        }
        dropped.max(gone.len()) == most
    }

    /// Counts a commit of so many records that began when the monotonic clock
    /// said so.
    pub(super) fn count(&self, records: usize, began: i64) {
        if records == 0 {
            return;
        }
        let micros = self.clock.monotonic().saturating_sub(began);
        let took = Duration::from_micros(u64::try_from(micros).unwrap_or_default());
        lock(&self.commits).count(records, took);
        let mut counts = lock(&self.counts);
        counts.0 += u64::try_from(records).unwrap_or_default();
        counts.1 += 1;
    }

    pub(super) fn commits(&self) -> Commits {
        lock(&self.commits).clone()
    }

    /// Stops the ledger for good: what is on disk is the truth, and only a
    /// restart reads it again.
    pub(super) fn fail(&self, why: &str) {
        if self.stop.set(why.to_owned()).is_ok() {
            tracing::error!(reason = why, "ledger.stopped");
        }
    }

    pub(super) fn stopped(&self) -> Option<SubmitError> {
        self.stop.get().map(|_| SubmitError::Stopped)
    }

    pub(super) fn health(&self, waiting: usize) -> Health {
        let (records, commits) = *lock(&self.counts);
        Health {
            // What stopped the file may have been asked for by others.
            stopped: self.stop.get().cloned().or_else(|| self.db.stopped()),
            clock: self.clock.now().map(drop),
            head: *self.head.borrow(),
            projected: *self.projected.borrow(),
            waiting,
            wallets: self.working().wallets().saturating_add(lock(&self.unused).len()),
            records,
            commits,
        }
    }
}
