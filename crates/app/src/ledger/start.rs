//! Start: makes a book once, and brings a ledger to life from what is on disk.

use std::sync::Arc;

use ledger::{Event, FORMAT, Head, Overlay, Sealed, Seq, Working};
use store::{Db, Error, Priority, journal, projections};

use super::commit::Committer;
use super::error::StartError;
use super::queue::queue;
use super::shared::{Book, Shared};
use super::time::{SharedClock, TimeSource};
use super::{Ledger, prefetch, project, recall, watch};

/// Records folded at a time when projections are behind at the start.
const CATCH_UP: i64 = 100_000;

/// How a ledger is started.
pub struct Settings {
    /// The database, open and migrated.
    pub db: Db,
    /// The book in it.
    pub book: Book,
    /// Where times come from.
    pub time: Arc<dyn TimeSource>,
    /// The most wallets kept in memory beside those with records not yet
    /// projected.
    pub wallets_max: usize,
}

/// Writes the genesis of a new book. The caller keeps the book's row in the
/// same database, and its signing key elsewhere.
pub async fn create_book(db: &Db, book: &Book, time: &dyn TimeSource) -> Result<(), StartError> {
    let empty = Working::new(Head::START);
    let mut overlay = Overlay::new(&empty);
    let event = Event::Genesis {
        book: book.id,
        mode: book.mode,
        format: i64::from(FORMAT),
        public_key: book.public_key,
    };
    ledger::genesis(&mut overlay, time.wall(), event)?;
    let sealed: Vec<_> = overlay.sealed().iter().cloned().map(Arc::new).collect();
    let appended = sealed.clone();
    let begin = db.write::<_, Error, _>(Priority::Append, move |tx| {
        Box::pin(async move {
            let fresh = journal::head(tx).await?.is_none();
            if fresh {
                journal::append(tx, Head::START, &appended).await?;
            }
            Ok(fresh)
        })
    });
    match begin.await {
        // Another server began it at the same time.
        Ok(false) | Err(Error::HeadMoved) => Err(StartError::BookExists),
        Err(error) => Err(error.into()),
        Ok(true) => Ok(project::project(db, sealed, None).await?),
    }
}

impl Ledger {
    /// Brings the ledger to life: projections catch up, then it takes commands.
    pub async fn start(settings: Settings) -> Result<Self, StartError> {
        let Settings { db, book, time, wallets_max } = settings;
        let head = catch_up(&db).await?;
        let clock = SharedClock::start(time, book.mode, head.at);
        let shared = Arc::new(Shared::new(db, book, clock, head, wallets_max));
        let (sender, receiver) = queue();
        let tasks = &shared.tasks;
        let (committer, answering) = Committer::new(Arc::clone(&shared));
        let committer = Arc::new(committer);
        tasks.spawn(answering);
        let preparing = Arc::clone(&committer);
        tasks.spawn(async move {
            prefetch::run(Arc::clone(&preparing), receiver).await;
            preparing.close().await;
            preparing.shared().committed.cancel();
        });
        if shared.db.is_shared() {
            tasks.spawn(watch::run(Arc::clone(&committer)));
        }
        tasks.spawn(project::run(Arc::clone(&shared)));
        tasks.spawn(recall::run(Arc::clone(&shared)));
        Ok(Self { shared, committer, queue: sender })
    }
}

/// Projects what a crash left behind, and finds the head.
async fn catch_up(db: &Db) -> Result<Head, StartError> {
    let head = db.read::<_, Error, _>(|tx| Box::pin(journal::head(tx))).await?;
    let head = head.ok_or(StartError::NoBook)?;
    let mut from = db.read::<_, Error, _>(|tx| Box::pin(projections::projected(tx))).await?;
    while from < head.seq {
        let sealed = read_sealed(db, from).await?;
        from = sealed.last().map_or(head.seq, |last| last.record.seq);
        project::project_missing(db, sealed, None).await?;
    }
    Ok(head)
}

/// The records after a place, decoded.
pub(super) async fn read_sealed(db: &Db, after: Seq) -> Result<Vec<Arc<Sealed>>, StartError> {
    let rows =
        db.read::<_, Error, _>(move |tx| Box::pin(journal::range(tx, after, CATCH_UP))).await?;
    let mut sealed = Vec::with_capacity(rows.len());
    for row in rows {
        let record = ledger::decode(&row.body)
            .map_err(|source| StartError::Journal { seq: row.seq.number(), source })?;
        let record = Arc::new(record);
        sealed.push(Arc::new(Sealed { record, body: row.body, hash: row.hash, words: None }));
    }
    Ok(sealed)
}
