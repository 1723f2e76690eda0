//! The engine that tests run on: a file in a temporary folder, or a database of
//! its own on the PostgreSQL server that `CREDITS_TEST_POSTGRES` names.
//!
//! `make test` runs the tests on both. A server that is named but not there fails
//! the test; nothing is skipped.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use ledger::Time;
use store::{Address, Db, Options, Priority, ServerOptions, books};
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Config, NoTls};

use crate::tamper::tamper;

/// The variable that names a server: `postgres://USER@HOST:PORT/DATABASE`, whose user
/// may make databases.
const SERVER: &str = "CREDITS_TEST_POSTGRES";
/// The variable that names a pooler before it, `HOST:PORT`, which what is tested goes
/// through. `docs/internals/postgres.md` has its settings.
const POOLER: &str = "CREDITS_TEST_POOLER";
/// A database with the schema, to make others from.
const TEMPLATE: &str = "credits_template";

/// A new database, migrated. On a server it is dropped with this.
#[derive(Debug)]
pub struct TestDb {
    /// The database, open as a server opens it.
    pub db: Db,
    place: TestPlace,
}

/// Where a test's database is.
#[derive(Clone, Debug)]
pub enum TestPlace {
    /// A file.
    File(std::path::PathBuf),
    /// A database on a server.
    Server(TestServer),
}

/// A database of its own on the server.
#[derive(Clone, Debug)]
pub struct TestServer {
    url: String,
    name: String,
}

impl TestDb {
    /// A new database on the engine under test.
    pub async fn fresh(folder: &Path, now: Time) -> Self {
        Self::open(TestPlace::fresh(folder).await, now).await
    }

    /// What is in a place, or a new database.
    pub async fn open(place: TestPlace, now: Time) -> Self {
        let db = place.open(now).await;
        Self { db, place }
    }

    /// Closes it, and opens it again as the next server does.
    pub async fn reopen(&mut self, now: Time) {
        self.db.close().await;
        self.db = self.place.open(now).await;
    }

    /// Keeps a book's row, as whoever makes a book does beside its genesis.
    pub async fn keep_book(&self, book: books::Book) {
        let insert = self.db.write::<_, store::Error, _>(Priority::Edit, move |tx| {
            Box::pin(async move { tx.exec(books::insert(&book)).await?.expect_one() })
        });
        insert.await.expect("the book's row");
    }

    /// Where it is.
    pub fn place(&self) -> &TestPlace {
        &self.place
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        self.place.drop_blocking();
    }
}

/// Whether tests run on a server.
pub fn is_on_a_server() -> bool {
    server().is_some()
}

fn server() -> Option<String> {
    told(SERVER)
}

#[expect(clippy::disallowed_methods, reason = "the environment is the tests' configuration")]
fn told(variable: &str) -> Option<String> {
    std::env::var(variable).ok()
}

impl TestPlace {
    /// A place where nothing is yet, or a schema without a book.
    pub async fn fresh(folder: &Path) -> Self {
        match server() {
            None => Self::File(folder.join("book.db")),
            Some(url) => Self::Server(TestServer::fresh(&url).await),
        }
    }

    /// The same outside of a runtime.
    pub fn fresh_blocking(folder: &Path) -> Self {
        block_on(Self::fresh(folder))
    }

    /// As `--db` takes it.
    pub fn url(&self) -> String {
        match self {
            Self::File(path) => format!("sqlite:{}", path.display()),
            Self::Server(server) => server.url(),
        }
    }

    /// The same as it is now, in a place of its own: nobody may be at work on it.
    #[must_use]
    pub fn copy(&self, folder: &Path) -> Self {
        match self {
            Self::File(path) => {
                let copy = folder.join("book.db");
                std::fs::copy(path, &copy).expect("the file is copied");
                Self::File(copy)
            }
            Self::Server(server) => Self::Server(block_on(server.copy())),
        }
    }

    /// Drops the database, where it is on a server.
    pub fn drop_blocking(&self) {
        if let Self::Server(server) = self {
            server.drop_soon();
        }
    }

    /// Runs statements on it behind the product's back. Panics if one fails: the test
    /// is wrong then.
    pub async fn tamper(&self, statements: &str) {
        match self {
            Self::File(path) => tamper(path, statements),
            Self::Server(server) => {
                let client = connect(&in_database(&server.url, &server.name)).await;
                client.batch_execute(statements).await.expect("the statements run");
            }
        }
    }

    /// Opens it as a server does.
    pub async fn open(&self, now: Time) -> Db {
        match self {
            Self::File(path) => Db::open(&Options::serve(path, now)).expect("a file"),
            Self::Server(server) => {
                let options = ServerOptions::serve(server.address(), now);
                Db::connect(&options).await.expect("a database on the server")
            }
        }
    }

    /// Opens it as a tool does, beside a server or without.
    pub async fn open_as_tool(&self, now: Time) -> Db {
        match self {
            Self::File(path) => Db::open(&Options::tool(path, now)).expect("a file"),
            Self::Server(server) => {
                let options = ServerOptions::tool(server.address(), now);
                Db::connect(&options).await.expect("a database on the server")
            }
        }
    }
}

impl TestServer {
    async fn fresh(url: &str) -> Self {
        make_template(&connect(url).await, url).await;
        Self::of_template(url, TEMPLATE).await
    }

    /// A new one with all that is in another.
    async fn of_template(url: &str, template: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("t_{}_{count}", std::process::id());
        let make = format!("CREATE DATABASE {name} TEMPLATE {template}");
        insist(&connect(url).await, &make).await;
        Self { url: url.to_owned(), name }
    }

    /// Connections that were closed may not have ended; a copy wants none.
    async fn copy(&self) -> Self {
        let end = format!(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{}'",
            self.name
        );
        connect(&self.url).await.batch_execute(&end).await.expect("no connection is left");
        Self::of_template(&self.url, &self.name).await
    }

    /// Its address.
    pub fn address(&self) -> Address {
        Address::parse(&self.url()).expect("an address")
    }

    /// Its address, written out.
    pub fn url(&self) -> String {
        told(POOLER).map_or_else(
            || self.direct(),
            |pooler| format!("postgres://postgres@{pooler}/{}?pooler=transaction", self.name),
        )
    }

    /// The same with no pooler before it.
    pub(crate) fn direct(&self) -> String {
        in_database(&self.url, &self.name)
    }

    /// The end of a test can't wait in a runtime that may be gone.
    fn drop_soon(&self) {
        block_on(async {
            let client = connect(&self.url).await;
            let remove = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
            insist(&client, &remove).await;
        });
    }
}

/// Until nobody is in the database: PostgreSQL waits five seconds for that, in which a
/// backend on a busy machine may not have ended.
async fn insist(client: &Client, text: &str) {
    while let Err(error) = client.batch_execute(text).await {
        assert_eq!(error.code(), Some(&SqlState::OBJECT_IN_USE), "{text}: {error:?}");
    }
}

/// Waits for something on a thread and a runtime of its own.
pub(crate) fn block_on<T: Send>(work: impl Future<Output = T> + Send) -> T {
    let run = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(work)
    };
    std::thread::scope(|scope| scope.spawn(run).join()).expect("no panic")
}

/// The first test that comes makes it; the others wait.
async fn make_template(client: &Client, url: &str) {
    const THERE: &str = "SELECT 1 FROM pg_database WHERE datname = 'credits_template'
        AND datistemplate";
    if !client.query(THERE, &[]).await.expect("an answer").is_empty() {
        return;
    }
    client.batch_execute("SELECT pg_advisory_lock(8005)").await.expect("a turn");
    if client.query(THERE, &[]).await.expect("an answer").is_empty() {
        let remake =
            ["DROP DATABASE IF EXISTS credits_template", "CREATE DATABASE credits_template"];
        for statement in remake {
            client.batch_execute(statement).await.expect("a template");
        }
        let address = Address::parse(&in_database(url, TEMPLATE)).expect("an address");
        let options = ServerOptions::serve(address, Time::from_micros(0));
        Db::connect(&options).await.expect("the schema").close().await;
        let done = "ALTER DATABASE credits_template IS_TEMPLATE true";
        client.batch_execute(done).await.expect("a template");
    }
    client.batch_execute("SELECT pg_advisory_unlock(8005)").await.expect("the turn given back");
}

#[expect(clippy::disallowed_methods, reason = "it ends with its client")]
pub(crate) async fn connect(url: &str) -> Client {
    let config: Config = url.parse().expect("CREDITS_TEST_POSTGRES is an address");
    let (client, connection) = config.connect(NoTls).await.unwrap_or_else(|error| {
        panic!("{SERVER} names a server that can't be used ({error}): run `make test`")
    });
    tokio::spawn(connection);
    client
}

fn in_database(url: &str, name: &str) -> String {
    let (place, _) = url.rsplit_once('/').expect("an address names a database");
    format!("{place}/{name}")
}
