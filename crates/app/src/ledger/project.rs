//! The projector: writes the tables behind the journal, in large sorted chunks
//! of small slices, so that an index page is touched once for many records. The slices of
//! a large one are spread, so that no commit waits for a burst of them; those of a full one
//! are not, since there is more behind it.

use std::sync::Arc;
use std::time::Duration;

use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use ledger::{Sealed, Seq};
use store::projections::{self, Chunk, Slice};
use store::{Error, Priority};
use tokio::sync::watch;
use tokio::time::Interval;
use tokio_util::sync::CancellationToken;

use super::shared::Shared;

/// A chunk waits to grow to this size, and is not larger ...
const CHUNK: i64 = 60_000;
/// ... but no longer than this, so that a quiet server has no lag.
const PATIENCE: Duration = Duration::from_millis(500);
/// So many by then, and it waits longer: the more records of a wallet a chunk has, the
/// fewer pages are written for each of them.
const MANY: i64 = 2_048;
/// How much longer.
const MORE: Duration = Duration::from_millis(1_500);
/// The slices of so many are spread over the time that was waited for them, divided by
/// this: one after the other, they and the checkpoints behind them keep commits waiting.
const SPREAD: u32 = 2;
/// The same on a server, where they have a connection of their own, and other servers may
/// wait for their turn.
const SPREAD_ON_SERVER: u32 = 4;
/// How often it is looked whether there are enough.
const LOOK: Duration = Duration::from_millis(50);
/// How long it waits where the server was away.
const PAUSE: Duration = Duration::from_millis(200);
/// How long it waits for its turn before it asks again.
const TURN_PAUSE: Duration = Duration::from_millis(50);
/// How often it asks, for two seconds. Then it writes all the same: another server may stand
/// still with its turn.
const CLAIMS_MAX: u32 = 40;
/// Rows of a slice on the embedded engine: a millisecond of the writer, which commits
/// wait behind. Each slice costs a look through the engine's cache as well, where its
/// rows had pages split.
const SLICE_ROWS: usize = 256;
/// The same where there is more to write than a chunk may have, or nobody appends yet: who
/// waits then waits for what is written behind.
const SLICE_ROWS_OF_MANY: usize = 1_024;
/// So many of those slices are on their way to the writer, which has no pause between them.
const SLICES_UNDER_WAY: usize = 2;
/// Rows of a slice on a server, where each is a round trip, and appends wait for the disk
/// behind what it came to.
const SLICE_ROWS_ON_SERVER: usize = 1_024;
/// The same where there is more to write.
const SLICE_ROWS_OF_MANY_ON_SERVER: usize = 4_096;

/// Projects what is committed until the server closes and all is projected.
pub(super) async fn run(shared: Arc<Shared>) {
    while let Some(gathered) = wait(&shared).await {
        let from = *shared.projected.borrow();
        let records = shared.tail.after(from, CHUNK);
        let Some(last) = records.last().map(|sealed| sealed.record.seq) else { continue };
        let pace = (!is_full(&records)).then(|| {
            let part = if shared.db.is_shared() { SPREAD_ON_SERVER } else { SPREAD };
            let over = spread(records.len(), gathered, part);
            let (wanted, closing) = (shared.wanted.subscribe(), shared.committed.clone());
            Pace { from, over, wanted, closing }
        });
        let written = if shared.db.is_shared() {
            project_missing(&shared.db, records, pace).await
        } else {
            project(&shared.db, records, pace).await
        };
        if let Err(error) = written {
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
        // Where commits follow, they forget.
        if *shared.head.borrow() <= last {
            shared.forget_all().await;
        }
    }
}

/// Another process that keeps a file busy, or a server that is away. When this one closes
/// that is not waited for.
fn may_pass(shared: &Shared, error: &Error) -> bool {
    let passes = matches!(error, Error::Busy) || shared.db.is_shared() && error.is_passing();
    passes && !shared.committed.is_cancelled()
}

/// Whether there may be more behind them.
fn is_full(records: &[Arc<Sealed>]) -> bool {
    i64::try_from(records.len()).is_ok_and(|records| records >= CHUNK)
}

/// Waits for a chunk that is worth it, and says how long that took; none once all is done.
async fn wait(shared: &Shared) -> Option<Duration> {
    let (mut head, mut wanted) = (shared.head.subscribe(), shared.wanted.subscribe());
    let from = *shared.projected.borrow();
    tokio::select! {
        // The senders live as long as `shared`.
        _ = head.wait_for(|head| *head > from) => {}
        () = shared.committed.cancelled() => {
            return (*shared.head.borrow() > from).then_some(Duration::ZERO);
        }
    }
    let first = shared.clock.monotonic();
    tokio::select! {
        () = grows(&head, from.number().saturating_add(CHUNK)) => {}
        _ = wanted.wait_for(|wanted| *wanted > from) => {}
        () = patience(shared, from) => {}
        () = shared.committed.cancelled() => {}
    }
    let micros = shared.clock.monotonic() - first;
    Some(Duration::from_micros(micros.try_into().unwrap_or(0)))
}

/// Waits until a journal that grows has a record, and looks now and then: who waits for the
/// head itself is woken by each commit.
pub(crate) async fn grows(head: &watch::Receiver<Seq>, upto: i64) {
    while head.borrow().number() < upto {
        tokio::time::sleep(LOOK).await;
    }
}

async fn patience(shared: &Shared, from: Seq) {
    tokio::time::sleep(PATIENCE).await;
    if shared.head.borrow().number() - from.number() >= MANY {
        tokio::time::sleep(MORE).await;
    }
}

/// What the slices of so many records are spread over that were waited for so long.
fn spread(records: usize, gathered: Duration, part: u32) -> Duration {
    let many = i64::try_from(records).is_ok_and(|records| records >= MANY);
    // A process may have stood still while it waited.
    if many { gathered.min(PATIENCE + MORE) / part } else { Duration::ZERO }
}

/// When the slices of a chunk are due.
pub(super) struct Pace {
    from: Seq,
    over: Duration,
    wanted: watch::Receiver<Seq>,
    closing: CancellationToken,
}

impl Pace {
    /// Ticks for so many slices, from now on.
    fn ticks(&self, slices: usize) -> Interval {
        let slices = u32::try_from(slices).unwrap_or(u32::MAX).max(1);
        tokio::time::interval((self.over / slices).max(Duration::from_micros(1)))
    }

    /// Waits for the next tick. Nobody who wants to read what the chunk has waits for it,
    /// nor does a server that closes; what is late follows at once.
    async fn rest(&mut self, ticks: &mut Interval) {
        tokio::select! {
            _ = self.wanted.wait_for(|wanted| *wanted > self.from) => {}
            () = self.closing.cancelled() => {}
            _ = ticks.tick() => {}
        }
    }
}

/// Writes what no other server has written before. They take turns, so that none writes
/// what another one is about to.
pub(super) async fn project_missing(
    db: &store::Db,
    mut records: Vec<Arc<Sealed>>,
    pace: Option<Pace>,
) -> Result<(), Error> {
    let Some(last) = records.last().map(|sealed| sealed.record.seq) else { return Ok(()) };
    let mut is_claimed = false;
    for _ in 0..CLAIMS_MAX {
        is_claimed = db.claim_slices().await?;
        if is_claimed || projected(db).await? >= last {
            break;
        }
        tokio::time::sleep(TURN_PAUSE).await;
    }
    let written = async {
        let there = projected(db).await?;
        records.retain(|sealed| sealed.record.seq > there);
        project(db, records, pace).await
    };
    let written = written.await;
    if is_claimed {
        db.release_slices().await;
    }
    written
}

async fn projected(db: &store::Db) -> Result<Seq, Error> {
    db.read::<_, Error, _>(|tx| Box::pin(projections::projected(tx))).await
}

/// Writes the rows of consecutive records, at a pace or as fast as that goes, then how far
/// they reach.
pub(super) async fn project(
    db: &store::Db,
    records: Vec<Arc<Sealed>>,
    pace: Option<Pace>,
) -> Result<(), Error> {
    let Some(last) = records.last().map(|sealed| sealed.record.seq) else { return Ok(()) };
    let (rows, rows_of_many, under_way) = if db.is_shared() {
        (SLICE_ROWS_ON_SERVER, SLICE_ROWS_OF_MANY_ON_SERVER, 1)
    } else {
        (SLICE_ROWS, SLICE_ROWS_OF_MANY, SLICES_UNDER_WAY)
    };
    if let Some(mut pace) = pace {
        let slices = slices(records, rows).await?;
        let mut ticks = pace.ticks(slices.len());
        for slice in slices {
            pace.rest(&mut ticks).await;
            slice.put(db).await?;
        }
    } else {
        let slices = stream::iter(slices(records, rows_of_many).await?);
        let mut written = slices.map(|slice| slice.put(db)).buffered(under_way);
        while let Some(()) = written.try_next().await? {}
    }
    finish(db, last).await
}

/// Sorting a large chunk takes a while; the threads that answer go on.
async fn slices(records: Vec<Arc<Sealed>>, rows: usize) -> Result<Vec<Slice>, Error> {
    #[expect(clippy::disallowed_methods, reason = "sorting is bounded work for one thread")]
    let sorted = tokio::task::spawn_blocking(move || {
        Chunk::of(records.iter().map(|sealed| &*sealed.record)).slices(rows)
    });
    sorted.await.map_err(|error| Error::Panicked(error.to_string()))
}

async fn finish(db: &store::Db, last: Seq) -> Result<(), Error> {
    db.write::<_, Error, _>(Priority::Mark, move |tx| {
        Box::pin(async move { projections::set_projected(tx, last).await })
    })
    .await
}

#[cfg(test)]
mod tests {
    use tokio::time::{Instant, timeout};

    use super::*;

    const FROM: i64 = 10;

    /// The runtime moves its clock on once nothing else is to do.
    async fn pass(millis: u64) {
        let never = std::future::pending::<()>();
        timeout(Duration::from_millis(millis), never).await.unwrap_err();
    }

    /// When each of four slices is written that are due within 400 ms, in milliseconds: the
    /// first takes so long, and after so long this happens.
    #[expect(clippy::disallowed_methods, reason = "the runtime's clock, which stands still")]
    async fn written(
        first_takes: u64,
        after: u64,
        happens: impl FnOnce(&watch::Sender<Seq>, &CancellationToken),
    ) -> Vec<u128> {
        let (sender, closing) = (watch::Sender::new(Seq::ZERO), CancellationToken::new());
        let (from, over) = (Seq::from_number(FROM), Duration::from_millis(400));
        let mut pace = Pace { from, over, wanted: sender.subscribe(), closing: closing.clone() };
        let began = Instant::now();
        let writing = async {
            let (mut ticks, mut times) = (pace.ticks(4), Vec::new());
            for slice in 0..4 {
                pace.rest(&mut ticks).await;
                times.push(began.elapsed().as_millis());
                if slice == 0 {
                    pass(first_takes).await;
                }
            }
            times
        };
        let happening = async {
            pass(after).await;
            happens(&sender, &closing);
        };
        tokio::join!(writing, happening).0
    }

    #[tokio::test(start_paused = true)]
    async fn slices_of_a_large_chunk_are_spread() {
        assert_eq!(written(0, 0, |_, _| {}).await, [0, 100, 200, 300]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_due_already_is_written_at_once() {
        assert_eq!(written(250, 0, |_, _| {}).await, [0, 250, 250, 300]);
    }

    #[tokio::test(start_paused = true)]
    async fn who_wants_to_read_what_a_chunk_has_ends_its_pauses() {
        let reads = |seq| {
            move |wanted: &watch::Sender<Seq>, _: &CancellationToken| {
                wanted.send_replace(Seq::from_number(seq));
            }
        };
        assert_eq!(written(0, 150, reads(FROM)).await, [0, 100, 200, 300]);
        assert_eq!(written(0, 150, reads(FROM + 1)).await, [0, 100, 150, 150]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_closes_ends_a_chunks_pauses() {
        assert_eq!(written(0, 150, |_, closing| closing.cancel()).await, [0, 100, 150, 150]);
    }

    #[test]
    fn many_records_are_spread_over_a_part_of_the_wait_for_them() {
        let (millis, many) = (Duration::from_millis, MANY.try_into().unwrap());
        assert_eq!(spread(many - 1, millis(1_000), SPREAD), millis(0));
        assert_eq!(spread(many, millis(1_000), SPREAD), millis(500));
        assert_eq!(spread(many, millis(300), SPREAD), millis(150));
        assert_eq!(spread(many, millis(60_000), SPREAD), millis(1_000));
        assert_eq!(spread(many, millis(60_000), SPREAD_ON_SERVER), millis(500));
    }
}
