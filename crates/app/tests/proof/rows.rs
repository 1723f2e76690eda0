//! Tables beside the journal changed behind our back: verification names the
//! row.

use app::proof::{Finding, Outcome, Place};
use testkit::Raw;

use crate::bench::verify_home;
use crate::shelf::{Shelf, found};

/// A table's name and its key, whose columns come first.
const PROJECTIONS: [(&str, usize); 6] =
    [("wallets", 2), ("grants", 3), ("holds", 2), ("used_keys", 3), ("history", 3), ("refunds", 2)];

struct Column {
    name: String,
    kind: String,
}

fn columns(raw: &Raw, table: &str) -> Vec<Column> {
    raw.columns(table).into_iter().map(|(name, kind)| Column { name, kind }).collect()
}

/// Another value of the same kind.
fn other(column: &Column) -> String {
    let Column { name, kind } = column;
    match kind.as_str() {
        "INTEGER" => format!("COALESCE({name}, 0) + 1000000"),
        "TEXT" => format!("COALESCE({name}, '') || 'x'"),
        _ => format!("CAST(COALESCE({name}, x'') || x'01' AS BLOB)"),
    }
}

/// The row at some place of a table, as a condition.
fn nth(raw: &Raw, table: &str, keys: &[&str], place: i64) -> String {
    let key = keys.join(", ");
    let sql = format!("SELECT {key} FROM {table} ORDER BY {key} LIMIT 1 OFFSET {place}");
    let values = raw.rows(&sql).remove(0).into_iter();
    // Numbers, and the bytes of a used key.
    let values = values.map(|value| match value.strip_prefix("\\x") {
        Some(digits) => format!("x'{digits}'"),
        None => value,
    });
    format!("({key}) = ({})", values.collect::<Vec<_>>().join(", "))
}

fn assert_in(table: &str, finding: &Finding, what: &str) {
    let named = matches!(finding.place, Place::Row { table: found, .. } if found == table);
    assert!(named, "{what}: {finding}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_column_changed_in_any_projection_is_found_in_its_row() {
    let shelf = Shelf::filled(31).await;
    let raw = shelf.raw();
    for (table, keys) in PROJECTIONS {
        let columns = columns(&raw, table);
        let names: Vec<&str> = columns[..keys].iter().map(|column| column.name.as_str()).collect();
        let count = raw.number(&format!("SELECT COUNT(*) FROM {table}"));
        for (at, column) in columns.iter().enumerate() {
            let place = i64::try_from(at).unwrap() * 7 % count;
            let row = nth(&raw, table, &names, place);
            let change =
                format!("UPDATE {table} SET {} = {} WHERE {row}", column.name, other(column));
            let copy = shelf.tampered(|raw| assert_eq!(raw.run(&change), 1));
            let finding = found(&copy, &change).await;
            assert_in(table, &finding, &change);
            let is_figure = at >= keys && column.name != "seq";
            if is_figure {
                assert!(finding.what.starts_with(&column.name), "{change}: {finding}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_removed_from_or_added_to_any_projection_is_found() {
    let shelf = Shelf::filled(32).await;
    let raw = shelf.raw();
    for (table, keys) in PROJECTIONS {
        let columns = columns(&raw, table);
        let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        let count = raw.number(&format!("SELECT COUNT(*) FROM {table}"));
        for place in [0, count / 2, count - 1] {
            let row = nth(&raw, table, &names[..keys], place);
            let removed = format!("DELETE FROM {table} WHERE {row}");
            // A key no other row has, and no other row's owner.
            let added: Vec<String> = columns
                .iter()
                .enumerate()
                .map(|(at, column)| match column.name.as_str() {
                    "owner_id" => other(column),
                    _ if at == keys - 1 => other(column),
                    name => name.to_owned(),
                })
                .collect();
            let added = added.join(", ");
            let elsewhere = format!("2, {}", names[1..].join(", "));
            for change in [
                removed,
                format!("INSERT INTO {table} SELECT {added} FROM {table} WHERE {row}"),
                format!("INSERT INTO {table} SELECT {elsewhere} FROM {table} WHERE {row}"),
            ] {
                let copy = shelf.tampered(|raw| assert_eq!(raw.run(&change), 1));
                assert_in(table, &found(&copy, &change).await, &change);
            }
        }
    }
}

/// A row further than the cursor is excused only if it is right there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_row_behind_the_cursor_is_found_in_every_projection() {
    let shelf = Shelf::filled(33).await;
    for (table, column) in [
        ("wallets", "posted"),
        ("grants", "remaining"),
        ("holds", "released"),
        ("used_keys", "seq"),
        ("history", "amount"),
        ("refunds", "refunded"),
    ] {
        let change = format!(
            "UPDATE projected SET seq = seq / 2;
            UPDATE {table} SET {column} = {column} + 1 WHERE seq =
                (SELECT MAX(seq) FROM {table} WHERE seq > (SELECT seq FROM projected))"
        );
        let copy = shelf.tampered(|raw| assert_eq!(raw.run(&change), 1));
        assert_in(table, &found(&copy, &change).await, &change);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_changed_removed_added_or_put_back_are_found() {
    let shelf = Shelf::filled(34).await;
    let raw = shelf.raw();
    let last = raw.number("SELECT MAX(seq) FROM words");
    let bare = raw.number(
        "SELECT MIN(j.seq) FROM journal j LEFT JOIN words w ON w.seq = j.seq WHERE w.seq IS NULL",
    );
    for change in [
        format!("UPDATE words SET text = text || ' ' WHERE seq = {last}"),
        format!("UPDATE words SET text = CAST(x'ff' AS TEXT) WHERE seq = {last}"),
        format!("UPDATE words SET salt = zeroblob(16) WHERE seq = {last}"),
        format!("UPDATE words SET salt = zeroblob(3) WHERE seq = {last}"),
        format!("UPDATE words SET partition_id = 2 WHERE seq = {last}"),
        format!("UPDATE words SET seq = {bare} WHERE seq = {last}"),
        format!("DELETE FROM words WHERE seq = {last}"),
        "DELETE FROM words WHERE seq = (SELECT MIN(seq) FROM words)".to_owned(),
        "INSERT INTO words SELECT 1, seq + 1000000, salt, text FROM words ORDER BY seq LIMIT 1"
            .to_owned(),
    ] {
        let copy = shelf.tampered(|raw| assert_eq!(raw.run(&change), 1));
        assert_in("words", &found(&copy, &change).await, &change);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_that_were_erased_must_be_gone() {
    let shelf = Shelf::filled(35).await;
    let raw = shelf.raw();
    let bodies = raw.bytes("SELECT body FROM journal ORDER BY seq");
    let erased = bodies.iter().filter_map(|body| match ledger::decode(body).unwrap().event {
        ledger::Event::Erase { of } => Some(of.number()),
        _ => None,
    });
    let erased: Vec<i64> = erased.collect();
    assert!(!erased.is_empty());
    for seq in erased.into_iter().take(5) {
        let put_back = format!("INSERT INTO words VALUES (1, {seq}, zeroblob(16), 'back')");
        let copy = shelf.tampered(|raw| assert_eq!(raw.run(&put_back), 1));
        let finding = found(&copy, &put_back).await;
        assert_in("words", &finding, &put_back);
        assert_eq!(finding.seq().map(ledger::Seq::number), Some(seq));
        assert!(finding.what.contains("erased"), "{finding}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trial_balance_that_is_not_the_journals_is_found() {
    let shelf = Shelf::filled(36).await;
    for change in [
        "UPDATE totals SET debits = CAST(substr(debits, 1, 15) || x'01' AS BLOB)
            WHERE line = 'wallets'",
        "UPDATE totals SET credits = zeroblob(16) WHERE line = 'wallets'",
        "UPDATE totals SET credits = x'00' WHERE line = 'wallets'",
        "UPDATE totals SET line = 'Wallets' WHERE line = 'wallets'",
        "UPDATE totals SET partition_id = 2 WHERE line = 'wallets'",
        "DELETE FROM totals WHERE line = 'wallets'",
        "DELETE FROM totals",
        "INSERT INTO totals VALUES (1, 'hidden', zeroblob(16), zeroblob(16))",
        "UPDATE cursors SET seq = seq - 100 WHERE name = 'totals'",
        "UPDATE cursors SET seq = seq + 1 WHERE name = 'totals'",
        "UPDATE cursors SET seq = seq - 1, upto = seq, done = 1 WHERE name = 'totals'",
        "UPDATE cursors SET upto = seq + 1, done = 1 WHERE name = 'totals'",
        "DELETE FROM cursors WHERE name = 'totals'",
    ] {
        let copy = shelf.tampered(|raw| assert!(raw.run(change) > 0));
        assert_in("totals", &found(&copy, change).await, change);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn projections_that_claim_to_be_further_than_the_journal_are_found() {
    let shelf = Shelf::filled(37).await;
    for change in [
        "UPDATE projected SET seq = seq + 1",
        "UPDATE projected SET partition_id = 2",
        "UPDATE projected SET seq = -1",
    ] {
        let copy = shelf.tampered(|raw| assert!(raw.run(change) > 0));
        assert_in("projected", &found(&copy, change).await, change);
    }
    // Without the cursor every row is further than it, and right there.
    let copy = shelf.tampered(|raw| assert_eq!(raw.run("DELETE FROM projected"), 1));
    assert_eq!(verify_home(&copy).await.outcome, Outcome::Sound);
}
