//! A new book on a file in a temporary folder, with everything that works on it.

use std::sync::Arc;

use api::Limits;
use app::audit::{self, Audit};
use app::consumer::Consumers;
use app::ledger::{Book, Ledger, Settings, TimeSource, create_book};
use app::proof::{self, Proof};
use app::{App, Auth, Entropy, PasswordCost};
use gateway::stripe::Stripe;
use ledger::{Mode, SigningKey};
use store::{Db, Priority, books};
use tempfile::TempDir;

use super::hands::{Hands, NOON};
use crate::engine::TestDb;

/// What kind of book a test wants, and how its server treats clients.
#[derive(Clone, Debug)]
pub struct TestBook {
    /// Test or live.
    pub mode: Mode,
    /// What the server bears.
    pub limits: Limits,
    /// How people sign in.
    pub auth: Auth,
    /// Who takes payments, if it is not the built-in gateway.
    pub stripe: Option<gateway::stripe::Settings>,
}

/// What a password's hash costs here: next to nothing.
pub(super) const CHEAP: PasswordCost = PasswordCost { memory_kib: 8, passes: 1 };

impl Default for TestBook {
    fn default() -> Self {
        let auth = Auth { password_cost: CHEAP, ..Auth::default() };
        Self { mode: Mode::Test, limits: Limits::default(), auth, stripe: None }
    }
}

/// A book at work. Its folder goes with it.
pub(super) struct Opened {
    pub(super) app: App,
    pub(super) proof: Proof,
    pub(super) audit: Audit,
    pub(super) hands: Arc<Hands>,
    pub(super) db: Db,
    _consumers: Consumers,
    _kept: TestDb,
    _folder: TempDir,
}

impl Opened {
    pub(super) async fn new(kind: TestBook) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let hands = Arc::new(Hands::default());
        let time: Arc<dyn TimeSource> = Arc::<Hands>::clone(&hands);
        let key = SigningKey::from_seed(&[6; 32]);
        let book = Book {
            id: [7; 16],
            mode: kind.mode,
            fingerprint_secret: [1; 32],
            public_key: key.public().to_bytes(),
        };
        let kept = TestDb::fresh(folder.path(), NOON).await;
        let db = kept.db.clone();
        keep(&db, &book).await;
        create_book(&db, &book, &*hands).await.expect("a new book");
        let settings =
            Settings { db: db.clone(), book, time: Arc::clone(&time), wallets_max: 1_000 };
        let ledger = Ledger::start(settings).await.expect("a running ledger");
        let consumers = Consumers::beside(db.clone(), &ledger);
        let proof = Proof::start(proof::Settings {
            db: db.clone(),
            ledger: ledger.clone(),
            consumers: &consumers,
            key,
            folder: folder.path().join("checkpoints"),
        });
        let proof = proof.await.expect("a proof");
        let log = audit::Settings { db: db.clone(), ledger: ledger.clone(), consumers: &consumers };
        let audit = Audit::start(log).await.expect("an audit log");
        let entropy = Entropy::seeded([3; 32]);
        let auth = kind.auth;
        let stripe = kind.stripe.map(|stripe| Stripe::new(stripe).expect("a Stripe"));
        let settings = app::Settings {
            db: db.clone(),
            ledger,
            consumers: &consumers,
            time,
            entropy,
            auth,
            stripe,
        };
        let app = App::open(settings).await.expect("an app");
        app.seed_default_services().await.expect("the default services");
        app.seed_default_offers().await.expect("the default offers");
        app.seed_recurring_jobs().await.expect("the recurring jobs");
        Self { app, proof, audit, hands, db, _consumers: consumers, _kept: kept, _folder: folder }
    }
}

async fn keep(db: &Db, book: &Book) {
    let row = books::Book {
        book_id: book.id,
        mode: match book.mode {
            Mode::Test => books::Mode::Test,
            Mode::Live => books::Mode::Live,
        },
        format: i64::from(ledger::FORMAT),
        public_key: book.public_key,
        fingerprint_secret: book.fingerprint_secret,
        api_key_secret: [5; 32],
        created_at: NOON,
    };
    let write = db.write::<_, store::Error, _>(Priority::Edit, move |tx| {
        Box::pin(async move { tx.exec(books::insert(&row)).await?.expect_one() })
    });
    write.await.expect("the book's row");
}
