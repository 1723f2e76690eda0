//! A folder of its own for a test, and databases in it.

use std::path::PathBuf;

use ledger::Time;
use store::{Db, Options};
use tempfile::TempDir;

/// The time at which every test's database is made.
pub(crate) const NOW: Time = Time::from_micros(1_700_000_000_000_000);

/// A folder that goes with the test.
pub(crate) struct Scratch {
    folder: TempDir,
}

impl Scratch {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("book.db")
    }

    /// As the server opens it.
    pub(crate) fn serve(&self) -> Db {
        Db::open(&Options::serve(self.path(), NOW)).unwrap()
    }

    /// Names and contents of all files in the folder.
    pub(crate) fn files(&self) -> Vec<(String, Vec<u8>)> {
        let mut files: Vec<_> = std::fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap())
            .map(|entry| {
                let name = entry.file_name().into_string().unwrap();
                (name, std::fs::read(entry.path()).unwrap())
            })
            .collect();
        files.sort();
        files
    }

    /// A connection that knows nothing of us.
    pub(crate) fn raw(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.path()).unwrap()
    }
}

/// A database in a folder of its own.
pub(crate) fn database() -> (Scratch, Db) {
    let scratch = Scratch::new();
    let db = scratch.serve();
    (scratch, db)
}

/// Runs a change in an [`store::Priority::Edit`] transaction.
macro_rules! write {
    ($db:expr, |$tx:ident| $body:expr) => {
        $db.write::<_, store::Error, _>(store::Priority::Edit, move |$tx| {
            Box::pin(async move { $body })
        })
        .await
    };
}

/// Runs a question in a read transaction.
macro_rules! read {
    ($db:expr, |$tx:ident| $body:expr) => {
        $db.read::<_, store::Error, _>(move |$tx| Box::pin(async move { $body })).await
    };
}

pub(crate) use {read, write};
