//! A book of either engine behind the product's back: what an intruder or a crash
//! does to it, and what is in it in the engine's own words.
//!
//! Statements are of the kind that both engines take. Bytes are written as SQLite
//! writes them, `x'00'`, `zeroblob(16)` and `BLOB`, and put into PostgreSQL's words
//! here.

use std::fmt::Write as _;

use rusqlite::Connection;
use rusqlite::types::ValueRef;
use tokio_postgres::SimpleQueryMessage as Message;

use crate::engine::{TestPlace, TestServer, block_on, connect};

/// A book's tables, to look at and to change. Panics where a statement fails: the
/// test is wrong then.
#[derive(Debug)]
pub enum Raw {
    /// A connection to the file.
    File(Connection),
    /// A database on the server. Each call connects anew, so that none is in the way
    /// of a copy.
    Server(TestServer),
}

/// What the server says of constraints that are a condition, as statements that
/// remove them.
const CHECKS: &str =
    "SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname)
    FROM pg_constraint
    WHERE contype = 'c' AND connamespace = 'public'::regnamespace";

impl TestPlace {
    /// What is there, behind the product's back.
    pub fn raw(&self) -> Raw {
        match self {
            Self::File(path) => Raw::File(Connection::open(path).expect("the file opens")),
            Self::Server(server) => Raw::Server(server.clone()),
        }
    }
}

impl Raw {
    /// The same without conditions of the schema: an intruder has none.
    #[must_use]
    pub fn without_checks(self) -> Self {
        match &self {
            Self::File(_) => {
                self.run("PRAGMA ignore_check_constraints = ON");
            }
            // One at a time: whoever is at work waits for one table at most.
            Self::Server(server) => server.ask_each(&self.lines(CHECKS)),
        }
        self
    }

    /// Runs statements; how many rows the last one changed.
    pub fn run(&self, sql: &str) -> u64 {
        match self {
            Self::File(file) => {
                file.execute_batch(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
                file.changes()
            }
            Self::Server(server) => {
                let counts = server.ask(sql).into_iter().filter_map(|message| match message {
                    Message::CommandComplete(rows) => Some(rows),
                    _ => None,
                });
                counts.last().unwrap_or(0)
            }
        }
    }

    /// Rows, column by column: numbers and texts as they are, bytes as `\x00`.
    pub fn rows(&self, sql: &str) -> Vec<Vec<String>> {
        match self {
            Self::File(file) => {
                rows_of_a_file(file, sql).unwrap_or_else(|error| panic!("{sql}: {error}"))
            }
            Self::Server(server) => server.ask(sql).iter().filter_map(cells).collect(),
        }
    }

    /// Rows, a line each.
    pub fn lines(&self, sql: &str) -> Vec<String> {
        self.rows(sql).into_iter().map(|cells| cells.join(" ")).collect()
    }

    /// The one number.
    pub fn number(&self, sql: &str) -> i64 {
        let lines = self.lines(sql);
        assert_eq!(lines.len(), 1, "{sql}");
        lines[0].parse().unwrap_or_else(|_| panic!("{sql}: {} is no number", lines[0]))
    }

    /// A column of bytes.
    pub fn bytes(&self, sql: &str) -> Vec<Vec<u8>> {
        self.lines(sql).iter().map(|line| from_hex(line)).collect()
    }

    /// The columns of a table and their types, which are INTEGER, TEXT and BLOB here.
    pub fn columns(&self, table: &str) -> Vec<(String, String)> {
        let ask = self.either(
            "SELECT name, type FROM pragma_table_info('{table}') ORDER BY cid",
            "SELECT column_name, CASE data_type WHEN 'bigint' THEN 'INTEGER' WHEN 'text' THEN 'TEXT'
                WHEN 'bytea' THEN 'BLOB' END
            FROM information_schema.columns
            WHERE table_schema = 'public' AND table_name = '{table}' AND is_generated = 'NEVER'
            ORDER BY ordinal_position",
        );
        let columns = self.rows(&ask.replace("{table}", table)).into_iter();
        columns.map(|row| <[String; 2]>::try_from(row).expect("two columns").into()).collect()
    }

    /// What suits one engine only, and its like for the other.
    pub fn either<T>(&self, file: T, server: T) -> T {
        match self {
            Self::File(_) => file,
            Self::Server(_) => server,
        }
    }
}

impl TestServer {
    /// Statements sent together: all of them happen, or none.
    fn ask(&self, sql: &str) -> Vec<Message> {
        let text = in_its_words(sql);
        block_on(async {
            let client = connect(&self.direct()).await;
            client.simple_query(&text).await.unwrap_or_else(|error| panic!("{text}: {error}"))
        })
    }

    fn ask_each(&self, statements: &[String]) {
        block_on(async {
            let client = connect(&self.direct()).await;
            for statement in statements {
                client.batch_execute(statement).await.expect("the statement runs");
            }
        });
    }
}

fn rows_of_a_file(file: &Connection, sql: &str) -> rusqlite::Result<Vec<Vec<String>>> {
    let mut statement = file.prepare(sql)?;
    let columns = statement.column_count();
    let mut rows = statement.raw_query();
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        let cells: rusqlite::Result<_> =
            (0..columns).map(|at| row.get_ref(at).map(in_text)).collect();
        all.push(cells?);
    }
    Ok(all)
}

/// As the server would write it.
fn in_text(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "NULL".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
        ValueRef::Blob(bytes) => format!("\\x{}", to_hex(bytes)),
    }
}

fn cells(message: &Message) -> Option<Vec<String>> {
    let Message::Row(row) = message else { return None };
    Some((0..row.len()).map(|at| row.get(at).unwrap_or("NULL").to_owned()).collect())
}

/// Bytes as statements here have them: `x'00'`.
pub fn literal(bytes: &[u8]) -> String {
    format!("x'{}'", to_hex(bytes))
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn from_hex(text: &str) -> Vec<u8> {
    let digits = text.strip_prefix("\\x").unwrap_or_else(|| panic!("{text} is not bytes"));
    let pair = |at| u8::from_str_radix(&digits[at..at + 2], 16).expect("two digits");
    (0..digits.len()).step_by(2).map(pair).collect()
}

/// The statements with bytes as PostgreSQL writes them.
fn in_its_words(sql: &str) -> String {
    let mut text = String::new();
    let mut rest = sql;
    while let Some((before, found)) = rest.split_once("x'") {
        text.push_str(before);
        // Not the end of a text: 'x'.
        let literal = found.split_once('\'').filter(|_| !before.ends_with('\''));
        rest = if let Some((digits, behind)) = literal {
            let _ = write!(text, "'\\x{digits}'::bytea");
            behind
        } else {
            text.push_str("x'");
            found
        };
    }
    text.push_str(rest);
    zeros(&text).replace(" AS BLOB", " AS BYTEA")
}

fn zeros(sql: &str) -> String {
    let mut parts = sql.split("zeroblob(");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (count, behind) = part.split_once(')').expect("a count");
        let _ = write!(text, "decode(repeat('00', {count}), 'hex'){behind}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_put_into_the_servers_words() {
        let put = [
            ("SET a = x'00ff', b = x''", "SET a = '\\x00ff'::bytea, b = '\\x'::bytea"),
            ("a || 'x', CAST(b || x'01' AS BLOB)", "a || 'x', CAST(b || '\\x01'::bytea AS BYTEA)"),
            ("VALUES (zeroblob(16), 1)", "VALUES (decode(repeat('00', 16), 'hex'), 1)"),
            ("SELECT 'no bytes'", "SELECT 'no bytes'"),
        ];
        for (sql, expected) in put {
            assert_eq!(in_its_words(sql), expected);
        }
    }

    #[test]
    fn bytes_read_back_as_they_were_written() {
        let file = Raw::File(Connection::open_in_memory().unwrap());
        let bytes = [0, 1, 0xab, 0xff];
        assert_eq!(file.bytes(&format!("SELECT {}", literal(&bytes))), [bytes]);
        assert_eq!(file.lines("SELECT 7, NULL, 'a b'"), ["7 NULL a b"]);
    }
}
