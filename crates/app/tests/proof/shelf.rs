//! A book that a workload wrote, closed, and copies of it to do things to.

use std::path::Path;

use ledger::Seq;
use tempfile::TempDir;
use testkit::rusqlite::Connection;

use crate::bench::{Bench, database, verify_folder, witnesses};
use crate::workload::Workload;

/// A closed book with checkpoints, as a server left it.
pub(crate) struct Shelf {
    folder: TempDir,
}

impl Shelf {
    /// A book of some thousand varied commands, with checkpoints in its middle
    /// and at its end.
    pub(crate) async fn filled(seed: u64) -> Self {
        let bench = Bench::start().await;
        let mut workload = Workload::seeded(seed);
        for _ in 0..3 {
            workload.run(&bench.ledger, &bench.hand, 700).await;
            bench.proof.checkpoint().await.unwrap();
        }
        workload.run(&bench.ledger, &bench.hand, 100).await;
        let (folder, _) = bench.close().await;
        Self { folder }
    }

    /// A book that was closed.
    pub(crate) fn of(folder: TempDir) -> Self {
        Self { folder }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Everything in it, to do something to.
    pub(crate) fn copy(&self) -> TempDir {
        let copy = TempDir::new().unwrap();
        std::fs::copy(database(self.folder()), database(copy.path())).unwrap();
        std::fs::create_dir(witnesses(copy.path())).unwrap();
        for entry in std::fs::read_dir(witnesses(self.folder())).unwrap() {
            let entry = entry.unwrap();
            let to = witnesses(copy.path()).join(entry.file_name());
            std::fs::copy(entry.path(), to).unwrap();
        }
        copy
    }

    /// A copy in which something was done to the file.
    pub(crate) fn tampered(&self, tamper: impl FnOnce(&Connection)) -> TempDir {
        let copy = self.copy();
        let connection = open(copy.path());
        tamper(&connection);
        connection.close().unwrap();
        copy
    }

    pub(crate) fn connection(&self) -> Connection {
        open(self.folder())
    }

    pub(crate) fn head(&self) -> Seq {
        Seq::from_number(number(&self.connection(), "SELECT seq FROM heads"))
    }
}

/// Without the schema's checks: an intruder has none.
fn open(folder: &Path) -> Connection {
    let connection = testkit::raw(&database(folder));
    connection.execute_batch("PRAGMA ignore_check_constraints = ON").unwrap();
    connection
}

pub(crate) fn number(connection: &Connection, sql: &str) -> i64 {
    connection.query_one(sql, [], |row| row.get(0)).unwrap()
}

/// What verification says of a copy, which must not be sound.
pub(crate) async fn found(copy: &TempDir, what: &str) -> app::proof::Finding {
    let report = verify_folder(copy.path()).await;
    report.finding().unwrap_or_else(|| panic!("{what}: nothing was found")).clone()
}
