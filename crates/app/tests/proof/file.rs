//! What only the embedded engine's file can be made to be: with bytes that are others,
//! as it is on a disk while a server writes, with texts in an order of their own. These
//! run on a file alone.

use std::path::PathBuf;
use std::sync::Arc;

use app::proof::{Outcome, Place};
use ledger::command::{Grant, Open, Spend};
use ledger::{Actor, Command, Credits, Order, Owner, Seq, Source, Text, Usage};
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

/// Two spends of services whose names another alphabet has in another order.
async fn spend_on_two_services(bench: &Bench) {
    let submit = |command| bench.ledger.submit(Order::bare(Actor::System, command));
    let (owner, unit) = (Owner::User(1), Text::parse("credit").unwrap());
    let opened = submit(Command::Open(Open { owner, unit })).await.unwrap();
    let wallet = opened.record.wallet.unwrap();
    let amount = Credits::whole(10).unwrap();
    submit(Command::Grant(Grant::plain(wallet, amount, Source::Admin))).await.unwrap();
    for service in ["apple", "Zebra"] {
        let service = Some(Text::parse(service).unwrap());
        let usage = Usage { price_version: Some(1), service, quantities: Vec::new() };
        let amount = Credits::whole(1).unwrap();
        submit(Command::Spend(Spend { wallet, amount, usage })).await.unwrap();
    }
}

/// A PostgreSQL may sort texts by the rules of a language. Few are installed with it,
/// so this file does as those do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trial_balance_that_is_sorted_by_the_rules_of_a_language_is_sound() {
    let bench = Bench::start().await;
    spend_on_two_services(&bench).await;
    let (home, _) = bench.close().await;
    let raw = home.raw();
    let as_bytes = raw.lines("SELECT line FROM totals ORDER BY line");
    raw.run(
        "ALTER TABLE totals RENAME TO as_bytes;
        CREATE TABLE totals (
            partition_id INTEGER NOT NULL, line TEXT NOT NULL COLLATE NOCASE,
            debits BLOB NOT NULL, credits BLOB NOT NULL, PRIMARY KEY (partition_id, line)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO totals SELECT * FROM as_bytes;
        DROP TABLE as_bytes",
    );
    assert_ne!(raw.lines("SELECT line FROM totals ORDER BY line"), as_bytes);
    assert_eq!(verify_home(&home).await.finding(), None);
    raw.run("UPDATE totals SET credits = zeroblob(16) WHERE line LIKE '%apple'");
    let place = found(&home, "a line that is another").await.place;
    assert!(matches!(place, Place::Row { table: "totals", .. }), "{place}");
}
