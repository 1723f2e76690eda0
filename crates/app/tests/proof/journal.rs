//! The journal changed behind our back: verification names the place.

use app::proof::{Evidence, Outcome, Place};
use ledger::{Hash, Seq, Text, chain, decode, encode};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use testkit::rusqlite::Connection;

use crate::bench::{Bench, database, verify_folder, verify_with, witnesses};
use crate::shelf::{Shelf, found, number};
use crate::workload::Workload;

fn bytes(raw: &Connection, column: &str, seq: i64) -> Vec<u8> {
    let sql = format!("SELECT {column} FROM journal WHERE seq = $1");
    raw.query_one(&sql, [seq], |row| row.get(0)).unwrap()
}

fn set(raw: &Connection, column: &str, bytes: &[u8], seq: i64) {
    let sql = format!("UPDATE journal SET {column} = $1 WHERE seq = $2");
    assert_eq!(raw.execute(&sql, (bytes, seq)).unwrap(), 1);
}

async fn assert_found_at(shelf: &Shelf, seq: i64, what: &str, tamper: impl FnOnce(&Connection)) {
    let copy = shelf.tampered(tamper);
    let place = found(&copy, what).await.place;
    assert_eq!(place, Place::Journal(Seq::from_number(seq)), "{what}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_byte_changed_in_a_body_or_a_hash_is_found_where_it_is() {
    let shelf = Shelf::filled(11).await;
    let mut random = StdRng::seed_from_u64(11);
    let head = shelf.head().number();
    let ends = [1, 2, head].into_iter().flat_map(|seq| [("body", seq), ("hash", seq)]);
    let sampled: Vec<_> = (0..60)
        .map(|at| (if at % 3 == 0 { "hash" } else { "body" }, random.random_range(1..=head)))
        .collect();
    for (column, seq) in ends.chain(sampled) {
        assert_found_at(&shelf, seq, &format!("{column} of {seq}"), |raw| {
            let mut changed = bytes(raw, column, seq);
            let at = random.random_range(0..changed.len());
            changed[at] ^= 1 << random.random_range(0..8);
            set(raw, column, &changed, seq);
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_cut_short_or_made_longer_is_found_where_it_is() {
    let shelf = Shelf::filled(12).await;
    for (column, seq) in [("body", 5), ("hash", 6), ("body", 900), ("hash", 901)] {
        let whole = bytes(&shelf.connection(), column, seq);
        let longer = [whole.as_slice(), &[0]].concat();
        for changed in [&whole[..whole.len() - 1], &[], &longer] {
            let what = format!("{column} of {seq}, {} bytes", changed.len());
            assert_found_at(&shelf, seq, &what, |raw| set(raw, column, changed, seq)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_removed_moved_or_added_is_found() {
    let shelf = Shelf::filled(13).await;
    let head = shelf.head().number();
    for seq in [1, 2, 700, 1_500, head] {
        assert_found_at(&shelf, seq, "removed", |raw| {
            raw.execute("DELETE FROM journal WHERE seq = $1", [seq]).unwrap();
        })
        .await;
        for change in ["seq = seq + 1000000", "partition_id = 2"] {
            assert_found_at(&shelf, seq, change, |raw| {
                raw.execute(&format!("UPDATE journal SET {change} WHERE seq = $1"), [seq]).unwrap();
            })
            .await;
        }
    }
    for (partition, seq) in [(1, head + 1), (1, head + 9), (2, 1)] {
        assert_found_at(&shelf, head + 1, "added", |raw| {
            let sql = "INSERT INTO journal SELECT $1, $2, body, hash FROM journal WHERE seq = 9";
            raw.execute(sql, [partition, seq]).unwrap();
        })
        .await;
    }
    for (partition, seq) in [(1, 0), (1, -1), (0, 1)] {
        assert_found_at(&shelf, 1, "added in front", |raw| {
            let sql = "INSERT INTO journal SELECT $1, $2, body, hash FROM journal WHERE seq = 9";
            raw.execute(sql, [partition, seq]).unwrap();
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_rows_swapped_are_found_at_the_first() {
    let shelf = Shelf::filled(14).await;
    for (one, other) in [(2, 3), (500, 501), (40, 1_800)] {
        assert_found_at(&shelf, one, "swapped", |raw| {
            for (from, to) in [(one, -1), (other, one), (-1, other)] {
                raw.execute("UPDATE journal SET seq = $1 WHERE seq = $2", [to, from]).unwrap();
            }
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tail_cut_off_is_found_at_the_first_missing_record() {
    let shelf = Shelf::filled(15).await;
    let head = shelf.head().number();
    for last in [0, 1, head / 2, head - 1] {
        assert_found_at(&shelf, last + 1, "cut", |raw| {
            raw.execute("DELETE FROM journal WHERE seq > $1", [last]).unwrap();
        })
        .await;
    }
}

/// A backup put back is a book that once was sound: only what was signed since
/// tells that more had happened.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_consistent_cut_below_a_checkpoint_is_found_and_without_one_is_not() {
    let bench = Bench::start().await;
    let mut workload = Workload::seeded(16);
    workload.run(&bench.ledger, &bench.hand, 300).await;
    let (folder, hand) = bench.close().await;
    let backup = std::fs::read(database(folder.path())).unwrap();
    let head = number(&testkit::raw(&database(folder.path())), "SELECT seq FROM heads");
    let bench = Bench::resume(folder, hand).await;
    workload.run(&bench.ledger, &bench.hand, 300).await;
    let (folder, _) = bench.close().await;
    assert_eq!(verify_folder(folder.path()).await.outcome, Outcome::Sound);
    std::fs::write(database(folder.path()), backup).unwrap();
    let place = found(&folder, "put back").await.place;
    assert_eq!(place, Place::Journal(Seq::from_number(head + 1)));
    let report = verify_with(folder.path(), Evidence::default()).await;
    assert_eq!(report.outcome, Outcome::Sound);
}

/// Who has the whole file can chain it anew. Not so who lacks the signing key.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_history_rewritten_to_fit_is_found_by_a_checkpoint_and_without_one_is_not() {
    let shelf = Shelf::filled(17).await;
    let seq = 1_000;
    let copy = shelf.tampered(|raw| {
        let mut record = decode(&bytes(raw, "body", seq)).unwrap();
        record.request = Some(Text::parse("forged").unwrap());
        set(raw, "body", &encode(&record), seq);
        chain_anew(raw, seq);
    });
    let report = verify_with(copy.path(), Evidence::default()).await;
    assert_eq!(report.outcome, Outcome::Sound);
    let finding = found(&copy, "rewritten").await;
    assert!(matches!(finding.place, Place::Checkpoint { .. }), "{finding}");
    assert!(finding.seq().unwrap() >= Seq::from_number(seq));
    assert!(finding.to_string().starts_with("checkpoint "), "{finding}");
}

fn chain_anew(raw: &Connection, from: i64) {
    let head = number(raw, "SELECT seq FROM heads");
    let mut hash = Hash(bytes(raw, "hash", from - 1).try_into().unwrap());
    raw.execute_batch("BEGIN").unwrap();
    for seq in from..=head {
        hash = chain(hash, &bytes(raw, "body", seq));
        set(raw, "hash", &hash.0, seq);
    }
    raw.execute("UPDATE heads SET hash = $1", [hash.0]).unwrap();
    raw.execute_batch("COMMIT").unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_head_that_is_not_the_journals_end_is_found() {
    let shelf = Shelf::filled(18).await;
    let head = shelf.head().number();
    assert_found_at(&shelf, head + 1, "head ahead", |raw| {
        raw.execute_batch("UPDATE heads SET seq = seq + 1").unwrap();
    })
    .await;
    for change in [
        "UPDATE heads SET seq = seq - 1",
        "UPDATE heads SET hash = zeroblob(32)",
        "UPDATE heads SET at = at + 1",
        "UPDATE heads SET partition_id = 2",
        "DELETE FROM heads",
        "INSERT INTO heads SELECT 2, seq, hash, at FROM heads",
    ] {
        let copy = shelf.tampered(|raw| raw.execute_batch(change).unwrap());
        let finding = found(&copy, change).await;
        let is_head = matches!(finding.place, Place::Row { table: "heads", .. });
        assert!(is_head, "{change}: {finding}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_book_row_that_is_not_the_first_records_is_found() {
    let shelf = Shelf::filled(19).await;
    for change in [
        "UPDATE books SET book_id = zeroblob(16)",
        "UPDATE books SET mode = 'live'",
        "UPDATE books SET format = format + 1",
        "UPDATE books SET public_key = zeroblob(32)",
        "DELETE FROM books",
    ] {
        assert_found_at(&shelf, 1, change, |raw| raw.execute_batch(change).unwrap()).await;
    }
}

/// Damage of the file itself: no statement of ours, a page of the journal
/// written over.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bytes_flipped_in_the_files_pages_are_never_taken_for_sound_records() {
    let shelf = Shelf::filled(20).await;
    let file = std::fs::read(database(shelf.folder())).unwrap();
    let body = bytes(&shelf.connection(), "body", 1_200);
    let at = file.windows(body.len()).position(|window| window == body).unwrap();
    for offset in [0, body.len() / 2, body.len() - 1] {
        let copy = shelf.copy();
        let mut damaged = file.clone();
        damaged[at + offset] ^= 0x10;
        std::fs::write(database(copy.path()), damaged).unwrap();
        let place = found(&copy, "a flipped byte").await.place;
        assert_eq!(place, Place::Journal(Seq::from_number(1_200)));
    }
    // The page it is on, from its header.
    let page = at / 4096 * 4096;
    for offset in 0..12 {
        let copy = shelf.copy();
        let mut damaged = file.clone();
        damaged[page + offset] = damaged[page + offset].wrapping_add(0x55);
        std::fs::write(database(copy.path()), damaged).unwrap();
        let report = verify_with(copy.path(), witnesses_of(copy.path())).await;
        // Some bytes there are counters that no row depends on.
        if report.outcome == Outcome::Sound {
            assert_eq!(report.head.seq, shelf.head(), "offset {offset}");
        }
    }
}

fn witnesses_of(folder: &std::path::Path) -> Evidence {
    Evidence { folder: Some(witnesses(folder)), ..Evidence::default() }
}
