//! Rebuild: puts right what differs, changes nothing else, stops nobody.

use std::path::{Path, PathBuf};

use app::consumer::Consumers;
use app::figures::Counter;
use app::proof::rebuild::Settings;
use app::proof::{Outcome, RebuildError, Rebuilt, TableChanges, rebuild};
use ledger::Seq;
use store::{Db, Options};
use testkit::{Raw, TestPlace};

use crate::bench::{Bench, NOON, verify_home};
use crate::home::Home;
use crate::shelf::Shelf;
use crate::workload::Workload;

const TABLES: [&str; 7] =
    ["wallets", "grants", "holds", "used_keys", "history", "refunds", "totals"];

/// The scratch is a file wherever the book is.
fn scratch(home: &Home) -> PathBuf {
    home.folder().join("book.db.rebuild")
}

async fn try_rebuild(home: &Home) -> Result<Rebuilt, RebuildError> {
    let db = home.as_tool().await;
    let settings = Settings { scratch: scratch(home), now: NOON };
    let rebuilt = rebuild(&db, settings, |_| ()).await;
    db.close().await;
    rebuilt
}

pub(crate) async fn rebuilt(home: &Home) -> Rebuilt {
    try_rebuild(home).await.unwrap()
}

/// Every row of every table folded from the journal.
fn rows(raw: &Raw) -> Vec<String> {
    let mut all = Vec::new();
    for table in TABLES {
        let mut lines = raw.lines(&format!("SELECT * FROM {table}"));
        lines.sort();
        all.extend(lines);
    }
    all
}

/// The schema as the engine has it, and where it keeps which table.
fn schema(raw: &Raw) -> Vec<String> {
    raw.lines(raw.either(
        "SELECT name, COALESCE(sql, ''), rootpage FROM sqlite_schema ORDER BY name",
        "SELECT c.relname, c.relfilenode, a.attnum, a.attname, a.atttypid::regtype, a.attnotnull,
            pg_get_indexdef(c.oid), p.conname, pg_get_constraintdef(p.oid)
        FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
        LEFT JOIN pg_constraint p ON p.conrelid = c.oid
        WHERE c.relnamespace = 'public'::regnamespace
        ORDER BY c.relname, a.attnum, p.conname",
    ))
}

/// What must be another if a row was touched: the file, or each row with its place and
/// the transaction that put it there.
fn as_it_lies(home: &Home) -> Vec<u8> {
    match &home.place {
        TestPlace::File(path) => std::fs::read(path).unwrap(),
        TestPlace::Server(_) => {
            let lines = TABLES.map(|table| {
                let sql = format!("SELECT ctid, xmin, t.* FROM {table} t ORDER BY ctid");
                home.raw().lines(&sql).join("\n")
            });
            lines.concat().into_bytes()
        }
    }
}

fn names(folder: &Path) -> Vec<std::ffi::OsString> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rebuild_of_a_sound_book_changes_nothing_and_leaves_nothing() {
    let shelf = Shelf::filled(51).await;
    let copy = shelf.copy();
    let before = (as_it_lies(&copy), names(copy.folder()));
    let report = rebuilt(&copy).await;
    assert!(report.changed_nothing(), "{report:?}");
    assert_eq!(report.head, shelf.head());
    for (table, expected) in report.tables.iter().map(|table| (table.table, table.rows)) {
        let counted = shelf.raw().number(&format!("SELECT COUNT(*) FROM {table}"));
        assert_eq!(u64::try_from(counted).unwrap(), expected, "{table}");
    }
    assert!((as_it_lies(&copy), names(copy.folder())) == before, "something was touched");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn projections_deleted_or_garbled_are_as_before_after_a_rebuild() {
    let shelf = Shelf::filled(52).await;
    let right = rows(&shelf.raw());
    let all = TABLES.map(|table| format!("DELETE FROM {table};")).concat();
    for damage in [
        all.as_str(),
        "UPDATE wallets SET posted = posted + 1, seq = seq + 1000000 WHERE wallet_id % 2 = 0",
        "UPDATE wallets SET owner_id = owner_id + 1000000;
            UPDATE wallets SET owner_id = (SELECT MIN(wallet_id) FROM wallets AS w) + 2
            WHERE wallet_id = (SELECT MAX(wallet_id) FROM wallets)",
        "UPDATE grants SET remaining = 0, source = CAST(x'ff' AS TEXT)",
        "UPDATE grants SET partition_id = 2 WHERE ordinal = 1",
        "UPDATE holds SET reserves = x'00', wallet_id = 5",
        "UPDATE holds SET hold_id = hold_id + 1000000",
        "UPDATE used_keys SET seq = 1; DELETE FROM used_keys WHERE key < x'80'",
        "INSERT INTO used_keys SELECT 1, era, CAST(key || x'00' AS BLOB), fingerprint, seq FROM used_keys",
        "DELETE FROM history WHERE account_seq % 3 = 0; UPDATE history SET kind = 'gift'",
        "UPDATE refunds SET refunded = refunded + 1",
        "UPDATE projected SET seq = seq + 1000000; DELETE FROM holds",
        "UPDATE projected SET seq = 7",
        "UPDATE totals SET debits = x'01'",
        "UPDATE totals SET debits = zeroblob(16)",
        "INSERT INTO totals VALUES (1, 'hidden', zeroblob(16), zeroblob(16))",
        "UPDATE cursors SET seq = seq + 1000000 WHERE name = 'totals'",
        "UPDATE cursors SET upto = seq + 1000000, done = 1 WHERE name = 'totals'",
        "UPDATE cursors SET seq = seq - 100 WHERE name = 'totals'",
    ] {
        let copy = shelf.tampered(|raw| assert!(raw.run(damage) > 0, "{damage}"));
        let as_made = schema(&copy.raw());
        let first = rebuilt(&copy).await;
        // A cursor of the projector that lags is as good as another.
        let harmless = damage == "UPDATE projected SET seq = 7";
        assert_eq!(first.changed_nothing(), harmless, "{damage}: {first:?}");
        assert_eq!(rows(&copy.raw()), right, "{damage}");
        assert_eq!(schema(&copy.raw()), as_made, "{damage}");
        let report = verify_home(&copy).await;
        assert_eq!(report.outcome, Outcome::Sound, "{damage}");
        let second = rebuilt(&copy).await;
        assert!(second.changed_nothing(), "{damage}: {second:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rebuild_says_what_it_found() {
    let shelf = Shelf::filled(53).await;
    let copy = shelf.tampered(|raw| {
        raw.run(
            "DELETE FROM history WHERE seq IN (SELECT seq FROM history ORDER BY seq LIMIT 3);
            UPDATE history SET amount = 1 WHERE seq = (SELECT MAX(seq) FROM history);
            INSERT INTO history SELECT 1, 999999, account_seq, kind, at, amount, seq FROM history
                WHERE wallet_id = (SELECT MAX(wallet_id) FROM history)",
        );
    });
    let surplus = copy.raw().number("SELECT COUNT(*) FROM history WHERE wallet_id = 999999");
    let report = rebuilt(&copy).await;
    let found = report.tables.iter().find(|table| table.table == "history").unwrap();
    assert_eq!((found.missing, found.different), (3, 1));
    assert_eq!(i64::try_from(found.surplus).unwrap(), surplus);
    assert!(surplus > 0);
    let others = report.tables.iter().filter(|table| table.table != "history");
    assert!(others.map(|table| table.missing + table.different + table.surplus).sum::<u64>() == 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_rebuilt_from_a_journal_that_was_changed() {
    let shelf = Shelf::filled(54).await;
    for (change, seq) in [
        ("UPDATE journal SET body = CAST(body || x'00' AS BLOB) WHERE seq = 700", 700),
        ("DELETE FROM journal WHERE seq = 700", 700),
        ("DELETE FROM journal WHERE seq >= 700", 700),
    ] {
        let copy = shelf.tampered(|raw| assert!(raw.run(change) > 0));
        let before = rows(&copy.raw());
        let refused = try_rebuild(&copy).await.unwrap_err();
        let is_named = matches!(refused, RebuildError::Broken(at) if at == Seq::from_number(seq));
        assert!(is_named, "{change}: {refused}");
        assert_eq!(rows(&copy.raw()), before);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_rebuild_that_was_killed_left_behind_is_no_hindrance() {
    let shelf = Shelf::filled(55).await;
    let copy = shelf.copy();
    let scratch = scratch(&copy);
    Db::open(&Options::serve(&scratch, NOON)).unwrap().close().await;
    // A row that would be taken for one there must be.
    testkit::tamper(&scratch, "INSERT INTO refunds VALUES (1, 1, 1, 1)");
    let report = rebuilt(&copy).await;
    assert!(report.changed_nothing(), "{report:?}");
    assert!(!scratch.exists());
    let running = Db::open(&Options::serve(&scratch, NOON)).unwrap();
    let refused = try_rebuild(&copy).await.unwrap_err();
    assert!(matches!(refused, RebuildError::Scratch(store::OpenError::Locked { .. })));
    running.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rebuild_while_commands_run_changes_nothing_and_loses_nothing() {
    let bench = Bench::start().await;
    let mut workload = Workload::seeded(56);
    workload.run(&bench.ledger, &bench.hand, 500).await;
    let done = std::sync::atomic::AtomicBool::new(false);
    let writing = async {
        while !done.load(std::sync::atomic::Ordering::SeqCst) {
            workload.run(&bench.ledger, &bench.hand, 50).await;
        }
    };
    let home = &bench.home;
    let rebuilding = async {
        let mut heads = Vec::new();
        for _ in 0..8 {
            let report = rebuilt(home).await;
            assert!(report.changed_nothing(), "{report:?}");
            heads.push(report.head);
        }
        done.store(true, std::sync::atomic::Ordering::SeqCst);
        heads
    };
    let ((), heads) = tokio::join!(writing, rebuilding);
    assert!(heads.first() < heads.last(), "nothing was written meanwhile: {heads:?}");
    let (home, _) = bench.close().await;
    assert_eq!(verify_home(&home).await.outcome, Outcome::Sound);
}

/// Rows that nobody loads are damaged under a server at work: what it has in
/// memory can't be put right from here.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn damage_is_put_right_while_commands_run() {
    let bench = Bench::start().await;
    Workload::seeded(57).run(&bench.ledger, &bench.hand, 800).await;
    bench.ledger.projected().await.unwrap();
    let last = bench.ledger.head().seq.number();
    let done = std::sync::atomic::AtomicBool::new(false);
    // A workload that knows none of the wallets there are.
    let mut workload = Workload::seeded(58);
    let writing = async {
        while !done.load(std::sync::atomic::Ordering::SeqCst) {
            workload.run(&bench.ledger, &bench.hand, 50).await;
        }
    };
    let home = &bench.home;
    let rebuilding = async {
        for damage in [
            format!("DELETE FROM history WHERE seq <= {last}"),
            format!("UPDATE holds SET released = 0 WHERE status <> 'open' AND seq <= {last}"),
            format!("UPDATE refunds SET seq = seq + 1000000 WHERE seq <= {last}"),
        ] {
            assert!(home.raw().without_checks().run(&damage) > 0, "{damage}");
            assert!(!rebuilt(home).await.changed_nothing(), "{damage}");
        }
        done.store(true, std::sync::atomic::Ordering::SeqCst);
    };
    tokio::join!(writing, rebuilding);
    let (home, _) = bench.close().await;
    assert_eq!(verify_home(&home).await.outcome, Outcome::Sound);
}

/// A projector and a counter that never rest: rows move on between any two statements
/// of a rebuild, which counts the figures anew each time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rebuilds_beside_busy_tasks_set_nothing_back() {
    let bench = Bench::start().await;
    let mut workload = Workload::seeded(59);
    workload.run(&bench.ledger, &bench.hand, 300).await;
    let consumers = Consumers::beside(bench.db.clone(), &bench.ledger);
    let figures = consumers.start(Counter { wallets: 2 }).await.unwrap();
    let done = std::sync::atomic::AtomicBool::new(false);
    let writing = async {
        while !done.load(std::sync::atomic::Ordering::SeqCst) {
            workload.run(&bench.ledger, &bench.hand, 10).await;
            let (rows, counted) =
                tokio::join!(bench.ledger.projected(), figures.reach(bench.ledger.head().seq));
            rows.unwrap();
            counted.unwrap();
        }
    };
    let rebuilding = async {
        for _ in 0..20 {
            bench.home.raw().run("UPDATE figures SET wallets = wallets + 1000000");
            let report = rebuilt(&bench.home).await;
            for table in report.tables.iter().filter(|table| table.table != "figures") {
                let TableChanges { missing, different, surplus, .. } = table;
                assert_eq!((*missing, *different, *surplus), (0, 0, 0), "{report:?}");
            }
        }
        done.store(true, std::sync::atomic::Ordering::SeqCst);
    };
    tokio::join!(writing, rebuilding);
    consumers.close().await;
    let (home, _) = bench.close().await;
    let report = verify_home(&home).await;
    assert_eq!(report.outcome, Outcome::Sound, "{:?}", report.finding().map(ToString::to_string));
}
