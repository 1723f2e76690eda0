//! Every statement prepares, with the kinds that its arguments have.

use std::fmt::Write as _;

use store::{Engine, Sql, statements};
use tokio_postgres::SimpleQueryMessage;
use tokio_postgres::types::Type;

use crate::hot::HOT;
use crate::server::Scratch;

/// What the server must not have to guess: each parameter has the type that a value
/// of ours is sent as.
#[tokio::test]
async fn every_statement_prepares_and_takes_the_kinds_it_is_given() {
    let scratch = Scratch::new().await;
    let raw = scratch.raw().await;
    let mut refused = String::new();
    for sql in statements() {
        let text = sql.text(Engine::Postgres);
        match raw.prepare(&text).await {
            Ok(prepared) => {
                let strange = prepared.params().iter().filter(|kind| !is_ours(sql, kind));
                for kind in strange {
                    writeln!(refused, "{} takes {kind}", sql.name()).unwrap();
                }
                assert_eq!(prepared.params().len(), sql.parameters(), "{}", sql.name());
            }
            Err(error) => writeln!(refused, "{}: {error:?}", sql.name()).unwrap(),
        }
    }
    assert_eq!(refused, "");
}

fn is_ours(sql: &Sql, kind: &Type) -> bool {
    let scalars = [Type::INT8, Type::TEXT, Type::BYTEA, Type::BOOL];
    let arrays = [Type::INT8_ARRAY, Type::TEXT_ARRAY, Type::BYTEA_ARRAY, Type::BOOL_ARRAY];
    let is_many = !sql.columns().is_empty() || sql.is_each();
    scalars.contains(kind) || is_many && arrays.contains(kind)
}

/// The versions whose plans are kept.
const SEEN: [&str; 3] = ["15", "17", "18"];

/// With few rows the planner would rather read a whole table, so that is forbidden
/// here: what still does so has no index to use.
#[tokio::test]
async fn hot_statements_use_their_indexes() {
    let scratch = Scratch::new().await;
    let raw = scratch.raw().await;
    let settings = "SET enable_seqscan = off; SET enable_bitmapscan = off;
        SET enable_hashjoin = off; SET enable_mergejoin = off;
        SET plan_cache_mode = force_generic_plan";
    raw.batch_execute(settings).await.unwrap();
    let mut plans = String::new();
    for name in HOT {
        let sql = statements().find(|sql| sql.name() == *name).unwrap();
        raw.batch_execute(&format!("PREPARE hot AS {}", sql.text(Engine::Postgres))).await.unwrap();
        let nulls = vec!["NULL"; sql.parameters()].join(", ");
        let execute = if nulls.is_empty() { "hot".into() } else { format!("hot({nulls})") };
        let explain = format!("EXPLAIN (COSTS OFF) EXECUTE {execute}");
        writeln!(plans, "{name}").unwrap();
        for line in raw.simple_query(&explain).await.unwrap() {
            let SimpleQueryMessage::Row(line) = line else { continue };
            let line = line.get(0).unwrap();
            // How a condition is written, and how rows are sorted, depends on the server's version.
            if line.contains("Scan") {
                writeln!(plans, "  {}", line.trim_start_matches([' ', '-', '>'])).unwrap();
            }
        }
        raw.batch_execute("DEALLOCATE hot").await.unwrap();
    }
    assert!(!plans.contains("Seq Scan"), "{plans}");
    // Which of two indexes is taken, and from which end, is another thing from 17 on: each
    // version has its own.
    let version = raw.query_one("SHOW server_version_num", &[]).await.unwrap();
    let version = version.get::<_, &str>(0)[..2].to_owned();
    if SEEN.contains(&version.as_str()) {
        insta::assert_snapshot!(format!("plans_{version}"), plans);
    }
}
