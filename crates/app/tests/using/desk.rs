//! A running app on a file in a temporary folder, with a clock that tests turn.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use app::audit::{self, Audit};
use app::consumer::Consumers;
use app::ledger::{Book, Ledger, Settings as LedgerSettings, TimeSource, create_book};
use app::{
    Act, App, Auth, Authority, Caller, Charge, Directory, Entropy, Error, GrantRequest,
    GrantRequestTerms, HoldRequest, HoldRequestTerms, NewUser, Particulars, Settings, SpendRequest,
    Whose,
};
use domain::{
    Actor, Credits, Description, Dimension, Email, IdempotencyKey, Mode, Quantities, Role, Scopes,
    ServiceKey, Source, Text, Time, UserId,
};
use gateway::stripe::Stripe;
use store::{Db, books};
use tempfile::TempDir;
use testkit::TestDb;

/// Noon of 1 November 2026, UTC.
pub(crate) const NOON: Time = Time::from_micros(1_793_534_400_000_000);

/// A wall clock and a monotonic one, moved together.
pub(crate) struct Hands(AtomicI64);

impl Hands {
    /// Time passes.
    pub(crate) fn pass(&self, micros: i64) {
        self.0.fetch_add(micros, Ordering::SeqCst);
    }
}

impl TimeSource for Hands {
    fn wall(&self) -> Time {
        NOON.plus(self.monotonic())
    }

    fn monotonic(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// A book on a file, and the app that serves it.
pub(crate) struct Desk {
    pub(crate) app: App,
    pub(crate) audit: Audit,
    pub(crate) hands: Arc<Hands>,
    pub(crate) db: Db,
    _consumers: Consumers,
    _kept: TestDb,
    _folder: TempDir,
}

impl Desk {
    /// A new test book with the default services.
    pub(crate) async fn open() -> Self {
        Self::open_paid_by(None).await
    }

    /// The same, whose payments Stripe takes.
    pub(crate) async fn open_paid_by(stripe: Option<Stripe>) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let hands = Arc::new(Hands(AtomicI64::new(0)));
        let kept = TestDb::fresh(folder.path(), NOON).await;
        let db = kept.db.clone();
        create_book(&db, &book(), &*hands).await.expect("a new book");
        kept.keep_book(row()).await;
        let time: Arc<dyn TimeSource> = Arc::<Hands>::clone(&hands);
        let settings = LedgerSettings {
            db: db.clone(),
            book: book(),
            time: Arc::clone(&time),
            wallets_max: 1_000,
        };
        let ledger = Ledger::start(settings).await.expect("a running ledger");
        let consumers = Consumers::beside(db.clone(), &ledger);
        let log = audit::Settings { db: db.clone(), ledger: ledger.clone(), consumers: &consumers };
        let audit = Audit::start(log).await.expect("an audit log");
        let entropy = Entropy::seeded([3; 32]);
        let consumers = Consumers::beside(db.clone(), &ledger);
        let auth = Auth::default();
        let settings =
            Settings { db: db.clone(), ledger, consumers: &consumers, time, entropy, auth, stripe };
        let app = App::open(settings).await;
        let app = app.expect("an app");
        app.seed_default_services().await.expect("the default services");
        app.seed_default_offers().await.expect("the default offers");
        Self { app, audit, hands, db, _consumers: consumers, _kept: kept, _folder: folder }
    }

    /// A customer with so many credits.
    pub(crate) async fn customer(&self, name: &str, credits: &str) -> UserId {
        let new = new_user(name, None);
        let made = self.app.create_user(&Caller::SYSTEM, None, new).await.expect("a user");
        if credits != "0" {
            self.grant(made.value.id, credits, GrantRequestTerms::default()).await;
        }
        made.value.id
    }

    /// Gives somebody credits.
    pub(crate) async fn grant(
        &self,
        user: UserId,
        credits: &str,
        terms: GrantRequestTerms,
    ) -> app::GrantView {
        let request = GrantRequest {
            whose: Whose::User(user),
            amount: amount(credits),
            source: Source::Admin,
            description: Description::parse("for a test").expect("a description"),
            terms,
        };
        self.app.grant(&Caller::SYSTEM, None, request).await.expect("a grant").value
    }

    /// Another process on the same file, without a ledger.
    pub(crate) async fn elsewhere(&self) -> Directory {
        Directory::open(self.db.clone(), Entropy::seeded([4; 32])).await.expect("a directory")
    }
}

fn book() -> Book {
    Book { id: [7; 16], mode: Mode::Test, fingerprint_secret: [1; 32], public_key: [2; 32] }
}

fn row() -> books::Book {
    let Book { id, fingerprint_secret, public_key, .. } = book();
    books::Book {
        book_id: id,
        mode: books::Mode::Test,
        format: 1,
        public_key,
        fingerprint_secret,
        api_key_secret: [5; 32],
        created_at: NOON,
    }
}

/// An amount of credits.
pub(crate) fn amount(credits: &str) -> Credits {
    credits.parse().expect("an amount")
}

/// A text.
pub(crate) fn text(text: &str) -> Text {
    Text::parse(text).expect("a text")
}

/// An idempotency key.
pub(crate) fn key(word: &str) -> IdempotencyKey {
    IdempotencyKey::parse(word).expect("a key")
}

/// Who calls with a key of those scopes.
pub(crate) fn program(name: &str, scopes: &str) -> Caller {
    let scopes = Scopes::parse(scopes).expect("scopes");
    Caller { authority: Authority::Key { name: text(name), scopes }, request: None }
}

/// A person who calls.
pub(crate) fn person(id: UserId, role: Role) -> Caller {
    Caller { authority: Authority::User { id, role }, request: None }
}

/// Somebody beside the ledger.
pub(crate) fn act() -> Act {
    Act { actor: Actor::System, request: None, at: NOON }
}

/// A customer to be made.
pub(crate) fn new_user(name: &str, external_id: Option<&str>) -> NewUser {
    NewUser {
        email: Email::parse(&format!("{name}@example.com")).expect("an address"),
        name: text(name),
        role: Role::Customer,
        external_id: external_id.map(text),
        password_hash: None,
    }
}

/// Quantities of a service.
pub(crate) fn quantities(pairs: &[(&str, &str)]) -> Quantities {
    let parse = |(dimension, quantity): &(&str, &str)| {
        let dimension = Dimension::parse(dimension).expect("a dimension");
        (dimension, quantity.parse().expect("a quantity"))
    };
    Quantities::parse(pairs.iter().map(parse)).expect("quantities")
}

/// The key of a service.
pub(crate) fn service(key: &str) -> ServiceKey {
    ServiceKey::parse(key).expect("a service")
}

/// So many requests of a service.
pub(crate) fn requests(of: &str, count: &str) -> Charge {
    Charge::Quantities { service: service(of), quantities: quantities(&[("requests", count)]) }
}

/// Plainly so much.
pub(crate) fn plain(credits: &str) -> Charge {
    Charge::Amount { amount: amount(credits), service: None }
}

/// A spend of somebody's credits.
pub(crate) fn spend(user: UserId, charge: Charge) -> SpendRequest {
    SpendRequest { whose: Whose::User(user), charge, particulars: Particulars::default() }
}

/// A hold on somebody's credits.
pub(crate) fn hold(user: UserId, charge: Charge) -> HoldRequest {
    HoldRequest {
        whose: Whose::User(user),
        charge,
        particulars: Particulars::default(),
        terms: HoldRequestTerms::default(),
    }
}

/// Where a request was invalid.
pub(crate) fn pointer<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    match result {
        Err(Error::Invalid(fields)) => fields.into_iter().map(|field| field.pointer).collect(),
        other => panic!("not invalid: {other:?}"),
    }
}
