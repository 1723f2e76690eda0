//! Where a book is kept: its database, on the engine under test, and the folder of
//! its checkpoints.

use std::path::{Path, PathBuf};

use store::Db;
use tempfile::TempDir;
use testkit::{Raw, TestPlace};

use crate::bench::NOON;

/// A book's place and the folder beside it. Both go with this.
pub(crate) struct Home {
    pub(crate) place: TestPlace,
    folder: TempDir,
}

impl Home {
    /// Where nothing is yet.
    pub(crate) async fn fresh() -> Self {
        let folder = TempDir::new().unwrap();
        Self { place: TestPlace::fresh(folder.path()).await, folder }
    }

    /// A folder with a database in its file.
    pub(crate) fn of_file(folder: TempDir) -> Self {
        Self { place: TestPlace::File(folder.path().join("book.db")), folder }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where checkpoints are kept.
    pub(crate) fn witnesses(&self) -> PathBuf {
        self.folder().join("book.db.checkpoints")
    }

    /// Everything in it, to do something to. Nobody may be at work on it.
    pub(crate) fn copy(&self) -> Self {
        let folder = TempDir::new().unwrap();
        let copy = Self { place: self.place.copy(folder.path()), folder };
        copy.take_witnesses(self);
        copy
    }

    /// Copies the checkpoints of another.
    pub(crate) fn take_witnesses(&self, of: &Self) {
        std::fs::create_dir_all(self.witnesses()).unwrap();
        for entry in std::fs::read_dir(of.witnesses()).unwrap() {
            let entry = entry.unwrap();
            std::fs::copy(entry.path(), self.witnesses().join(entry.file_name())).unwrap();
        }
    }

    /// What is in the database, behind our back.
    pub(crate) fn raw(&self) -> Raw {
        self.place.raw()
    }

    /// The database, as a tool opens it.
    pub(crate) async fn as_tool(&self) -> Db {
        self.place.open_as_tool(NOON).await
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        self.place.drop_blocking();
    }
}
