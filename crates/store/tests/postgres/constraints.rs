//! Every named constraint of the schema, broken once: both engines know it by one
//! name.

use std::collections::BTreeSet;

use store::{Constraint, Db, Error, Priority, Sql};

use crate::breaks::{BREAKS, ROWS};
use crate::server::Scratch;

#[tokio::test]
async fn every_constraint_is_known_by_its_name() {
    let scratch = Scratch::new().await;
    let db = scratch.serve().await;
    for sql in ROWS {
        run(&db, sql).await.unwrap_or_else(|error| panic!("{}: {error:?}", sql.name()));
    }
    // The rows above named their ids; those that are made come behind them.
    let raise = "SELECT setval(pg_get_serial_sequence(table_name, 'id'), 1000)
        FROM information_schema.columns
        WHERE is_identity = 'YES'";
    scratch.raw().await.batch_execute(raise).await.unwrap();
    let mut broken = BTreeSet::new();
    for (expected, sql) in BREAKS {
        match run(&db, sql).await {
            Err(Error::Constraint(found)) => assert_eq!(found, *expected, "{}", sql.name()),
            other => panic!("{expected:?} held or was not known: {other:?}"),
        }
        broken.insert(expected.name());
    }
    let known: BTreeSet<_> = Constraint::ALL.iter().map(|constraint| constraint.name()).collect();
    assert_eq!(broken, known);
}

async fn run(db: &Db, sql: &Sql) -> Result<(), Error> {
    let text = in_its_words(&sql.text(store::Engine::Postgres)).leak();
    let sql: &'static Sql = Box::leak(Box::new(Sql::both(sql.name(), text)));
    db.write(Priority::Edit, move |tx| {
        Box::pin(async move { tx.exec(sql.change([])).await?.expect_one() })
    })
    .await
}

/// Bytes are written another way here: `x'01'` is `BYTEA '\x01'`.
fn in_its_words(text: &str) -> String {
    let mut words = String::new();
    for (at, char) in text.char_indices() {
        let is_bytes = char == 'x' && text[at..].starts_with("x'") && !text[..at].ends_with('\'');
        match (char, is_bytes) {
            (_, true) => words.push_str("BYTEA "),
            ('\'', _) if text[..at].ends_with('x') && !text[..at].ends_with("'x") => {
                words.push_str("'\\x");
            }
            (char, _) => words.push(char),
        }
    }
    words
}
