//! The texts of statements that are made by table: a row at a time on SQLite, an array a
//! column on PostgreSQL. This module must not know how one is run.

use crate::partitioned::PARTITIONED;
use crate::query::{Column, Engine, PARTITION};
use crate::value::Kind;

pub(crate) fn insert_text(
    engine: Engine,
    table: &str,
    columns: &[Column],
    on_conflict: &str,
) -> String {
    let names = join(columns, |_, column| column.name().to_owned());
    let source = match engine {
        Engine::Sqlite => format!("VALUES ({})", join(columns, |place, _| format!("${place}"))),
        Engine::Postgres => select_text(table, columns),
    };
    let clause = if on_conflict.is_empty() { "" } else { "\n" };
    format!("INSERT INTO {table} ({names})\n{source}{clause}{on_conflict}")
}

/// The rows as a SELECT. Those of a partition come from where it lives, so that a
/// cluster inserts them there.
fn select_text(table: &str, columns: &[Column]) -> String {
    let is_partitioned = PARTITIONED.contains(&table);
    let selected = join(columns, |place, column| match column.is_partition() {
        true if is_partitioned => format!("p.{PARTITION}"),
        true => format!("${place}"),
        false => format!("u.{}", column.name()),
    });
    let arrays = arrays(columns);
    match columns.iter().position(Column::is_partition) {
        Some(place) if is_partitioned => format!(
            "SELECT {selected}\nFROM partitions AS p, {arrays}\nWHERE p.{PARTITION} = ${}",
            place + 1
        ),
        _ => format!("SELECT {selected}\nFROM {arrays}"),
    }
}

pub(crate) fn update_text(engine: Engine, table: &str, columns: &[Column], keys: usize) -> String {
    let new = |place: usize, column: &Column| match engine {
        Engine::Postgres if !column.is_partition() => format!("u.{}", column.name()),
        Engine::Sqlite | Engine::Postgres => format!("${place}"),
    };
    let (set, named) = columns.split_at(columns.len() - keys);
    let assignments =
        join(set, |place, column| format!("{} = {}", column.name(), new(place, column)));
    let from = match engine {
        Engine::Sqlite => String::new(),
        Engine::Postgres => format!("\nFROM {}", arrays(columns)),
    };
    let named = named.iter().enumerate().map(|(index, column)| {
        format!("{table}.{} = {} AND ", column.name(), new(set.len() + index + 1, column))
    });
    let named = named.collect::<String>();
    let last = &set[set.len() - 1];
    let rises = format!("{table}.{} < {}", last.name(), new(set.len(), last));
    format!("UPDATE {table}\nSET {assignments}{from}\nWHERE {named}{rises}")
}

pub(crate) fn whole_text(table: &str, columns: &[Column], keys: usize) -> String {
    let names = |columns| join(columns, |_, column| column.name().to_owned());
    let key = names(&columns[..keys]);
    let places = join(&columns[..keys], |place, _| format!("${place}"));
    format!(
        "SELECT {}\nFROM {table}\nWHERE ({key}) >= ({places})\nORDER BY {key}\nLIMIT ${}",
        names(columns),
        keys + 1
    )
}

/// The columns as a PostgreSQL table `u` made of one array each; the partition is
/// one value.
fn arrays(columns: &[Column]) -> String {
    let listed = columns.iter().enumerate().filter(|(_, column)| !column.is_partition());
    let (arrays, names): (Vec<_>, Vec<_>) = listed
        .map(|(index, column)| {
            let kind = postgres_type(column.kind());
            (format!("${}::{kind}[]", index + 1), column.name())
        })
        .unzip();
    format!("unnest({}) AS u ({})", arrays.join(", "), names.join(", "))
}

/// Something for each column and its place from 1, with commas between.
fn join(columns: &[Column], each: impl Fn(usize, &Column) -> String) -> String {
    let parts = columns.iter().enumerate().map(|(index, column)| each(index + 1, column));
    parts.collect::<Vec<_>>().join(", ")
}

const fn postgres_type(kind: Kind) -> &'static str {
    match kind {
        Kind::I64 => "bigint",
        Kind::Text => "text",
        Kind::Bytes => "bytea",
        Kind::Bool => "boolean",
    }
}
