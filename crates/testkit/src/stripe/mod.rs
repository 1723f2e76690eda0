//! A Stripe of one's own, on a port of this machine: what the client of
//! `gateway` asks for, and the pages that people see of it. It moves no money,
//! keeps everything in memory, and has a clock that tests turn.
//!
//! Its objects have the fields that Stripe publishes, with their types: `spec`
//! holds those that are used.

mod answer;
mod catalogue;
mod checkout;
mod customers;
mod deliver;
mod form;
mod idempotency;
mod invoices;
mod params;
mod payments;
mod refunds;
mod reports;
mod server;
mod setups;
pub mod spec;
mod state;
mod subscriptions;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gateway::stripe::{Secrets, Settings};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

pub use deliver::{Post, Shaken};
use state::{At, State};

/// The key that is taken.
pub const SECRET_KEY: &str = "sk_test_fake";

/// What webhooks are signed with.
pub const WEBHOOK_SECRET: &str = "whsec_fake";

/// A Stripe of one's own. It ends when it is dropped.
pub struct FakeStripe {
    shared: Shared,
    address: SocketAddr,
    _serving: JoinSet<()>,
}

/// What the server and the test share.
#[derive(Clone)]
pub(crate) struct Shared(Arc<Mutex<State>>);

impl Shared {
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FakeStripe {
    /// One that knows nobody yet, at that second.
    pub async fn start(now: i64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let base = format!("http://{address}");
        let shared = Shared(Arc::new(Mutex::new(State::new(base, now))));
        let mut serving = JoinSet::new();
        serving.spawn(server::serve(listener, shared.clone()));
        Self { shared, address, _serving: serving }
    }

    /// Where it is, as `CREDITS_STRIPE_API_BASE` takes it.
    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How a client reaches it: each a run of its own.
    pub fn settings(&self) -> Settings {
        let mut state = self.state();
        state.runs += 1;
        let webhooks = Secrets::new(WEBHOOK_SECRET.into(), None).expect("a secret");
        let (secret_key, run) = (SECRET_KEY.into(), state.runs.to_be_bytes());
        Settings { secret_key, webhooks, base: state.base.clone(), run }
    }

    /// Time passes, in seconds, and what falls due meanwhile is billed and tried.
    pub fn pass(&self, seconds: i64) {
        self.state().pass(seconds);
    }

    /// Its clock is so many seconds further on, or back, and nothing falls due by it: no
    /// two clocks are the same.
    pub fn shift_clock(&self, seconds: i64) {
        self.state().now += seconds;
    }

    /// The object of that id, as it is now.
    pub fn object(&self, id: &str) -> Value {
        self.state().objects.get(id).cloned().unwrap_or_else(|| panic!("there is no {id}"))
    }

    /// Changes a field of an object behind everybody's back.
    pub fn tamper(&self, id: &str, field: &str, value: Value) {
        self.state().set(id, &[(field, value)]);
    }

    /// Every object of a kind, oldest first.
    pub fn all(&self, kind: &str) -> Vec<Value> {
        self.state().all(kind)
    }

    /// How many requests came, by method and path.
    pub fn requests(&self, of: &str) -> usize {
        self.state().requests.iter().filter(|request| request.as_str() == of).count()
    }

    /// The next so many changes are made and their answers lost on the way.
    pub fn lose_answers(&self, count: usize) {
        self.state().lost = count;
    }

    /// The next so many requests are answered with that status, and not done. A request
    /// that was begun and failed, which is what 500 says, is answered the same whenever
    /// its key is used.
    pub fn fail(&self, count: usize, status: u16) {
        self.state().failing = (count, status);
    }

    /// The next such request, as `POST /v1/subscriptions`, is begun and fails before it
    /// did anything.
    pub fn fail_at(&self, request: &str) {
        self.state().at = Some((request.to_owned(), At::Fails));
    }

    /// The next such request is done, and fails then.
    pub fn fail_behind(&self, request: &str) {
        self.state().at = Some((request.to_owned(), At::FailsBehind));
    }

    /// The next such request is refused, and nothing was done.
    pub fn refuse_at(&self, request: &str) {
        self.state().at = Some((request.to_owned(), At::Refuses));
    }

    /// The moment before the next such request a payment is paid by its owner.
    pub fn pay_before(&self, request: &str, intent: &str) {
        self.state().at = Some((request.to_owned(), At::Pays(intent.to_owned())));
    }

    /// What was asked so far, in order.
    pub fn asked(&self) -> Vec<String> {
        self.state().requests.clone()
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state()
    }
}
