//! Every statement is registered, and every one prepares.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use store::{Engine, statements};

use crate::hot::HOT;
use crate::scratch::database;

/// How many statements may have a text for each engine. It only goes down.
const SPLIT_MAX: usize = 1;

#[tokio::test]
async fn every_statement_prepares_and_numbers_its_parameters_as_written() {
    let (scratch, db) = database();
    let connection = scratch.raw();
    for sql in statements() {
        let prepared = connection.prepare(&sql.text(Engine::Sqlite));
        let prepared = prepared.unwrap_or_else(|error| panic!("{}: {error}", sql.name()));
        assert_eq!(prepared.parameter_count(), sql.parameters(), "{}", sql.name());
        for number in 1..=sql.parameters() {
            let name = prepared.parameter_name(number).unwrap();
            assert_eq!(name, format!("${number}"), "{}", sql.name());
        }
    }
    db.close().await;
}

#[tokio::test]
async fn hot_statements_use_their_indexes() {
    let (scratch, db) = database();
    let connection = scratch.raw();
    let mut plans = String::new();
    for name in HOT {
        let sql = statements().find(|sql| sql.name() == *name).unwrap();
        let explain = format!("EXPLAIN QUERY PLAN {}", sql.text(Engine::Sqlite));
        let mut explain = connection.prepare(&explain).unwrap();
        let mut rows = explain.raw_query();
        writeln!(plans, "{name}").unwrap();
        while let Some(row) = rows.next().unwrap() {
            let step: String = row.get("detail").unwrap();
            // A book has one partition, and so one head: among others that is no search.
            let whole = step.ends_with("(partition_id=?)") && !step.starts_with("SEARCH heads");
            let is_scan = step.starts_with("SCAN") && step != "SCAN eras";
            assert!(!whole && !is_scan, "{name}: {step}");
            writeln!(plans, "  {step}").unwrap();
        }
    }
    db.close().await;
    insta::assert_snapshot!("plans", plans);
}

#[test]
fn names_are_unique_and_differing_texts_are_few() {
    let names: BTreeSet<_> = statements().map(store::Sql::name).collect();
    assert_eq!(names.len(), statements().count());
    assert!(statements().filter(|sql| sql.is_split()).count() <= SPLIT_MAX);
}

#[test]
fn no_statement_of_the_sources_is_left_out() {
    let mut sources = String::new();
    collect(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut sources);
    let defined = sources.matches(": Sql = Sql::").count();
    // Those of a copy are made by table.
    let by_table = store::copying::statements().count();
    assert_eq!(defined, statements().count() - by_table);
}

/// The product's part of every source file; tests define statements of their own.
fn collect(folder: &Path, sources: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, sources);
        } else {
            let text = std::fs::read_to_string(&path).unwrap();
            let product = text.split("#[cfg(test)]").next().unwrap();
            // On one line, whatever the formatter did.
            sources.extend(product.split_whitespace().flat_map(|word| [word, " "]));
        }
    }
}
