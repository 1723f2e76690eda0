//! A running ledger on a database of its own, with a clock that tests
//! turn.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use app::ledger::{Book, Committed, Ledger, Settings, SubmitError, TimeSource, create_book};
use ledger::command::{Authorize, Grant, Open, Spend};
use ledger::{
    Actor, Command, Credits, FORMAT, Fingerprint, HoldId, Mode, OnExpiry, Order, OverCapture,
    Owner, SigningKey, Source, Text, Time, Usage, WalletId,
};
use store::{Db, books};
use tempfile::TempDir;
use testkit::{TestDb, TestPlace};

/// Noon of 1 November 2026, UTC.
pub(crate) const NOON: Time = Time::from_micros(1_793_534_400_000_000);

/// A wall clock and a monotonic one, moved by hand.
pub(crate) struct Hands {
    wall: AtomicI64,
    monotonic: AtomicI64,
}

impl Hands {
    /// Time passes, on both clocks.
    pub(crate) fn pass(&self, micros: i64) {
        self.wall.fetch_add(micros, Ordering::SeqCst);
        self.monotonic.fetch_add(micros, Ordering::SeqCst);
    }

    /// Somebody sets the wall clock.
    pub(crate) fn set_wall(&self, to: Time) {
        self.wall.store(to.micros(), Ordering::SeqCst);
    }
}

impl TimeSource for Hands {
    fn wall(&self) -> Time {
        Time::from_micros(self.wall.load(Ordering::SeqCst))
    }

    fn monotonic(&self) -> i64 {
        self.monotonic.load(Ordering::SeqCst)
    }
}

/// A book on the engine under test, and the ledger that serves it.
pub(crate) struct Bench {
    kept: TestDb,
    _folder: TempDir,
    pub(crate) hands: Arc<Hands>,
    pub(crate) ledger: Ledger,
    wallets_max: usize,
}

impl Bench {
    /// A new book.
    pub(crate) async fn start() -> Self {
        Self::start_with(1_000).await
    }

    /// A new book whose server keeps so many wallets in memory.
    pub(crate) async fn start_with(wallets_max: usize) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let place = TestPlace::fresh(folder.path()).await;
        Self::start_at(folder, place, NOON, wallets_max).await
    }

    /// A new book in a place of its own, begun then.
    pub(crate) async fn start_at(
        folder: TempDir,
        place: TestPlace,
        begin: Time,
        wallets_max: usize,
    ) -> Self {
        let monotonic = AtomicI64::new(0);
        let hands = Arc::new(Hands { wall: AtomicI64::new(begin.micros()), monotonic });
        let kept = TestDb::open(place, begin).await;
        create_book(&kept.db, &book(), &*hands).await.expect("a new book");
        kept.keep_book(row(begin)).await;
        let ledger = run(&kept.db, &hands, wallets_max).await;
        Self { kept, _folder: folder, hands, ledger, wallets_max }
    }

    pub(crate) fn db(&self) -> &Db {
        &self.kept.db
    }

    /// Another server of the same database, with as much memory; none on the embedded
    /// engine, where one has the file.
    pub(crate) async fn beside(&self) -> Option<Ledger> {
        if !self.db().is_shared() {
            return None;
        }
        let db = self.kept.place().open(self.hands.wall()).await;
        Some(run(&db, &self.hands, self.wallets_max).await)
    }

    /// The same database, served by a new ledger.
    pub(crate) async fn restart(self) -> Self {
        self.restart_after("").await
    }

    /// The same, after statements were run on it in between.
    pub(crate) async fn restart_after(mut self, statements: &str) -> Self {
        self.ledger.close().await;
        self.kept.db.close().await;
        self.kept.place().tamper(statements).await;
        self.kept.reopen(self.hands.wall()).await;
        self.ledger = run(&self.kept.db, &self.hands, self.wallets_max).await;
        self
    }

    /// Runs statements on the database behind the ledger's back.
    pub(crate) async fn tamper(&self, statements: &str) {
        self.kept.place().tamper(statements).await;
    }

    /// A wallet of that user with so many credits.
    pub(crate) async fn wallet(&self, user: i64, credits: i64) -> WalletId {
        let unit = Text::parse("credit").expect("a unit");
        let open = Command::Open(Open { owner: Owner::User(user), unit });
        let opened = self.ledger.submit(Order::bare(Actor::System, open)).await.expect("opened");
        let id = opened.record.wallet.expect("its wallet");
        if credits > 0 {
            let grant = Grant::plain(id, whole(credits), Source::Admin);
            self.ledger.submit(order(Command::Grant(grant))).await.expect("granted");
        }
        id
    }

    /// What may be spent now.
    pub(crate) async fn available(&self, id: WalletId) -> Credits {
        let read = self.ledger.wallet(id).await.expect("a wallet");
        read.wallet.available(read.now)
    }
}

async fn run(db: &Db, hands: &Arc<Hands>, wallets_max: usize) -> Ledger {
    let time: Arc<dyn TimeSource> = Arc::<Hands>::clone(hands);
    let settings = Settings { db: db.clone(), book: book(), time, wallets_max };
    Ledger::start(settings).await.expect("a running ledger")
}

fn book() -> Book {
    let public_key = SigningKey::from_seed(&[9; 32]).public().to_bytes();
    Book { id: [7; 16], mode: Mode::Live, fingerprint_secret: [1; 32], public_key }
}

fn row(created_at: Time) -> books::Book {
    let Book { id, fingerprint_secret, public_key, .. } = book();
    let (mode, api_key_secret) = (books::Mode::Live, [3; 32]);
    books::Book {
        book_id: id,
        mode,
        format: i64::from(FORMAT),
        public_key,
        fingerprint_secret,
        api_key_secret,
        created_at,
    }
}

/// So many whole credits.
pub(crate) fn whole(credits: i64) -> Credits {
    Credits::whole(credits).expect("an amount")
}

/// A command of a service.
pub(crate) fn order(command: Command) -> Order {
    Order::bare(Actor::Key(Text::parse("worker").expect("a name")), command)
}

/// The same with a key; its request is told apart by `said`.
pub(crate) fn keyed(key: &str, said: u8, command: Command) -> Order {
    let key = Text::parse(key).expect("a key");
    Order { key: Some((key, Fingerprint([said; 16]))), ..order(command) }
}

/// Spend so many whole credits.
pub(crate) fn spend(wallet: WalletId, credits: i64) -> Command {
    Command::Spend(Spend { wallet, amount: whole(credits), usage: Usage::default() })
}

/// Hold so many whole credits for so many seconds.
pub(crate) fn hold(wallet: WalletId, credits: i64, seconds: i64) -> Command {
    Command::Authorize(Authorize {
        wallet,
        amount: whole(credits),
        usage: Usage::default(),
        expires_in: seconds * Time::SECOND,
        on_expiry: OnExpiry::Release,
        over_capture: OverCapture::Reject,
        parent: None,
    })
}

/// The hold a command placed.
pub(crate) fn hold_of(committed: &Committed) -> HoldId {
    HoldId(committed.record.seq)
}

/// Why it was refused.
pub(crate) fn refusal(result: Result<Committed, SubmitError>) -> ledger::Refusal {
    match result {
        Err(SubmitError::Refused { refusal, .. }) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}
