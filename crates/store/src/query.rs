//! Statements as values: a name, a text for each engine, and how to read rows.
//!
//! The name is the label of metrics and spans. Parameters are `$1`, `$2`, … on
//! both engines; SQLite numbers such names in the order it meets them, so a
//! text must first use them in order, which the compiler checks. This module
//! must not know how a statement is run.

use std::borrow::Cow;

use crate::error::Error;
use crate::row::Row;
use crate::value::{Kind, Value};

/// The two engines a text can be written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// The embedded file.
    Sqlite,
    /// The server.
    Postgres,
}

/// A statement known to this crate. Every one is in [`crate::statements`].
#[derive(Clone, Copy, Debug)]
pub struct Sql {
    name: &'static str,
    text: Text,
    parameters: usize,
}

#[derive(Clone, Copy, Debug)]
enum Text {
    Both(&'static str),
    Split { sqlite: &'static str, postgres: &'static str },
    Bulk { table: &'static str, columns: &'static [Column], on_conflict: &'static str },
    BulkUpdate { table: &'static str, columns: &'static [Column], keys: usize },
    WholeFrom { table: &'static str, columns: &'static [Column], keys: usize },
}

/// The column by which a server may spread tables over others.
const PARTITION: &str = "partition_id";

/// A column that [`Sql::bulk`] or [`Sql::bulk_update`] fills.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    name: &'static str,
    kind: Kind,
}

impl Column {
    /// An integer column.
    pub const fn i64(name: &'static str) -> Self {
        Self { name, kind: Kind::I64 }
    }

    /// A text column.
    pub const fn text(name: &'static str) -> Self {
        Self { name, kind: Kind::Text }
    }

    /// A column of bytes.
    pub const fn bytes(name: &'static str) -> Self {
        Self { name, kind: Kind::Bytes }
    }

    /// A truth column.
    pub const fn bool(name: &'static str) -> Self {
        Self { name, kind: Kind::Bool }
    }

    /// What it is called.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What it holds.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// Whether it says where its row lives: one statement writes rows of one.
    pub(crate) fn is_partition(&self) -> bool {
        self.name == PARTITION
    }
}

impl Sql {
    /// One text for both engines.
    pub const fn both(name: &'static str, text: &'static str) -> Self {
        Self { name, text: Text::Both(text), parameters: parameters(text) }
    }

    /// A text for each engine, where they differ.
    pub const fn split(name: &'static str, sqlite: &'static str, postgres: &'static str) -> Self {
        let count = parameters(sqlite);
        assert!(count == parameters(postgres), "both texts take the same parameters");
        Self { name, text: Text::Split { sqlite, postgres }, parameters: count }
    }

    /// An INSERT of many rows: a prepared loop on SQLite, arrays on PostgreSQL.
    /// `on_conflict` is the clause behind it, or empty.
    pub const fn bulk(
        name: &'static str,
        table: &'static str,
        columns: &'static [Column],
        on_conflict: &'static str,
    ) -> Self {
        assert!(parameters(on_conflict) == 0, "a conflict clause takes no parameters");
        Self { name, text: Text::Bulk { table, columns, on_conflict }, parameters: columns.len() }
    }

    /// An UPDATE of many rows by key: the last `keys` columns name a row, the
    /// others are set, the last of those only ever to something higher.
    pub const fn bulk_update(
        name: &'static str,
        table: &'static str,
        columns: &'static [Column],
        keys: usize,
    ) -> Self {
        assert!(keys > 0 && keys < columns.len(), "a row is named, and something in it set");
        Self { name, text: Text::BulkUpdate { table, columns, keys }, parameters: columns.len() }
    }

    /// A SELECT of whole rows in the order of their key, which is their first `keys`
    /// columns: from one key on, at most so many.
    pub(crate) const fn whole_from(
        name: &'static str,
        table: &'static str,
        columns: &'static [Column],
        keys: usize,
    ) -> Self {
        assert!(keys > 0 && keys <= columns.len(), "a row is named");
        Self { name, text: Text::WholeFrom { table, columns, keys }, parameters: keys + 1 }
    }

    /// The name: `table.verb`, unique in the crate.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// How many parameters it takes.
    pub const fn parameters(&self) -> usize {
        self.parameters
    }

    /// The columns a bulk statement fills; none for any other.
    pub const fn columns(&self) -> &'static [Column] {
        match self.text {
            Text::Bulk { columns, .. } | Text::BulkUpdate { columns, .. } => columns,
            Text::Both(_) | Text::Split { .. } | Text::WholeFrom { .. } => &[],
        }
    }

    /// Whether the engines have a text each.
    pub const fn is_split(&self) -> bool {
        matches!(self.text, Text::Split { .. })
    }

    /// The text as the engine gets it.
    pub fn text(&self, engine: Engine) -> Cow<'static, str> {
        match (self.text, engine) {
            (Text::Both(text), _)
            | (Text::Split { sqlite: text, .. }, Engine::Sqlite)
            | (Text::Split { postgres: text, .. }, Engine::Postgres) => Cow::Borrowed(text),
            (Text::Bulk { table, columns, on_conflict }, engine) => {
                Cow::Owned(insert_text(engine, table, columns, on_conflict))
            }
            (Text::BulkUpdate { table, columns, keys }, engine) => {
                Cow::Owned(update_text(engine, table, columns, keys))
            }
            (Text::WholeFrom { table, columns, keys }, _) => {
                Cow::Owned(whole_text(table, columns, keys))
            }
        }
    }

    /// A question: the statement with its arguments and how a row is read.
    pub fn rows<'a, R, const N: usize>(
        &'static self,
        args: [Value<'a>; N],
        read: fn(&mut Row<'_>) -> Result<R, Error>,
    ) -> Query<'a, R> {
        assert_eq!(N, self.parameters, "arguments of {}", self.name);
        Query { sql: self, args: args.into(), read }
    }

    /// A change: the statement with its arguments, answered by a count of rows.
    pub fn change<'a, const N: usize>(&'static self, args: [Value<'a>; N]) -> Change<'a> {
        assert_eq!(N, self.parameters, "arguments of {}", self.name);
        Change { sql: self, args: args.into() }
    }
}

/// A statement to run for its rows.
#[derive(Debug)]
pub struct Query<'a, R> {
    pub(crate) sql: &'static Sql,
    pub(crate) args: Vec<Value<'a>>,
    pub(crate) read: fn(&mut Row<'_>) -> Result<R, Error>,
}

/// A statement to run for its effect.
#[derive(Debug)]
pub struct Change<'a> {
    pub(crate) sql: &'static Sql,
    pub(crate) args: Vec<Value<'a>>,
}

/// Many rows for a [`Sql::bulk`] or [`Sql::bulk_update`] statement.
#[derive(Debug)]
pub struct Rows<'a> {
    pub(crate) sql: &'static Sql,
    cells: Vec<Value<'a>>,
}

impl<'a> Rows<'a> {
    /// Rows with a value for each of the statement's columns.
    pub fn new<const N: usize>(
        sql: &'static Sql,
        rows: impl IntoIterator<Item = [Value<'a>; N]>,
    ) -> Self {
        assert_eq!(N, sql.columns().len(), "columns of {}", sql.name());
        Self { sql, cells: rows.into_iter().flatten().collect() }
    }

    /// The same from the cells of all rows, one row behind the other.
    pub(crate) fn of_cells(sql: &'static Sql, cells: Vec<Value<'a>>) -> Self {
        assert!(cells.len().is_multiple_of(sql.columns().len()), "columns of {}", sql.name());
        Self { sql, cells }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &[Value<'a>]> {
        self.cells.chunks(self.sql.columns().len())
    }
}

/// How many rows a change hit. Look at it: a lost update is a count of zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "an UPDATE that hit nothing is not an error of the engine"]
pub struct Changed {
    pub(crate) statement: &'static str,
    pub(crate) rows: u64,
}

impl Changed {
    /// The count.
    pub const fn rows(self) -> u64 {
        self.rows
    }

    /// Exactly one row, or an error.
    pub fn expect_one(self) -> Result<(), Error> {
        match self.rows {
            1 => Ok(()),
            rows => Err(Error::NotOneRow { statement: self.statement, rows }),
        }
    }

    /// Whether a row was hit: false when none was, an error when several were.
    pub fn at_most_one(self) -> Result<bool, Error> {
        match self.rows {
            0 => Ok(false),
            _ => self.expect_one().map(|()| true),
        }
    }
}

/// Counts `$1..$n`; they must be met in that order.
const fn parameters(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut count = 0;
    let mut at = 0;
    while at < bytes.len() {
        let is_parameter = bytes[at] == b'$';
        at += 1;
        if !is_parameter {
            continue;
        }
        let mut number = 0;
        while at < bytes.len() && bytes[at].is_ascii_digit() {
            number = number * 10 + (bytes[at] - b'0') as usize;
            at += 1;
        }
        assert!(number > 0 && number <= count + 1, "parameters are first used as $1, $2, …");
        if number > count {
            count = number;
        }
    }
    count
}

fn insert_text(engine: Engine, table: &str, columns: &[Column], on_conflict: &str) -> String {
    let names = join(columns, |_, column| column.name.to_owned());
    let source = match engine {
        Engine::Sqlite => format!("VALUES ({})", join(columns, |place, _| format!("${place}"))),
        Engine::Postgres => select_text(columns),
    };
    let clause = if on_conflict.is_empty() { "" } else { "\n" };
    format!("INSERT INTO {table} ({names})\n{source}{clause}{on_conflict}")
}

/// The rows as a SELECT. Those of a partition come from where it lives, so that a
/// cluster inserts them there.
fn select_text(columns: &[Column]) -> String {
    let arrays = arrays(columns);
    let Some(place) = columns.iter().position(Column::is_partition) else {
        return format!(
            "SELECT {}\nFROM {arrays}",
            join(columns, |_, column| column.name.to_owned())
        );
    };
    let selected = join(columns, |_, column| {
        let table = if column.is_partition() { "p" } else { "u" };
        format!("{table}.{}", column.name)
    });
    format!(
        "SELECT {selected}\nFROM partitions AS p, {arrays}\nWHERE p.{PARTITION} = ${}",
        place + 1
    )
}

fn update_text(engine: Engine, table: &str, columns: &[Column], keys: usize) -> String {
    let new = |place: usize, column: &Column| match engine {
        Engine::Postgres if !column.is_partition() => format!("u.{}", column.name),
        Engine::Sqlite | Engine::Postgres => format!("${place}"),
    };
    let (set, named) = columns.split_at(columns.len() - keys);
    let assignments =
        join(set, |place, column| format!("{} = {}", column.name, new(place, column)));
    let from = match engine {
        Engine::Sqlite => String::new(),
        Engine::Postgres => format!("\nFROM {}", arrays(columns)),
    };
    let named = named.iter().enumerate().map(|(index, column)| {
        format!("{table}.{} = {} AND ", column.name, new(set.len() + index + 1, column))
    });
    let named = named.collect::<String>();
    let last = &set[set.len() - 1];
    let rises = format!("{table}.{} < {}", last.name, new(set.len(), last));
    format!("UPDATE {table}\nSET {assignments}{from}\nWHERE {named}{rises}")
}

fn whole_text(table: &str, columns: &[Column], keys: usize) -> String {
    let names = |columns| join(columns, |_, column| column.name.to_owned());
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
            let kind = postgres_type(column.kind);
            (format!("${}::{kind}[]", index + 1), column.name)
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

#[cfg(test)]
mod tests {
    use super::*;

    const BULK: Sql = Sql::bulk(
        "things.put",
        "things",
        &[Column::i64("id"), Column::bytes("body"), Column::bool("done")],
        "ON CONFLICT DO NOTHING",
    );

    #[test]
    fn a_bulk_insert_is_a_loop_for_one_engine_and_arrays_for_the_other() {
        assert_eq!(
            BULK.text(Engine::Sqlite),
            "INSERT INTO things (id, body, done)\nVALUES ($1, $2, $3)\nON CONFLICT DO NOTHING"
        );
        assert_eq!(
            BULK.text(Engine::Postgres),
            "INSERT INTO things (id, body, done)\n\
             SELECT id, body, done\nFROM unnest($1::bigint[], $2::bytea[], $3::boolean[]) \
             AS u (id, body, done)\nON CONFLICT DO NOTHING"
        );
    }

    #[test]
    fn a_bulk_update_is_a_loop_for_one_engine_and_arrays_for_the_other() {
        const COLUMNS: &[Column] = &[Column::bytes("body"), Column::i64("seq"), Column::i64("id")];
        const UPDATE: Sql = Sql::bulk_update("things.set", "things", COLUMNS, 1);
        assert_eq!(
            UPDATE.text(Engine::Sqlite),
            "UPDATE things\nSET body = $1, seq = $2\nWHERE things.id = $3 AND things.seq < $2"
        );
        assert_eq!(
            UPDATE.text(Engine::Postgres),
            "UPDATE things\nSET body = u.body, seq = u.seq\n\
             FROM unnest($1::bytea[], $2::bigint[], $3::bigint[]) AS u (body, seq, id)\n\
             WHERE things.id = u.id AND things.seq < u.seq"
        );
    }

    #[test]
    fn parameters_are_counted_once_each() {
        const SQL: Sql = Sql::both("things.find", "SELECT id FROM things WHERE a = $1 AND $2 = $1");
        assert_eq!(SQL.parameters(), 2);
        assert_eq!(Sql::both("things.all", "SELECT id FROM things").parameters(), 0);
    }

    #[test]
    fn a_count_of_rows_says_whether_it_was_one() {
        let hit = |rows| Changed { statement: "things.set", rows };
        assert!(hit(1).expect_one().is_ok());
        assert!(matches!(hit(0).expect_one(), Err(Error::NotOneRow { rows: 0, .. })));
        assert!(matches!(hit(0).at_most_one(), Ok(false)));
        assert!(matches!(hit(2).at_most_one(), Err(Error::NotOneRow { rows: 2, .. })));
    }
}
