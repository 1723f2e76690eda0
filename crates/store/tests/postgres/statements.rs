//! Every statement prepares, with the kinds that its arguments have.

use std::fmt::Write as _;

use store::{Engine, Sql, statements};
use tokio_postgres::types::Type;

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
    scalars.contains(kind) || !sql.columns().is_empty() && arrays.contains(kind)
}
