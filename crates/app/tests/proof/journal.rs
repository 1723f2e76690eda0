//! The journal changed behind our back: verification names the place.

use app::proof::{Evidence, Outcome, Place};
use ledger::{Hash, Seq, Text, chain, decode, encode};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use testkit::{Raw, literal};

use crate::bench::{Bench, verify_home, verify_with};
use crate::shelf::{Shelf, found, head};
use crate::workload::Workload;

fn bytes(raw: &Raw, column: &str, seq: i64) -> Vec<u8> {
    raw.bytes(&format!("SELECT {column} FROM journal WHERE seq = {seq}")).remove(0)
}

fn setting(column: &str, bytes: &[u8], seq: i64) -> String {
    format!("UPDATE journal SET {column} = {} WHERE seq = {seq}", literal(bytes))
}

fn set(raw: &Raw, column: &str, bytes: &[u8], seq: i64) {
    assert_eq!(raw.run(&setting(column, bytes, seq)), 1);
}

async fn assert_found_at(shelf: &Shelf, seq: i64, what: &str, tamper: impl FnOnce(&Raw)) {
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
        let whole = bytes(&shelf.raw(), column, seq);
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
            raw.run(&format!("DELETE FROM journal WHERE seq = {seq}"));
        })
        .await;
        for change in ["seq = seq + 1000000", "partition_id = 2"] {
            assert_found_at(&shelf, seq, change, |raw| {
                raw.run(&format!("UPDATE journal SET {change} WHERE seq = {seq}"));
            })
            .await;
        }
    }
    for (partition, seq) in [(1, head + 1), (1, head + 9), (2, 1)] {
        assert_found_at(&shelf, head + 1, "added", |raw| {
            raw.run(&added(partition, seq));
        })
        .await;
    }
    for (partition, seq) in [(1, 0), (1, -1), (0, 1)] {
        assert_found_at(&shelf, 1, "added in front", |raw| {
            raw.run(&added(partition, seq));
        })
        .await;
    }
}

fn added(partition: i64, seq: i64) -> String {
    format!("INSERT INTO journal SELECT {partition}, {seq}, body, hash FROM journal WHERE seq = 9")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_rows_swapped_are_found_at_the_first() {
    let shelf = Shelf::filled(14).await;
    for (one, other) in [(2, 3), (500, 501), (40, 1_800)] {
        assert_found_at(&shelf, one, "swapped", |raw| {
            for (from, to) in [(one, -1), (other, one), (-1, other)] {
                raw.run(&format!("UPDATE journal SET seq = {to} WHERE seq = {from}"));
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
            raw.run(&format!("DELETE FROM journal WHERE seq > {last}"));
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
    let (home, hand) = bench.close().await;
    let (backup, head) = (home.copy(), head(&home));
    let bench = Bench::resume(home, hand).await;
    workload.run(&bench.ledger, &bench.hand, 300).await;
    let (home, _) = bench.close().await;
    assert_eq!(verify_home(&home).await.outcome, Outcome::Sound);
    backup.take_witnesses(&home);
    assert_eq!(found(&backup, "put back").await.place, Place::Journal(head.next()));
    let report = verify_with(&backup, Evidence::default()).await;
    assert_eq!(report.outcome, Outcome::Sound);
}

/// Who has the whole database can chain it anew. Not so who lacks the signing key.
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
    let report = verify_with(&copy, Evidence::default()).await;
    assert_eq!(report.outcome, Outcome::Sound);
    let finding = found(&copy, "rewritten").await;
    assert!(matches!(finding.place, Place::Checkpoint { .. }), "{finding}");
    assert!(finding.seq().unwrap() >= Seq::from_number(seq));
    assert!(finding.to_string().starts_with("checkpoint "), "{finding}");
}

fn chain_anew(raw: &Raw, from: i64) {
    let mut hash = Hash(bytes(raw, "hash", from - 1).try_into().unwrap());
    let bodies = raw.bytes(&format!("SELECT body FROM journal WHERE seq >= {from} ORDER BY seq"));
    let mut changes = vec!["BEGIN".to_owned()];
    for (seq, body) in (from..).zip(&bodies) {
        hash = chain(hash, body);
        changes.push(setting("hash", &hash.0, seq));
    }
    changes.push(format!("UPDATE heads SET hash = {}", literal(&hash.0)));
    changes.push("COMMIT".to_owned());
    raw.run(&changes.join(";"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_head_that_is_not_the_journals_end_is_found() {
    let shelf = Shelf::filled(18).await;
    let head = shelf.head().number();
    assert_found_at(&shelf, head + 1, "head ahead", |raw| {
        raw.run("UPDATE heads SET seq = seq + 1");
    })
    .await;
    for change in [
        "UPDATE heads SET seq = seq - 1",
        "UPDATE heads SET hash = zeroblob(32)",
        "UPDATE heads SET at = at + 1",
        "UPDATE heads SET partition_id = 2",
        "DELETE FROM heads",
        "INSERT INTO heads SELECT 2, seq, hash, at, fence FROM heads",
    ] {
        let copy = shelf.tampered(|raw| {
            raw.run(change);
        });
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
        assert_found_at(&shelf, 1, change, |raw| {
            raw.run(change);
        })
        .await;
    }
}
