//! The projector: writes the tables behind the journal, in large sorted chunks
//! of small slices, so that an index page is touched once for many records.

use std::sync::Arc;
use std::time::Duration;

use ledger::{Sealed, Seq};
use store::projections::{self, Chunk};
use store::{Error, Priority};

use super::shared::Shared;

/// A chunk waits to grow to this size, and is not larger ...
const CHUNK: i64 = 60_000;
/// ... but no longer than this, so that a quiet server has no lag.
const PATIENCE: Duration = Duration::from_millis(500);
/// So many by then, and it waits longer: the more records of a wallet a chunk has, the
/// fewer pages are written for each of them.
const MANY: i64 = 2_048;
/// How much longer.
const MORE: Duration = Duration::from_millis(500);
/// How long it waits where the server was away.
const PAUSE: Duration = Duration::from_millis(200);
/// Rows of a slice on the embedded engine: a millisecond of the writer, which commits
/// wait behind. Each slice costs a look through the engine's cache as well, where its
/// rows had pages split.
const SLICE_ROWS: usize = 256;
/// Rows of a slice on a server, where slices and appends don't wait for each other
/// and each statement is a round trip.
const SLICE_ROWS_ON_SERVER: usize = 4_096;

/// Projects what is committed until the server closes and all is projected.
pub(super) async fn run(shared: Arc<Shared>) {
    while wait(&shared).await {
        let from = *shared.projected.borrow();
        let records = shared.tail_after(from, CHUNK);
        let Some(last) = records.last().map(|sealed| sealed.record.seq) else { continue };
        if let Err(error) = project_missing(&shared.db, records).await {
            if may_pass(&shared, &error) {
                // Rows that were written are not written again.
                tokio::time::sleep(PAUSE).await;
                continue;
            }
            shared.fail(&format!("a projection failed: {error}"));
            shared.projected.send_modify(|_| {});
            return;
        }
        shared.projected.send_replace(last);
        // An idle server has no next commit that would forget.
        shared.keep([]);
    }
}

/// A server that is away when this one closes is not waited for.
fn may_pass(shared: &Shared, error: &Error) -> bool {
    shared.db.is_shared() && error.is_passing() && !shared.committed.is_cancelled()
}

/// Waits for a chunk that is worth it; false once all is done.
async fn wait(shared: &Shared) -> bool {
    let (mut head, mut wanted) = (shared.head.subscribe(), shared.wanted.subscribe());
    let from = *shared.projected.borrow();
    tokio::select! {
        // The senders live as long as `shared`.
        _ = head.wait_for(|head| *head > from) => {}
        () = shared.committed.cancelled() => return *shared.head.borrow() > from,
    }
    tokio::select! {
        _ = head.wait_for(|head| head.number() - from.number() >= CHUNK) => {}
        _ = wanted.wait_for(|wanted| *wanted > from) => {}
        () = patience(shared, from) => {}
        () = shared.committed.cancelled() => {}
    }
    true
}

async fn patience(shared: &Shared, from: Seq) {
    tokio::time::sleep(PATIENCE).await;
    if shared.head.borrow().number() - from.number() >= MANY {
        tokio::time::sleep(MORE).await;
    }
}

/// Writes what no other server has written before.
async fn project_missing(db: &store::Db, mut records: Vec<Arc<Sealed>>) -> Result<(), Error> {
    if db.is_shared() {
        let there = db.read::<_, Error, _>(|tx| Box::pin(projections::projected(tx))).await?;
        records.retain(|sealed| sealed.record.seq > there);
    }
    project(db, records).await
}

/// Writes the rows of consecutive records, then how far they reach.
pub(super) async fn project(db: &store::Db, records: Vec<Arc<Sealed>>) -> Result<(), Error> {
    let Some(last) = records.last().map(|sealed| sealed.record.seq) else { return Ok(()) };
    let chunk = sort(records).await?;
    let rows = if db.is_shared() { SLICE_ROWS_ON_SERVER } else { SLICE_ROWS };
    for slice in chunk.slices(rows) {
        slice.put(db).await?;
    }
    finish(db, last).await
}

/// Sorting a large chunk takes a while; the threads that answer go on.
async fn sort(records: Vec<Arc<Sealed>>) -> Result<Chunk, Error> {
    #[expect(clippy::disallowed_methods, reason = "sorting is bounded work for one thread")]
    let sorted = tokio::task::spawn_blocking(move || {
        Chunk::of(records.iter().map(|sealed| &*sealed.record))
    });
    sorted.await.map_err(|error| Error::Panicked(error.to_string()))
}

async fn finish(db: &store::Db, last: Seq) -> Result<(), Error> {
    db.write::<_, Error, _>(Priority::Mark, move |tx| {
        Box::pin(async move { projections::set_projected(tx, last).await })
    })
    .await
}
