//! Damage of the embedded engine's file, which no statement of ours does: bytes that
//! are others, and a disk as it is while a server writes to it. These run on a file
//! alone.

use std::path::PathBuf;
use std::sync::Arc;

use app::proof::{Outcome, Place};
use ledger::Seq;
use tempfile::TempDir;
use testkit::TestPlace;

use crate::bench::{Bench, Hand, verify_home, verify_with, witnesses_of};
use crate::home::Home;
use crate::shelf::{Shelf, found};
use crate::workload::Workload;

fn path(home: &Home) -> PathBuf {
    match &home.place {
        TestPlace::File(path) => path.clone(),
        TestPlace::Server(_) => panic!("this is about a file"),
    }
}

/// A page of the journal written over.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bytes_flipped_in_the_files_pages_are_never_taken_for_sound_records() {
    let shelf = Shelf::filled(20).await;
    let file = std::fs::read(path(&shelf.home)).unwrap();
    let body = shelf.raw().bytes("SELECT body FROM journal WHERE seq = 1200").remove(0);
    let at = file.windows(body.len()).position(|window| window == body).unwrap();
    for offset in [0, body.len() / 2, body.len() - 1] {
        let copy = shelf.copy();
        let mut damaged = file.clone();
        damaged[at + offset] ^= 0x10;
        std::fs::write(path(&copy), damaged).unwrap();
        let place = found(&copy, "a flipped byte").await.place;
        assert_eq!(place, Place::Journal(Seq::from_number(1_200)));
    }
    // The page it is on, from its header.
    let page = at / 4096 * 4096;
    for offset in 0..12 {
        let copy = shelf.copy();
        let mut damaged = file.clone();
        damaged[page + offset] = damaged[page + offset].wrapping_add(0x55);
        std::fs::write(path(&copy), damaged).unwrap();
        let report = verify_with(&copy, witnesses_of(&copy)).await;
        // Some bytes there are counters that no row depends on.
        if report.outcome == Outcome::Sound {
            assert_eq!(report.head.seq, shelf.head(), "offset {offset}");
        }
    }
}

/// The file as it is on the disk in the middle of everything is what a machine
/// that lost its power finds.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_book_whose_machine_stopped_between_batches_is_sound_and_goes_on() {
    let bench = Bench::start().await;
    let mut workload = Workload::seeded(62);
    let mut copies = Vec::new();
    for _ in 0..6 {
        workload.run(&bench.ledger, &bench.hand, 150).await;
        let folder = TempDir::new().unwrap();
        // No write transaction is open while this one is.
        let raw = bench.home.raw();
        raw.run("PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE");
        for suffix in ["", "-wal"] {
            let name = format!("book.db{suffix}");
            std::fs::copy(bench.home.folder().join(&name), folder.path().join(&name)).unwrap();
        }
        raw.run("ROLLBACK");
        copies.push(Home::of_file(folder));
    }
    bench.close().await;
    for copy in copies {
        assert_eq!(verify_home(&copy).await.finding(), None);
        let bench = Bench::resume(copy, Arc::new(Hand::default())).await;
        let balance = bench.proof.trial_balance().await.unwrap();
        assert_eq!(balance.as_of, bench.ledger.head().seq);
        let (home, _) = bench.close().await;
        assert_eq!(verify_home(&home).await.finding(), None);
    }
}
