//! A whole server in the test's process: a book on a file in a temporary
//! folder, a clock that the test turns, and a client for it.

mod answer;
mod book;
mod call;
mod hands;
mod left;
mod person;

use std::net::SocketAddr;
use std::sync::Arc;

use api::Served;
use app::proof::Proof;
use app::{Act, App, Caller, Directory, Entropy, NewUser};
use domain::{Credits, Email, Role, Scopes, Source, Status, Text, UserId};
use ledger::{Actor, Command, Order, Seq, command};
use reqwest::Method;
use secrecy::ExposeSecret as _;
use store::{Priority, purchases};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

pub use answer::Answer;
pub use book::TestBook;
pub use call::Call;
pub use hands::{Hands, NOON};
pub use person::{PASSWORD, Person};

use book::Opened;

/// A server and its client. Dropped, it asserts that nothing was left undone.
pub struct TestApp {
    app: App,
    address: SocketAddr,
    client: reqwest::Client,
    admin: String,
    hands: Arc<Hands>,
    serving: JoinSet<()>,
    opened: Opened,
}

impl TestApp {
    /// A server of a new test book with the default services.
    pub async fn start() -> Self {
        Self::start_with(TestBook::default()).await
    }

    /// A server of a new book of that kind.
    pub async fn start_with(book: TestBook) -> Self {
        let limits = book.limits.clone();
        let opened = Opened::new(book).await;
        let app = opened.app.clone();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let mut serving = JoinSet::new();
        let (proof, audit) = (opened.proof.clone(), opened.audit.clone());
        let served = Served { app: app.clone(), proof, audit };
        serving.spawn(async move {
            api::serve(listener, served, limits, std::future::pending()).await;
        });
        let hands = Arc::clone(&opened.hands);
        let client = reqwest::Client::new();
        let admin = String::new();
        let mut test = Self { app, address, client, admin, hands, serving, opened };
        test.admin = test.key("admin", "admin").await;
        // The server takes its seed from the same source once it begins: before the test
        // goes on, even where the key was made without a wait.
        tokio::task::yield_now().await;
        test
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it serves, for what has no endpoint.
    pub const fn app(&self) -> &App {
        &self.app
    }

    /// The proof of its book.
    pub const fn proof(&self) -> &Proof {
        &self.opened.proof
    }

    /// Its clock.
    pub fn hands(&self) -> &Hands {
        &self.hands
    }

    /// The secret of a new API key.
    pub async fn key(&self, name: &str, scopes: &str) -> String {
        let scopes = Scopes::parse(scopes).expect("scopes");
        let made = self.app.create_key(&Caller::SYSTEM, None, (text(name), scopes)).await;
        let secret = made.expect("a key").value.secret.expect("a new key has its secret");
        secret.expose_secret().to_owned()
    }

    /// A new customer without credits and without a password.
    pub async fn customer(&self, name: &str) -> UserId {
        let made = self.app.create_user(&Caller::SYSTEM, None, new_user(name)).await;
        made.expect("a user").value.id
    }

    /// A new customer as the command line makes them: their wallet is opened
    /// when they first need it.
    pub async fn walletless(&self, name: &str) -> UserId {
        let directory = Directory::open(self.opened.db.clone(), Entropy::seeded([4; 32])).await;
        let act = Act { actor: Actor::System, request: None, at: NOON };
        let made = directory.expect("a directory").create_user(act, new_user(name)).await;
        made.expect("a user").id
    }

    /// A new customer with so many credits.
    pub async fn customer_with(&self, name: &str, credits: &str) -> UserId {
        let user = self.customer(name).await;
        let body = format!(
            r#"{{"user_id":{user},"amount":{credits},"source":"purchase","description":"Bought"}}"#
        );
        let granted = self.post("/api/credits/grants").key("start").json(body).send().await;
        assert_eq!(granted.status(), 201, "{granted}");
        user
    }

    /// Subscribes the customer of that id to a package, paid at once.
    pub async fn subscribe(&self, user: &str, package: i64) {
        let body = format!(r#"{{"user_id":{user},"package_id":{package}}}"#);
        let key = format!("subscribe-{user}-{package}");
        let begun = self.post("/api/subscriptions").key(&key).json(body).send().await;
        assert_eq!(begun.status(), 201, "{begun}");
    }

    /// Says what a customer's wallet may do.
    pub async fn set_status(&self, user: UserId, status: Status) {
        let user = self.app.get_user(&Caller::SYSTEM, app::UserKey::Id(user)).await;
        let wallet = user.expect("a user").wallet.expect("a wallet");
        let command = Command::SetStatus(command::SetStatus { wallet, status });
        let set = self.app.ledger().submit(Order::bare(Actor::System, command)).await;
        set.expect("a new status");
    }

    /// Gives back a customer's spend of so many whole credits.
    pub async fn refund(&self, user: UserId, transaction: &str, credits: i64) {
        let user = self.app.get_user(&Caller::SYSTEM, app::UserKey::Id(user)).await;
        let wallet = user.expect("a user").wallet.expect("a wallet");
        let (_, seq) = transaction.rsplit_once('_').expect("a transaction");
        let seq = Seq::from_number(seq.parse().expect("a record"));
        let amount = Credits::whole(credits).expect("an amount");
        let original = command::Original { seq, wallet, amount, cost: None };
        let refund = command::Refund { original, amount, source: Source::Refund };
        let refunded =
            self.app.ledger().submit(Order::bare(Actor::System, Command::Refund(refund)));
        refunded.await.expect("a refund");
    }

    /// Gives a customer as many open grants as there may be.
    pub async fn fill(&self, user: UserId) {
        let user = self.app.get_user(&Caller::SYSTEM, app::UserKey::Id(user)).await;
        let wallet = user.expect("a user").wallet.expect("a wallet");
        let least = Credits::from_micros(1);
        let grant = Command::Grant(command::Grant::plain(wallet, least, Source::Admin));
        let orders = (0..1_000).map(|_| Order::bare(Actor::System, grant.clone())).collect();
        for granted in self.app.ledger().submit_each(orders).await {
            granted.expect("a grant");
        }
    }

    /// Does all jobs that are due, and those that become due by it, as the server's
    /// scheduler would. Each must go well.
    pub async fn run_jobs(&self) {
        let errors = self.run_jobs_that_may_fail().await;
        assert_eq!(errors, [""; 0], "jobs failed");
    }

    /// The same where some may fail: which, and why.
    pub async fn run_jobs_that_may_fail(&self) -> Vec<String> {
        self.app.run_due_jobs().await.expect("the jobs are run").errors
    }

    /// A purchase as another server may have left it: nobody paid for it, or it was
    /// paid by that payment and its credits are there.
    pub async fn left_purchase(&self, user: UserId, intent: Option<&'static str>) {
        let found = self.app.get_user(&Caller::SYSTEM, app::UserKey::Id(user)).await;
        let wallet = found.expect("a user").wallet.expect("a wallet");
        let credits = Credits::whole(10).expect("an amount");
        let seq = match intent {
            Some(_) => {
                let plain = command::Grant::plain(wallet, credits, Source::Purchase);
                let order = Order::bare(Actor::System, Command::Grant(plain));
                let granted = self.app.ledger().submit(order).await;
                Some(granted.expect("a grant").record.seq)
            }
            None => None,
        };
        let new = purchases::New {
            user_id: user.number(),
            wallet_id: wallet,
            actor: "system".to_owned(),
            request_id: None,
            credits,
            cents: 100,
            currency: "USD".to_owned(),
            description: None,
            breakdown: "{}".to_owned(),
            quote_expires_at: None,
            payment_reference: self.app.entropy().bytes(),
            payment_intent: None,
            request_scope: None,
            request_key: None,
            created_at: NOON,
        };
        let left = self.opened.db.write::<_, store::Error, _>(Priority::Edit, move |tx| {
            Box::pin(async move {
                let id = tx.one(purchases::insert(&new)).await?;
                if let (Some(intent), Some(seq)) = (intent, seq) {
                    tx.exec(purchases::paid(id, intent, NOON)).await?.expect_one()?;
                    tx.exec(purchases::done(id, seq, NOON)).await?.expect_one()?;
                }
                Ok(())
            })
        });
        left.await.expect("a purchase");
    }

    /// Closes the database under the server.
    pub async fn close_database(&self) {
        self.opened.db.close().await;
    }

    /// A call by the admin.
    pub fn call(&self, method: Method, path: &str) -> Call {
        let url = format!("http://{}{path}", self.address);
        Call::new(self.client.clone(), method, url, &self.admin)
    }

    /// `GET` by the admin.
    pub fn get(&self, path: &str) -> Call {
        self.call(Method::GET, path)
    }

    /// `POST` by the admin.
    pub fn post(&self, path: &str) -> Call {
        self.call(Method::POST, path)
    }

    /// `PATCH` by the admin.
    pub fn patch(&self, path: &str) -> Call {
        self.call(Method::PATCH, path)
    }

    /// `DELETE` by the admin.
    pub fn delete(&self, path: &str) -> Call {
        self.call(Method::DELETE, path)
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let health = self.app.ledger().health();
        assert_eq!(health.waiting, 0, "commands are left undecided");
        assert!(!self.serving.is_empty(), "the server ended by itself");
    }
}

fn new_user(name: &str) -> NewUser {
    NewUser {
        email: Email::parse(&format!("{name}@example.com")).expect("an address"),
        name: text(name),
        role: Role::Customer,
        external_id: None,
        password_hash: None,
    }
}

fn text(text: &str) -> Text {
    Text::parse(text).expect("a text")
}
