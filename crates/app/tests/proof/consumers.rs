//! Consumers: every record counts once, whatever crashes in between.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use app::consumer::{Consumer, Consumers, Parts, Reading, Records};
use ledger::{Record, Seq, Totals, Turnover};
use store::{Db, Error, Tx, Work, totals};
use tokio::sync::watch;

use crate::home::Home;
use crate::shelf::Shelf;

const LINE: &str = "tally";

/// Counts records and sums their places into a line of the totals; a batch
/// whose turn it is fails after it has written.
struct Tally {
    batches: Arc<AtomicUsize>,
    fails_at: usize,
    failure: Failure,
}

#[derive(Clone, Copy)]
enum Failure {
    Panics,
    Refuses,
}

impl Consumer for Tally {
    const NAME: &'static str = "tally";
    const BATCH_MAX: i64 = 64;

    type Part = Records;

    fn parts(&self, step: Records, _: i64) -> Parts<Records> {
        Parts::whole(step)
    }

    fn consume<'t>(&'t self, tx: &'t mut Tx, records: &'t Records) -> Work<'t, (), Error> {
        Box::pin(async move {
            add(tx, records).await?;
            if self.batches.fetch_add(1, Ordering::SeqCst) != self.fails_at {
                return Ok(());
            }
            match self.failure {
                Failure::Panics => panic!("a consumer that panics"),
                Failure::Refuses => Err(Error::Closed),
            }
        })
    }
}

async fn add(tx: &mut Tx, records: &[Arc<Record>]) -> Result<(), Error> {
    let mut sums = tally(&totals::list(tx).await?);
    for record in records {
        sums.debits += 1;
        sums.credits += i128::from(record.seq.number());
    }
    let changed = Totals::from_lines([(LINE.to_owned(), sums)]);
    totals::put(tx, &changed, &[LINE.to_owned()]).await
}

fn tally(totals: &Totals) -> Turnover {
    let mut lines = totals.lines();
    lines.find(|(name, _)| *name == LINE).map_or(Turnover::default(), |(_, turnover)| *turnover)
}

async fn counted(db: &Db) -> Turnover {
    tally(&db.read::<_, Error, _>(|tx| Box::pin(totals::list(tx))).await.unwrap())
}

fn all(head: Seq) -> Turnover {
    let count = i128::from(head.number());
    Turnover { debits: count, credits: count * (count + 1) / 2 }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_consumer_that_dies_in_any_batch_counts_every_record_once() {
    let shelf = Shelf::filled(61).await;
    let copy = shelf.copy();
    let batches = Arc::new(AtomicUsize::new(0));
    let mut lives = 0;
    // Each life fails in a batch after its first ones, and the next goes on.
    loop {
        let db = copy.as_tool().await;
        let heads = watch::Sender::new(shelf.head());
        let consumers = Consumers::new(db.clone(), heads.subscribe());
        let fails_at = batches.load(Ordering::SeqCst) + lives % 4;
        let failure = if lives % 2 == 0 { Failure::Panics } else { Failure::Refuses };
        let tally = Tally { batches: Arc::clone(&batches), fails_at, failure };
        let reading = consumers.start(tally).await.unwrap();
        let reached = reading.reach(shelf.head()).await;
        consumers.close().await;
        let so_far = counted(&db).await;
        assert_eq!(so_far, all(reading.reached()));
        db.close().await;
        lives += 1;
        if reached.is_ok() {
            break;
        }
    }
    assert!(lives > 5, "{lives} lives");
    let db = copy.as_tool().await;
    assert_eq!(counted(&db).await, all(shelf.head()));
    db.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_with_one_consumer_count_every_record_once() {
    let shelf = Shelf::filled(63).await;
    let copy = shelf.copy();
    let heads = watch::Sender::new(Seq::ZERO);
    let never =
        || Tally { batches: Arc::default(), fails_at: usize::MAX, failure: Failure::Panics };
    let (one, other) = (copy.as_tool().await, copy.as_tool().await);
    let first = Consumers::new(one.clone(), heads.subscribe());
    let second = Consumers::new(other.clone(), heads.subscribe());
    let readings = (first.start(never()).await.unwrap(), second.start(never()).await.unwrap());
    // Both know that nothing is read yet, and both begin.
    heads.send_replace(shelf.head());
    let reached = tokio::join!(readings.0.reach(shelf.head()), readings.1.reach(shelf.head()));
    assert!(reached.0.is_ok() && reached.1.is_ok());
    assert_eq!(counted(&one).await, all(shelf.head()));
    first.close().await;
    second.close().await;
    one.close().await;
    other.close().await;
}

#[tokio::test]
async fn a_reader_is_told_that_another_process_has_read_all() {
    let shelf = Shelf::filled(65).await;
    let last = Started::on(&shelf).await;
    let head = shelf.head();
    last.copy.raw().run(&format!("UPDATE cursors SET seq = {head} WHERE name = 'last'"));
    last.heads.send_replace(head);
    // No record comes any more, and none has to.
    last.reading.reach(head).await.unwrap();
    last.close().await;
}

#[tokio::test]
async fn a_step_that_goes_further_than_the_journal_ends_its_consumer() {
    let shelf = Shelf::filled(66).await;
    let last = Started::on(&shelf).await;
    let past = shelf.head().next();
    let begun = format!("UPDATE cursors SET upto = {past}, done = 1 WHERE name = 'last'");
    last.copy.raw().run(&begun);
    last.heads.send_replace(shelf.head());
    assert!(last.reading.reach(shelf.head()).await.is_err());
    last.close().await;
}

/// One thread, so that it is asked to close before it sees that there is more.
#[tokio::test]
async fn a_consumer_follows_the_head_and_closes_only_behind_it() {
    let shelf = Shelf::filled(64).await;
    let last = Started::on(&shelf).await;
    let (seen, reading) = (Arc::clone(&last.seen), last.reading.clone());
    assert_eq!(reading.reached(), Seq::ZERO);
    last.heads.send_replace(Seq::from_number(10));
    reading.reach(Seq::from_number(10)).await.unwrap();
    assert_eq!(seen.load(Ordering::SeqCst), 10);
    last.heads.send_replace(shelf.head());
    last.consumers.close().await;
    assert_eq!(seen.load(Ordering::SeqCst), shelf.head().number());
    assert_eq!(reading.reached(), shelf.head());
    // It has ended: what comes later is not waited for in vain.
    last.heads.send_replace(shelf.head().next());
    assert!(reading.reach(shelf.head().next()).await.is_err());
    last.close().await;
}

/// Remembers the last record it was given.
struct Last(Arc<AtomicI64>);

impl Consumer for Last {
    const NAME: &'static str = "last";
    const BATCH_MAX: i64 = 10;

    type Part = Records;

    fn parts(&self, step: Records, _: i64) -> Parts<Records> {
        Parts::whole(step)
    }

    fn consume<'t>(&'t self, _: &'t mut Tx, records: &'t Records) -> Work<'t, (), Error> {
        Box::pin(async move {
            for record in records {
                let before = self.0.swap(record.seq.number(), Ordering::SeqCst);
                assert_eq!(before + 1, record.seq.number(), "records come in order, each once");
            }
            Ok(())
        })
    }
}

/// It at work on a copy of a book, of which it has been told no record yet.
struct Started {
    copy: Home,
    db: Db,
    heads: watch::Sender<Seq>,
    consumers: Consumers,
    seen: Arc<AtomicI64>,
    reading: Reading,
}

impl Started {
    async fn on(shelf: &Shelf) -> Self {
        let copy = shelf.copy();
        let db = copy.as_tool().await;
        let heads = watch::Sender::new(Seq::ZERO);
        let consumers = Consumers::new(db.clone(), heads.subscribe());
        let seen = Arc::default();
        let reading = consumers.start(Last(Arc::clone(&seen))).await.unwrap();
        Self { copy, db, heads, consumers, seen, reading }
    }

    async fn close(self) {
        self.consumers.close().await;
        self.db.close().await;
    }
}
