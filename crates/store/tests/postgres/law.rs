//! What a cluster of PostgreSQL asks of the ledger's SQL (`docs/internals/scaling.md`), as
//! far as it can be told from the texts.

use std::collections::BTreeSet;

use store::{Engine, PARTITIONED, Sql, statements};
use tokio_postgres::Client;

use crate::server::Scratch;

/// Verification, rebuilding and copies read everything, from one partition to the next.
fn is_whole(sql: &Sql) -> bool {
    let copies = sql.name().starts_with("copy.");
    sql.name().ends_with(".whole_from")
        || copies && sql.text(Engine::Postgres).starts_with("SELECT")
}

/// The words of a text.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
}

/// Which of these tables a text reads or writes: what is behind these words, and behind the
/// commas of a list that they begin.
fn named<'t>(text: &'t str, tables: &[String]) -> BTreeSet<&'t str> {
    const BEFORE: [&str; 5] = ["FROM", "JOIN", "INTO", "UPDATE", "USING"];
    const BEHIND: [&str; 8] =
        ["WHERE", "SET", "ON", "SELECT", "VALUES", "RETURNING", "GROUP", "ORDER"];
    let mut found = BTreeSet::new();
    // How many brackets are open where each list began that has not ended.
    let (mut depth, mut lists, mut is_next) = (0, Vec::new(), false);
    for token in tokens(text) {
        let is_table = std::mem::take(&mut is_next) && tables.iter().any(|table| table == token);
        match token {
            "(" => depth += 1,
            ")" => {
                depth -= 1;
                lists.retain(|at| *at <= depth);
            }
            "," => is_next = lists.last() == Some(&depth),
            word if BEFORE.contains(&word) => {
                lists.retain(|at| *at < depth);
                lists.push(depth);
                is_next = true;
            }
            word if BEHIND.contains(&word) => lists.retain(|at| *at < depth),
            word => found.extend(is_table.then_some(word)),
        }
    }
    found
}

/// The words of a text, and its brackets and commas.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let is_sign = |letter: char| matches!(letter, '(' | ')' | ',' | ';');
    let parts = text.split_whitespace().flat_map(move |word| word.split_inclusive(is_sign));
    let tokens = parts.flat_map(move |part| {
        let (word, sign) = part.split_at(part.find(is_sign).unwrap_or(part.len()));
        [word, sign]
    });
    tokens.filter(|token| !token.is_empty())
}

#[test]
fn every_table_of_a_list_is_seen() {
    let tables = ["history", "journal", "users", "words"].map(str::to_owned);
    let seen = |text| Vec::from_iter(named(text, &tables));
    assert_eq!(
        seen("SELECT words, history FROM journal AS j, users WHERE a IN ($1, words)"),
        ["journal", "users"]
    );
    assert_eq!(
        seen("SELECT 1 FROM (SELECT seq FROM journal, words) AS j (seq, users), history"),
        ["history", "journal", "words"]
    );
    assert_eq!(
        seen("INSERT INTO journal (seq, words) SELECT u.seq, users FROM unnest($1, history) AS u"),
        ["journal"]
    );
}

fn of_the_ledger() -> Vec<String> {
    PARTITIONED.map(str::to_owned).into()
}

#[test]
fn every_statement_of_the_ledger_names_its_partition() {
    let mut found = 0;
    let ledger = of_the_ledger();
    for sql in statements().filter(|sql| !is_whole(sql)) {
        let text = sql.text(Engine::Postgres);
        let tables = named(&text, &ledger);
        if tables.is_empty() {
            continue;
        }
        found += 1;
        // A row is inserted where it says, others are where they are said to be.
        let says = text.matches("partition_id = $").count();
        let inserts = text.starts_with("INSERT") && text.contains("(partition_id,");
        let at_least = tables.len().saturating_sub(usize::from(inserts));
        let places = text.contains("INSERT INTO partitions");
        assert!(says >= at_least || places, "{} lacks its partition:\n{text}", sql.name());
    }
    assert!(found > 30, "only {found} statements of the ledger were found");
}

#[tokio::test]
async fn no_statement_touches_the_ledger_and_another_table() {
    let scratch = Scratch::new().await;
    let raw = scratch.raw().await;
    let tables = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'";
    let tables = raw.query(tables, &[]).await.unwrap();
    let (ledger, others): (Vec<String>, Vec<String>) = tables
        .iter()
        .map(|row| row.get::<_, String>(0))
        .partition(|table| PARTITIONED.contains(&table.as_str()));
    assert_eq!(ledger.len(), PARTITIONED.len());
    assert!(others.len() > 30, "{others:?}");
    for sql in statements() {
        let text = sql.text(Engine::Postgres);
        let mixed = !named(&text, &ledger).is_empty() && !named(&text, &others).is_empty();
        assert!(!mixed, "{} is of both:\n{text}", sql.name());
    }
}

#[test]
fn the_guide_spreads_all_of_the_ledger() {
    let guide = include_str!("../../../../docs/internals/scaling.md");
    let (_, commands) = guide.split_once("create_distributed_table('partitions'").unwrap();
    let (commands, _) = commands.split_once("```").unwrap();
    let commands = format!("'partitions'{commands}");
    let quoted: BTreeSet<&str> = commands.split('\'').skip(1).step_by(2).collect();
    let others = ["partition_id", "partitions"];
    let spread: Vec<&str> = quoted.into_iter().filter(|name| !others.contains(name)).collect();
    let ledger: BTreeSet<&str> = PARTITIONED.into_iter().filter(|it| *it != "partitions").collect();
    assert_eq!(spread, Vec::from_iter(ledger));
}

#[test]
fn rows_are_inserted_where_their_partition_lives() {
    let ledger = of_the_ledger();
    for sql in statements().filter(|sql| !sql.columns().is_empty()) {
        let text = sql.text(Engine::Postgres);
        if named(&text, &ledger).is_empty() {
            continue;
        }
        let moves = text.starts_with("UPDATE") && text.contains("FROM unnest(");
        let inserts = text.contains("FROM partitions AS p, unnest(");
        assert!(moves || inserts, "{}:\n{text}", sql.name());
        assert!(!text.contains("partition_id = u."), "{} leaves its shard", sql.name());
    }
}

#[test]
fn no_statement_uses_what_a_cluster_has_not() {
    const FORBIDDEN: [&str; 12] = [
        "NOTIFY",
        "LISTEN",
        "SAVEPOINT",
        "LOCK",
        "TEMP",
        "TRUNCATE",
        "COMMIT",
        "BEGIN",
        "nextval",
        "setval",
        "random",
        "now",
    ];
    let ledger = of_the_ledger();
    for sql in statements() {
        let text = sql.text(Engine::Postgres);
        let collates = text.contains("COLLATE") && !text.starts_with("SELECT");
        assert!(!collates, "{}: COLLATE", sql.name());
        let found = words(&text).find(|word| FORBIDDEN.contains(word) || word.starts_with("pg_"));
        assert_eq!(found, None, "{}", sql.name());
        for (place, _) in text.match_indices("CASE") {
            let behind = text[place + 4..].trim_start();
            assert!(behind.starts_with("WHEN"), "{}: a CASE of a value", sql.name());
        }
        assert!(!text.trim_end().trim_end_matches(';').contains(';'), "{} is two", sql.name());
        if named(&text, &ledger).is_empty() {
            continue;
        }
        // A row is locked by a write, and a statement writes one table.
        let locks = text.contains("FOR UPDATE") || text.contains("FOR SHARE");
        assert!(!locks, "{} locks rows of the ledger", sql.name());
        let writes = ["INSERT INTO", "UPDATE ", "DELETE FROM"];
        let count: usize = writes.iter().map(|word| text.matches(word).count()).sum();
        let sets = text.matches("DO UPDATE ").count();
        assert!(count - sets <= 1, "{} writes twice:\n{text}", sql.name());
    }
}

#[tokio::test]
async fn keys_of_the_ledger_begin_with_the_partition_and_nothing_else_is_attached() {
    let scratch = Scratch::new().await;
    let raw = scratch.raw().await;
    for table in PARTITIONED {
        let unique = "SELECT indexdef FROM pg_indexes
            WHERE tablename = $1 AND indexdef LIKE 'CREATE UNIQUE%'";
        for row in raw.query(unique, &[&table]).await.unwrap() {
            let text: String = row.get(0);
            assert!(text.contains("(partition_id"), "{text}");
        }
        assert_eq!(
            count(
                &raw,
                "SELECT COUNT(*) FROM pg_trigger WHERE tgrelid = $1::text::regclass",
                table
            )
            .await,
            0
        );
        let references = "SELECT COUNT(*) FROM pg_constraint
            WHERE contype IN ('f', 'x') AND $1::text::regclass IN (conrelid, confrelid)";
        assert_eq!(count(&raw, references, table).await, 0, "{table}");
        let made_up = "SELECT COUNT(*) FROM information_schema.columns
            WHERE table_name = $1::text AND (is_identity = 'YES' OR column_default IS NOT NULL
                OR collation_name IS NOT NULL)";
        assert_eq!(count(&raw, made_up, table).await, 0, "{table}");
    }
}

async fn count(raw: &Client, text: &str, table: &str) -> i64 {
    raw.query_one(text, &[&table]).await.unwrap().get(0)
}
