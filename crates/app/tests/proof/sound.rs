//! What verification says of books that are as they should be.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use app::proof::{Evidence, Outcome, Progress, verify};
use ledger::{Kind, decode};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::bench::{Bench, NOON, verify_home};
use crate::home::Home;
use crate::shelf::Shelf;
use crate::workload::Workload;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_book_of_every_kind_of_record_is_sound() {
    let shelf = Shelf::filled(1).await;
    let report = verify_home(&shelf.home).await;
    assert_eq!(report.outcome, Outcome::Sound, "{:?}", report.finding().map(ToString::to_string));
    assert_eq!(report.head.seq, shelf.head());
    assert_eq!(report.records, shelf.head().number());
    assert_eq!(report.checkpoints, 4);
    assert!(report.totals.balance());
    let raw = shelf.raw();
    let wallets = raw.number("SELECT COUNT(*) FROM wallets");
    assert_eq!(i64::try_from(report.wallets).unwrap(), wallets);
    // The workload is worth something only if it fills every table, with records
    // of every kind.
    for table in ["words", "grants", "holds", "used_keys", "history", "refunds", "totals"] {
        assert!(raw.number(&format!("SELECT COUNT(*) FROM {table}")) > 5, "{table}");
    }
    let bodies = raw.bytes("SELECT body FROM journal");
    let kinds = bodies.iter().map(|body| decode(body).unwrap().event.kind().as_str());
    let kinds: BTreeSet<_> = kinds.collect();
    assert_eq!(kinds, Kind::ALL.iter().map(|kind| kind.as_str()).collect());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_database_is_sound_and_has_nothing() {
    let home = Home::fresh().await;
    home.place.open(NOON).await.close().await;
    let report = verify_home(&home).await;
    assert_eq!((report.outcome, report.records), (Outcome::Sound, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_that_a_crash_left_further_than_their_cursor_are_sound() {
    let shelf = Shelf::filled(2).await;
    let head = shelf.head().number();
    for projected in [0, 1, head / 3, head - 1] {
        let copy = shelf.tampered(|raw| {
            raw.run(&format!("UPDATE projected SET seq = {projected}"));
        });
        let report = verify_home(&copy).await;
        assert_eq!(report.outcome, Outcome::Sound, "projected {projected}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_that_a_crash_left_unwritten_behind_the_cursor_are_sound() {
    let shelf = Shelf::filled(3).await;
    let head = shelf.head().number();
    let copy = shelf.tampered(|raw| {
        let cursor = head - 300;
        raw.run(&format!("UPDATE projected SET seq = {cursor}"));
        for table in ["used_keys", "history"] {
            let sql = format!("DELETE FROM {table} WHERE seq > {cursor} AND seq % 3 = 0");
            assert!(raw.run(&sql) > 5);
        }
    });
    assert_eq!(verify_home(&copy).await.outcome, Outcome::Sound);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_book_that_is_being_written_is_sound_at_every_moment() {
    let bench = Bench::start().await;
    let mut workload = Workload::seeded(4);
    let tool = bench.home.as_tool().await;
    let writing = async {
        for _ in 0..30 {
            workload.run(&bench.ledger, &bench.hand, 100).await;
        }
    };
    let verifying = async {
        for _ in 0..10 {
            let report = verify(&tool, Evidence::default(), |_| ()).await.unwrap();
            assert_eq!(report.outcome, Outcome::Sound);
            let report = bench.proof.verify().await.unwrap();
            assert_eq!(report.outcome, Outcome::Sound);
        }
    };
    tokio::join!(writing, verifying);
    bench.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn progress_rises_to_the_number_of_records() {
    let shelf = Shelf::filled(5).await;
    let db = shelf.home.as_tool().await;
    let seen = Arc::new(Mutex::new(Vec::<Progress>::new()));
    let sink = Arc::clone(&seen);
    let evidence = Evidence::default();
    verify(&db, evidence, move |progress| sink.lock().unwrap().push(progress)).await.unwrap();
    let seen = seen.lock().unwrap();
    assert!(seen.is_sorted_by_key(|progress| progress.done));
    let head = shelf.head().number();
    assert_eq!(seen.last(), Some(&Progress { done: head, total: head }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_verification_that_nobody_waits_for_ends_within_a_page() {
    let bench = Bench::start().await;
    Workload::seeded(6).run(&bench.ledger, &bench.hand, 2_500).await;
    let tool = bench.home.as_tool().await;
    let (begins, mut pages) = mpsc::unbounded_channel();
    let (goes, go_on) = std::sync::mpsc::channel();
    let mut verifying = JoinSet::new();
    verifying.spawn(async move {
        let progress = move |progress: Progress| {
            begins.send(progress).unwrap();
            go_on.recv().unwrap();
        };
        verify(&tool, Evidence::default(), progress).await.map(drop)
    });
    let first = pages.recv().await.unwrap();
    assert!(first.done < first.total, "{first:?}");
    verifying.abort_all();
    // Who reads a file has a thread of its own, which learns that nobody waits any
    // more; on a server it is the task itself, which ends where it next waits.
    if !testkit::is_on_a_server() {
        verifying.shutdown().await;
    }
    goes.send(()).unwrap();
    assert_eq!(pages.recv().await, None, "what it holds, such as its turn, is let go");
    bench.close().await;
}
