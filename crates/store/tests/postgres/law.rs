//! What a cluster of PostgreSQL asks of the ledger's SQL (`architecture`: past one
//! PostgreSQL), as far as it can be told from the texts.

use store::{Engine, Sql, statements};
use tokio_postgres::Client;

use crate::server::Scratch;

/// The ledger's tables: each row is in a partition. What consumers count is keyed so
/// too, but stays where people and prices are: no transaction of the ledger touches it.
const LEDGER: &[&str] = &[
    "journal",
    "heads",
    "words",
    "projected",
    "wallets",
    "grants",
    "holds",
    "used_keys",
    "history",
    "refunds",
    "partitions",
];

#[test]
fn every_statement_of_the_ledger_names_its_partition() {
    let mut named = 0;
    for sql in statements().filter(|sql| is_of_the_ledger(sql)) {
        let text = sql.text(Engine::Postgres);
        let inserts = text.starts_with("INSERT") && text.contains("(partition_id,")
            || text.contains("INSERT INTO partitions");
        assert!(
            inserts || text.contains("partition_id = $"),
            "{} does not say which partition:\n{text}",
            sql.name()
        );
        named += 1;
    }
    assert!(named > 30, "only {named} statements of the ledger were found");
}

#[test]
fn rows_are_inserted_where_their_partition_lives() {
    for sql in statements().filter(|sql| is_of_the_ledger(sql) && !sql.columns().is_empty()) {
        let text = sql.text(Engine::Postgres);
        let moves = text.starts_with("UPDATE") && text.contains("FROM unnest(");
        let inserts = text.contains("FROM partitions AS p, unnest(");
        assert!(moves || inserts, "{}:\n{text}", sql.name());
        assert!(!text.contains("partition_id = u."), "{} leaves its shard", sql.name());
    }
}

#[test]
fn no_statement_uses_what_a_cluster_has_not() {
    for sql in statements() {
        let text = sql.text(Engine::Postgres);
        for forbidden in ["NOTIFY", "LISTEN", "nextval", "COLLATE", "advisory"] {
            let is_query = text.starts_with("SELECT") && forbidden == "COLLATE";
            assert!(is_query || !text.contains(forbidden), "{}: {forbidden}", sql.name());
        }
        let mut cases = text.split_whitespace().skip_while(|word| *word != "CASE").skip(1);
        assert!(
            cases.next().is_none_or(|word| word == "WHEN"),
            "{}: a CASE of a value",
            sql.name()
        );
        // COMMIT is sent apart, once every answer is in: no text brings its own.
        assert!(!text.contains("COMMIT") && !text.contains("BEGIN"), "{}", sql.name());
        assert!(!text.trim_end().trim_end_matches(';').contains(';'), "{} is two", sql.name());
    }
}

#[tokio::test]
async fn keys_of_the_ledger_begin_with_the_partition_and_nothing_else_is_attached() {
    let scratch = Scratch::new().await;
    let raw = scratch.raw().await;
    for table in LEDGER {
        let unique = "SELECT indexdef FROM pg_indexes
            WHERE tablename = $1 AND indexdef LIKE 'CREATE UNIQUE%'";
        for row in raw.query(unique, &[table]).await.unwrap() {
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
            WHERE contype = 'f' AND $1::text::regclass IN (conrelid, confrelid)";
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

/// Verification and rebuilding read everything, from one partition to the next.
fn is_of_the_ledger(sql: &Sql) -> bool {
    !sql.name().ends_with(".whole_from")
        && sql.name().split('.').next().is_some_and(|table| LEDGER.contains(&table))
}
