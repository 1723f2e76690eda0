//! A database of its own for a test, and a connection that knows nothing of us.

use ledger::Time;
use pgcluster::Programs;
use store::{Db, ServerOptions};
use testkit::{TestPlace, TestServer};
use tokio_postgres::{Client, NoTls};

/// The time at which every test's database is made.
pub(crate) const NOW: Time = Time::from_micros(1_700_000_000_000_000);

/// Names the folder of the server's programs.
const PROGRAMS: &str = "CREDITS_POSTGRES_BIN";

#[expect(clippy::disallowed_methods, reason = "the environment is the tests' configuration")]
pub(crate) fn programs() -> Programs {
    let folder = std::env::var(PROGRAMS).expect("CREDITS_POSTGRES_BIN: `make test-postgres`");
    Programs::in_folder(folder.as_ref()).unwrap()
}

/// A migrated database, dropped with this.
pub(crate) struct Scratch(TestServer);

impl Scratch {
    pub(crate) async fn new() -> Self {
        let place = TestPlace::fresh(std::path::Path::new("")).await;
        match place {
            TestPlace::Server(server) => Self(server),
            TestPlace::File(_) => panic!("CREDITS_TEST_POSTGRES names no server: `make test`"),
        }
    }

    pub(crate) fn url(&self) -> String {
        self.0.url()
    }

    pub(crate) async fn serve(&self) -> Db {
        Db::connect(&ServerOptions::serve(self.0.address(), NOW)).await.unwrap()
    }

    /// The same as it is served behind a pooler.
    pub(crate) async fn serve_pooled(&self) -> Db {
        let address = store::Address::parse(&format!("{}?pooler=transaction", self.url()));
        Db::connect(&ServerOptions::serve(address.unwrap(), NOW)).await.unwrap()
    }

    pub(crate) async fn raw(&self) -> Client {
        raw(&self.url()).await
    }
}

#[expect(clippy::disallowed_methods, reason = "it ends with its client")]
pub(crate) async fn raw(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

impl Drop for Scratch {
    fn drop(&mut self) {
        TestPlace::Server(self.0.clone()).drop_blocking();
    }
}
