//! Copying the write-ahead log back into the file, beside the writer.
//!
//! The log starts again from its beginning only when a write finds all of it
//! copied. Under a steady load a passive checkpoint is always a little behind,
//! so past a size the writer copies the last bit itself, between transactions.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender};

use rusqlite::Connection;

use super::failure::is_storage;
use super::health::Health;

/// Pages written since the last checkpoint that call for another: 1 MiB. A commit
/// waits behind what a checkpoint syncs, so it should be little.
const PAGES_PER_CHECKPOINT: u64 = 256;
/// Pages in the log past which the writer sees to its end: 64 MiB.
const PAGES_MAX: u64 = 64 * PAGES_PER_CHECKPOINT;

/// What is known of the log, shared by the threads. Only a hint to each: a
/// stale number makes a checkpoint early or late, never wrong.
#[derive(Default)]
pub(super) struct Wal {
    pages: AtomicU64,
    copied: AtomicU64,
}

impl Wal {
    /// Pages in the log after the last commit.
    pub(super) fn pages(&self) -> u64 {
        self.pages.load(Ordering::Relaxed)
    }

    /// The commit hook's count.
    pub(super) fn set_pages(&self, pages: u64) {
        self.pages.store(pages, Ordering::Relaxed);
    }

    /// Pages not yet copied; a log that began anew has none copied.
    fn uncopied(&self) -> u64 {
        let pages = self.pages();
        pages.checked_sub(self.copied.load(Ordering::Relaxed)).unwrap_or(pages)
    }
}

/// The writer's side: asks for checkpoints, and makes the last one of a log.
pub(super) struct Tender {
    wal: Arc<Wal>,
    nudge: SyncSender<()>,
}

impl Tender {
    pub(super) fn new(wal: Arc<Wal>, nudge: SyncSender<()>) -> Self {
        Self { wal, nudge }
    }

    /// Called between transactions.
    pub(super) fn tend(&self, connection: &Connection, health: &Health) {
        let uncopied = self.wal.uncopied();
        if uncopied >= PAGES_PER_CHECKPOINT {
            // A full channel means that one is already asked for.
            let _ = self.nudge.try_send(());
        } else if uncopied > 0 && self.wal.pages() >= PAGES_MAX {
            passive(connection, &self.wal, health);
        }
    }
}

/// The checkpointer's thread: runs until the writer is gone.
pub(super) fn serve(connection: &Connection, nudged: &Receiver<()>, wal: &Wal, health: &Health) {
    while nudged.recv().is_ok() {
        passive(connection, wal, health);
    }
}

fn passive(connection: &Connection, wal: &Wal, health: &Health) {
    if health.check().is_err() {
        return;
    }
    match checkpoint(connection, "PRAGMA wal_checkpoint(PASSIVE)") {
        Ok(copied) => wal.copied.store(copied, Ordering::Relaxed),
        Err(error) => report(&error, health),
    }
}

/// Empties the log before the file is closed.
pub(super) fn truncate(connection: &Connection, health: &Health) {
    if health.check().is_ok() {
        // Another process may be using it, and empties it when it closes.
        if let Err(error) = checkpoint(connection, "PRAGMA wal_checkpoint(TRUNCATE)") {
            report(&error, health);
        }
    }
}

/// Pages of the log that are in the file now.
fn checkpoint(connection: &Connection, pragma: &str) -> rusqlite::Result<u64> {
    let copied: i64 = connection.prepare_cached(pragma)?.query_one([], |row| row.get(2))?;
    Ok(copied.try_into().unwrap_or(0))
}

/// A checkpoint that could not sync may have lost pages the log still has.
fn report(error: &rusqlite::Error, health: &Health) {
    tracing::warn!(error = %error, "store.checkpoint_failed");
    if is_storage(error) {
        health.stop(error);
    }
}
