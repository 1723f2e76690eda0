//! Statements as values: a name, a text for each engine, and how to read rows.
//!
//! The name is the label of metrics and spans. Parameters are `$1`, `$2`, … on
//! both engines; SQLite numbers such names in the order it meets them, so a
//! text must first use them in order, which the compiler checks. This module
//! must not know how a statement is run.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::bulk_text::{insert_text, update_text, whole_text};
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
    Each(&'static str),
}

/// The column by which a server may spread tables over others.
pub(crate) const PARTITION: &str = "partition_id";

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

    /// A SELECT for many ids, the last parameter, which is written as `ANY($n)`: a
    /// prepared loop on SQLite, an array on PostgreSQL.
    pub const fn each(name: &'static str, text: &'static str) -> Self {
        Self { name, text: Text::Each(text), parameters: parameters(text) }
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
            Text::Both(_) | Text::Split { .. } | Text::WholeFrom { .. } | Text::Each(_) => &[],
        }
    }

    /// Whether the engines have a text each.
    pub const fn is_split(&self) -> bool {
        matches!(self.text, Text::Split { .. })
    }

    /// Whether its last parameter is many ids.
    pub const fn is_each(&self) -> bool {
        matches!(self.text, Text::Each(_))
    }

    /// Whether it only asks.
    pub(crate) fn reads(&self) -> bool {
        match self.text {
            Text::Both(text) | Text::Split { postgres: text, .. } | Text::Each(text) => {
                text.starts_with("SELECT")
            }
            Text::WholeFrom { .. } => true,
            Text::Bulk { .. } | Text::BulkUpdate { .. } => false,
        }
    }

    /// The text as the engine gets it.
    pub fn text(&self, engine: Engine) -> Cow<'static, str> {
        match (self.text, engine) {
            (Text::Each(text), Engine::Sqlite) => {
                let last = format!("${}", self.parameters);
                Cow::Owned(text.replace(&format!("ANY({last})"), &last))
            }
            (Text::Both(text), _)
            | (Text::Split { sqlite: text, .. }, Engine::Sqlite)
            | (Text::Split { postgres: text, .. } | Text::Each(text), Engine::Postgres) => {
                Cow::Borrowed(text)
            }
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

    /// The text as the engine gets it, that of a [`Sql::bulk`] without its conflict clause.
    pub(crate) fn plain_text(&self, engine: Engine) -> Cow<'static, str> {
        match self.text {
            Text::Bulk { table, columns, .. } => {
                Cow::Owned(insert_text(engine, table, columns, ""))
            }
            _ => self.text(engine),
        }
    }

    /// A question: the statement with its arguments and how a row is read.
    pub fn rows<'a, R, const N: usize>(
        &'static self,
        args: [Value<'a>; N],
        read: fn(&mut Row<'_>) -> Result<R, Error>,
    ) -> Query<'a, R> {
        assert!(!self.is_each() && N == self.parameters, "arguments of {}", self.name);
        Query { sql: self, args: args.into(), each: None, read }
    }

    /// A question about many ids, each of them once: the rows of all.
    pub fn rows_of_each<'a, R, const N: usize>(
        &'static self,
        args: [Value<'a>; N],
        each: impl IntoIterator<Item = i64>,
        read: fn(&mut Row<'_>) -> Result<R, Error>,
    ) -> Query<'a, R> {
        assert!(self.is_each() && N + 1 == self.parameters, "arguments of {}", self.name);
        let each = BTreeSet::from_iter(each).into_iter().collect();
        Query { sql: self, args: args.into(), each: Some(each), read }
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
    /// The ids it is about, where its last parameter is many.
    pub(crate) each: Option<Vec<i64>>,
    pub(crate) read: fn(&mut Row<'_>) -> Result<R, Error>,
}

/// The row, if there is one; several are an error.
pub(crate) fn at_most_one<R>(
    mut rows: Vec<R>,
    statement: &'static str,
) -> Result<Option<R>, Error> {
    let row = rows.pop();
    if rows.is_empty() { Ok(row) } else { Err(Error::SeveralRows { statement }) }
}

impl<R> Query<'_, R> {
    /// The same with arguments of its own.
    pub(crate) fn into_owned(self) -> Query<'static, R> {
        let args = self.args.into_iter().map(Value::into_owned).collect();
        Query { sql: self.sql, args, each: self.each, read: self.read }
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::row::only;

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
             SELECT u.id, u.body, u.done\nFROM unnest($1::bigint[], $2::bytea[], $3::boolean[]) \
             AS u (id, body, done)\nON CONFLICT DO NOTHING"
        );
    }

    #[test]
    fn rows_of_the_ledger_are_inserted_where_their_partition_lives_and_others_here() {
        const COLUMNS: &[Column] = &[Column::i64("partition_id"), Column::i64("seq")];
        const LEDGER: Sql = Sql::bulk("journal.put", "journal", COLUMNS, "");
        const OTHER: Sql = Sql::bulk("cursors.put", "cursors", COLUMNS, "");
        assert_eq!(
            LEDGER.text(Engine::Postgres),
            "INSERT INTO journal (partition_id, seq)\nSELECT p.partition_id, u.seq\n\
             FROM partitions AS p, unnest($2::bigint[]) AS u (seq)\nWHERE p.partition_id = $1"
        );
        assert_eq!(
            OTHER.text(Engine::Postgres),
            "INSERT INTO cursors (partition_id, seq)\nSELECT $1, u.seq\n\
             FROM unnest($2::bigint[]) AS u (seq)"
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
    fn a_question_about_many_ids_is_a_loop_for_one_engine_and_an_array_for_the_other() {
        const EACH: Sql =
            Sql::each("things.of", "SELECT a FROM things WHERE b = $1 AND c = ANY($2)");
        assert_eq!(EACH.text(Engine::Sqlite), "SELECT a FROM things WHERE b = $1 AND c = $2");
        assert_eq!(
            EACH.text(Engine::Postgres),
            "SELECT a FROM things WHERE b = $1 AND c = ANY($2)"
        );
        let query = EACH.rows_of_each([7.into()], [3, 1, 3], only::<i64>);
        assert_eq!(query.each, Some(vec![1, 3]), "once each");
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
