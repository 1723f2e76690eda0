//! A book with a ledger at work, and its proof.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use app::audit::{self, Audit};
use app::consumer::Consumers;
use app::ledger::{self as running, Book, Ledger, TimeSource, create_book};
use app::proof::{Evidence, Proof, Report, Settings, verify};
use ledger::command::{Grant, Open, Spend};
use ledger::{
    Actor, Command, Credits, FORMAT, Mode, Order, Owner, SigningKey, Source, Text, Time, Usage,
    WalletId,
};
use store::{Db, Error, Priority, books};

use crate::home::Home;

/// Noon of 1 November 2026, UTC.
pub(crate) const NOON: Time = Time::from_micros(1_793_534_400_000_000);

/// A clock moved by hand.
#[derive(Default)]
pub(crate) struct Hand(AtomicI64);

impl Hand {
    pub(crate) fn pass(&self, micros: i64) {
        self.0.fetch_add(micros, Ordering::SeqCst);
    }
}

impl TimeSource for Hand {
    fn wall(&self) -> Time {
        NOON.plus(self.monotonic())
    }

    fn monotonic(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// The key every book here is made with.
pub(crate) fn key() -> SigningKey {
    SigningKey::from_seed(&[9; 32])
}

pub(crate) fn book() -> Book {
    Book {
        id: [7; 16],
        mode: Mode::Test,
        fingerprint_secret: [1; 32],
        public_key: key().public().to_bytes(),
    }
}

/// A running ledger and its proof.
pub(crate) struct Bench {
    pub(crate) home: Home,
    pub(crate) hand: Arc<Hand>,
    pub(crate) db: Db,
    pub(crate) ledger: Ledger,
    pub(crate) consumers: Consumers,
    pub(crate) proof: Proof,
    pub(crate) audit: Audit,
}

impl Bench {
    /// A new book.
    pub(crate) async fn start() -> Self {
        let (home, hand) = (Home::fresh().await, Arc::new(Hand::default()));
        let db = home.place.open(NOON).await;
        create(&db, &hand).await;
        Self::run(home, hand, db).await
    }

    /// Goes on with a book.
    pub(crate) async fn resume(home: Home, hand: Arc<Hand>) -> Self {
        let db = home.place.open(NOON).await;
        Self::run(home, hand, db).await
    }

    async fn run(home: Home, hand: Arc<Hand>, db: Db) -> Self {
        let time: Arc<dyn TimeSource> = Arc::<Hand>::clone(&hand);
        let settings = running::Settings { db: db.clone(), book: book(), time, wallets_max: 8 };
        let ledger = Ledger::start(settings).await.unwrap();
        let consumers = Consumers::beside(db.clone(), &ledger);
        let settings = Settings {
            db: db.clone(),
            ledger: ledger.clone(),
            consumers: &consumers,
            key: key(),
            folder: home.witnesses(),
        };
        let proof = Proof::start(settings).await.unwrap();
        let settings =
            audit::Settings { db: db.clone(), ledger: ledger.clone(), consumers: &consumers };
        let audit = Audit::start(settings).await.unwrap();
        Self { home, hand, db, ledger, consumers, proof, audit }
    }

    /// Some spends of a new wallet in which nothing falls due, so that the ledger
    /// adds nothing by itself.
    pub(crate) async fn spend(&self, times: usize) -> WalletId {
        let (owner, unit) = (Owner::User(1), Text::parse("credit").unwrap());
        let open = Order::bare(Actor::System, Command::Open(Open { owner, unit }));
        let wallet = self.ledger.submit(open).await.unwrap().record.wallet.unwrap();
        let amount = Credits::whole(1_000).unwrap();
        let grant = Command::Grant(Grant::plain(wallet, amount, Source::Admin));
        self.ledger.submit(Order::bare(Actor::System, grant)).await.unwrap();
        self.spend_of(wallet, times).await;
        wallet
    }

    /// Spends of a credit each.
    pub(crate) async fn spend_of(&self, wallet: WalletId, times: usize) {
        let amount = Credits::whole(1).unwrap();
        let spend = Command::Spend(Spend { wallet, amount, usage: Usage::default() });
        for command in std::iter::repeat_n(spend, times) {
            self.ledger.submit(Order::bare(Actor::System, command)).await.unwrap();
        }
    }

    /// Ends everything, as a server does.
    pub(crate) async fn close(self) -> (Home, Arc<Hand>) {
        self.audit.close().await.unwrap();
        self.ledger.close().await;
        self.consumers.close().await;
        self.proof.close().await.unwrap();
        self.db.close().await;
        (self.home, self.hand)
    }
}

async fn create(db: &Db, hand: &Hand) {
    let row = books::Book {
        book_id: book().id,
        mode: books::Mode::Test,
        format: i64::from(FORMAT),
        public_key: book().public_key,
        fingerprint_secret: book().fingerprint_secret,
        api_key_secret: [3; 32],
        created_at: NOON,
    };
    let insert = db.write::<_, Error, _>(Priority::Edit, move |tx| {
        Box::pin(async move { tx.exec(books::insert(&row)).await?.expect_one() })
    });
    insert.await.unwrap();
    create_book(db, &book(), hand).await.unwrap();
}

/// Verifies a book with the checkpoints that go with it, as the command does.
pub(crate) async fn verify_home(home: &Home) -> Report {
    verify_with(home, witnesses_of(home)).await
}

/// The checkpoints that go with a book.
pub(crate) fn witnesses_of(home: &Home) -> Evidence {
    Evidence { folder: Some(home.witnesses()), ..Evidence::default() }
}

pub(crate) async fn verify_with(home: &Home, evidence: Evidence) -> Report {
    let db = home.as_tool().await;
    let report = verify(&db, evidence, |_| ()).await.unwrap();
    db.close().await;
    report
}
