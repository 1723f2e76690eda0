//! Use cases: what the product does, one module a noun, one function a verb.
//!
//! A use case checks who asks, prices, has the ledger decide, and shows what
//! came of it. This crate must not know HTTP, wire formats or status codes.

mod api_keys;
mod attempts;
pub mod audit;
mod balances;
mod batch;
mod books;
mod callers;
mod charge;
mod clock;
pub mod consumer;
pub mod copying;
mod corrections;
mod customers;
mod directory;
mod entropy;
mod error;
pub mod figures;
mod fingerprint;
mod grants;
mod holds;
mod issuer;
pub mod jobs;
pub mod ledger;
pub mod mails;
mod metadata;
mod offers;
mod packages;
mod page;
mod passwords;
mod prepared;
mod prices;
mod promotions;
pub mod proof;
mod purchases;
mod quotes;
mod rates;
mod requests;
mod reversals;
mod services;
mod sessions;
mod spends;
mod standings;
mod statuses;
mod stripe;
mod subscriptions;
mod summaries;
mod tags;
mod top_ups;
mod transactions;
mod users;
mod wallets;
mod words;

use std::sync::Arc;

use domain::Mode;
use gateway::stripe::Stripe;
use gateway::{Payments, TestGateway};
use store::{Db, Query, Tx, Work};

pub use api_keys::NewApiKey;
pub use attempts::Guessed;
pub use balances::{BalanceRequest, BalanceView, Expiring, Present};
pub use batch::{BatchMode, BatchOp, BatchOperation, BatchRequest, BatchResult, BatchValue};
pub use books::Exported;
pub use callers::{AuthError, Authority, Caller, is_session};
pub use charge::{CaptureCharge, Charge, Particulars};
pub use corrections::{Correction, CorrectionRequest};
pub use directory::{Act, Directory};
pub use entropy::Entropy;
pub use error::{Cause, Error, Invalid, SignInError};
pub use gateway::CardSetup;
pub use grants::{GrantRequest, GrantRequestTerms, GrantView};
pub use holds::{CaptureRequest, Captured, ExtendRequest, HoldRequest, HoldRequestTerms, HoldView};
pub use issuer::{Issuer, IssuerError, IssuerKeys, IssuerSettings};
pub use metadata::Metadata;
pub use packages::{NewPackage, PackagePatch, PackageView};
pub use page::{Listed, Page};
pub use passwords::{GivenPassword, Password, PasswordCost};
pub use prepared::Answer;
pub use promotions::{
    PromotionPatch, PromotionView, RedeemRequest, Redeemed, RedemptionState, RedemptionView,
};
pub use purchases::{
    Breakdown, Hindrance, PageUrls, PaymentNeeded, PaymentRequest, PurchaseAsk, PurchaseOffer,
    PurchaseQuote, PurchaseRequest, PurchaseState, PurchaseView, Receipt, TestPaymentAct,
};
pub use quotes::{Quote, QuoteRequest};
pub use rates::{NewRates, RateView, RatesVersion};
pub use reversals::{RefundOf, RefundRefusal, RefundRequest, ReversalView, Synced};
pub use services::{NewPrice, NewService, ServiceView};
pub use sessions::{Auth, NewAccount, NewPassword, Registration, SessionLife, SignIn, SignedIn};
pub use spends::SpendRequest;
pub use standings::{StandingFilter, StandingView};
pub use statuses::{StatusChange, StatusRequest, StatusView};
pub use stripe::{BillingView, ReconciliationView};
pub use subscriptions::{
    ChangeRequest, LiveSubscription, PeriodGrant, PreviewAction, PreviewHindrance, PreviewRequest,
    SubscribeRequest, SubscriptionFilter, SubscriptionPeriod, SubscriptionPreview,
    SubscriptionRefusal, SubscriptionView, Turn, TurnRequest,
};
pub use summaries::{MonthView, SummaryView, SystemView};
pub use top_ups::{TopUpRequest, TopUpState, TopUpView};
pub use transactions::{Drawn, Explanation, Transaction, TransactionFilter};
pub use users::{Change, NewUser, UserFilter, UserKey, UserPatch};
pub use wallets::Whose;

use crate::callers::KeyCache;
use crate::consumer::{Consumers, Reading};
use crate::ledger::{Ledger, TimeSource};
use crate::passwords::Passwords;
use crate::prices::Prices;
use crate::wallets::Wallets;

/// The product at work. Clones share it.
#[derive(Clone)]
pub struct App {
    parts: Arc<Parts>,
}

/// What it is made of.
pub struct Settings<'a> {
    /// The database, open and migrated, with its book.
    pub db: Db,
    /// The ledger, started on the same database.
    pub ledger: Ledger,
    /// Its consumers: the figures of summaries are one of them.
    pub consumers: &'a Consumers,
    /// Where the ages of what is remembered come from.
    pub time: Arc<dyn TimeSource>,
    /// Where secrets and salts come from.
    pub entropy: Entropy,
    /// How people sign in.
    pub auth: Auth,
    /// Stripe, if it takes this book's payments.
    pub stripe: Option<Stripe>,
}

struct Parts {
    directory: Directory,
    ledger: Ledger,
    figures: Reading,
    top_ups: Reading,
    time: Arc<dyn TimeSource>,
    keys: KeyCache,
    auth: Auth,
    passwords: Passwords,
    prices: Prices,
    wallets: Wallets,
    subscriptions: subscriptions::Gathering,
    payments: Payments,
    jobs: jobs::Board,
    /// Taken by who changes what a wallet may do, or what an admin is: each
    /// sees what the other did.
    standing: tokio::sync::Mutex<()>,
}

/// A test book has its gateway built in, a live one none.
fn payments(mode: Mode, stripe: Option<Stripe>) -> Payments {
    match (stripe, mode) {
        (Some(stripe), _) => Payments::Stripe(stripe),
        (None, Mode::Test) => Payments::Test(TestGateway),
        (None, Mode::Live) => Payments::None,
    }
}

impl App {
    /// Puts it together on a database that has a book.
    pub async fn open(settings: Settings<'_>) -> Result<Self, Error> {
        let Settings { db, ledger, consumers, time, entropy, auth, stripe } = settings;
        let figures = consumers.start(figures::Counter::on(&db)).await?;
        let top_ups = consumers.start(top_ups::Watch).await?;
        let directory = Directory::open(db, entropy).await?;
        let payments = payments(ledger.book().mode, stripe);
        let parts = Parts {
            directory,
            ledger,
            figures,
            top_ups,
            time,
            keys: KeyCache::default(),
            passwords: Passwords::new(auth.password_cost),
            auth,
            prices: Prices::default(),
            wallets: Wallets::default(),
            subscriptions: subscriptions::Gathering::default(),
            payments,
            jobs: jobs::Board::default(),
            standing: tokio::sync::Mutex::default(),
        };
        Ok(Self { parts: Arc::new(parts) })
    }

    /// The ledger.
    pub fn ledger(&self) -> &Ledger {
        &self.parts.ledger
    }

    /// Whether anything in this book is money.
    pub fn mode(&self) -> Mode {
        self.parts.ledger.book().mode
    }

    /// Where random bytes come from.
    pub fn entropy(&self) -> &Entropy {
        self.parts.directory.entropy()
    }

    /// Ends the ledger's tasks once what waits is decided and projected. The
    /// database stays open.
    pub async fn close(&self) {
        self.parts.passwords.close().await;
        self.parts.subscriptions.close().await;
        self.parts.ledger.close().await;
    }

    /// Reads in one snapshot.
    async fn read<T, F>(&self, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> Work<'t, T, Error> + Send + 'static,
    {
        self.parts.directory.read(work).await
    }

    /// The row that one statement finds, if there is one; several are an error.
    async fn opt<R: Send + 'static>(&self, query: Query<'_, R>) -> Result<Option<R>, Error> {
        Ok(self.parts.directory.db().opt(query).await?)
    }

    /// The one row that a statement finds; none or several are an error.
    async fn one<R: Send + 'static>(&self, query: Query<'_, R>) -> Result<R, Error> {
        Ok(self.parts.directory.db().one(query).await?)
    }

    /// Every row that a statement finds.
    async fn all<R: Send + 'static>(&self, query: Query<'_, R>) -> Result<Vec<R>, Error> {
        Ok(self.parts.directory.db().all(query).await?)
    }

    /// Writes in one transaction.
    async fn write<T, F>(&self, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> Work<'t, T, Error> + Send + 'static,
    {
        self.parts.directory.write(work).await
    }

    /// Who takes payments.
    fn payments(&self) -> &Payments {
        &self.parts.payments
    }

    /// A clock that never goes back, in microseconds.
    fn monotonic(&self) -> i64 {
        self.parts.time.monotonic()
    }

    /// Who does something beside the ledger, and when.
    fn act(&self, caller: &Caller) -> Result<Act, Error> {
        let at = self.ledger().now()?;
        Ok(Act { actor: caller.actor(), request: caller.request.clone(), at })
    }
}
