//! What a copy carries: everything.

use std::collections::BTreeMap;

use store::{Kind, copying};

/// What the migrations fill, the same in every database.
const OF_THE_SCHEMA: [&str; 3] = ["migrations", "partitions", "turns"];

/// Columns of the committed schema with their kinds, by table.
fn schema() -> BTreeMap<&'static str, Vec<(&'static str, Kind)>> {
    let text = include_str!("../../schema.snap").rsplit("---\n").next().unwrap();
    let mut tables = BTreeMap::new();
    for block in text.split("\n\n") {
        let mut lines = block.lines();
        let Some(name) = lines.next() else { continue };
        tables.insert(name, lines.filter_map(column).collect());
    }
    tables
}

/// A column that is not made of others.
fn column(line: &'static str) -> Option<(&'static str, Kind)> {
    if line.ends_with(" generated") {
        return None;
    }
    let mut words = line.split_whitespace();
    let (name, kind) = (words.next()?, words.next()?);
    let kind = match kind.trim_end_matches('?') {
        "i64" => Kind::I64,
        "text" => Kind::Text,
        "bytes" => Kind::Bytes,
        "bool" => Kind::Bool,
        _ => return None,
    };
    Some((name, kind))
}

#[test]
fn a_copy_has_every_column_of_every_table() {
    let mut expected = schema();
    assert!(expected.len() > 30, "the committed schema was read");
    expected.retain(|table, _| !OF_THE_SCHEMA.contains(table));
    let copied: BTreeMap<_, Vec<_>> = copying::tables()
        .map(|table| {
            let columns = table.columns().iter().map(|column| (column.name(), column.kind()));
            (table.name(), columns.collect())
        })
        .collect();
    assert_eq!(copied, expected);
    assert_eq!(copying::tables().count(), expected.len(), "each once");
}

#[test]
fn what_makes_a_book_of_it_comes_last() {
    let names: Vec<_> = copying::tables().map(copying::Table::name).collect();
    assert_eq!(names.first(), Some(&"journal"));
    assert_eq!(names[names.len() - 2..], ["heads", "books"]);
}
