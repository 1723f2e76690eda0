//! A connection with a transaction open on it, and the statements in it.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection};

use super::failure::{classify, is_storage};
use super::health::Health;
use crate::error::Error;
use crate::query::{Change, Changed, Engine, Query, Rows, Sql, at_most_one};
use crate::row::{Row, Source};
use crate::value::Value;

/// Runs statements on the thread that owns the connection.
pub(crate) struct Session {
    connection: Connection,
    health: Arc<Health>,
    /// The texts of statements that are put together, by their names.
    texts: HashMap<&'static str, Arc<str>>,
    /// A statement of the open transaction failed. SQLite would let the others
    /// go on, PostgreSQL would not; ours is the stricter of the two.
    failed: bool,
    /// Of a read: gone once nobody waits for it.
    asked: Option<Weak<()>>,
}

impl Session {
    pub(super) fn new(connection: Connection, health: Arc<Health>) -> Self {
        Self { connection, health, texts: HashMap::new(), failed: false, asked: None }
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    pub(super) fn health(&self) -> &Health {
        &self.health
    }

    /// A statement of the open transaction failed.
    pub(super) fn has_failed(&self) -> bool {
        self.failed
    }

    /// Opens a transaction: `BEGIN` or `BEGIN IMMEDIATE`.
    pub(super) fn begin(&mut self, text: &'static str) -> Result<(), Error> {
        self.failed = false;
        self.control(text).map_err(|error| {
            self.note(&error);
            classify(text, error)
        })
    }

    /// Whose read the open transaction is.
    pub(super) fn ask(&mut self, asked: Option<Weak<()>>) {
        self.asked = asked;
    }

    /// Sets a pragma between transactions.
    pub(super) fn set(&self, pragma: &'static str) -> Result<(), Error> {
        let mut statement =
            self.connection.prepare_cached(pragma).map_err(|error| classify(pragma, error))?;
        statement.raw_execute().map(drop).map_err(|error| classify(pragma, error))
    }

    /// Runs a transaction statement.
    pub(super) fn control(&self, text: &str) -> Result<(), rusqlite::Error> {
        self.connection.prepare_cached(text)?.raw_execute().map(drop)
    }

    /// Ends the transaction, if the engine has not done so already.
    pub(super) fn rollback(&self) {
        if self.connection.is_autocommit() {
            return;
        }
        if let Err(error) = self.control("ROLLBACK") {
            self.health.stop(&error);
        }
    }

    pub(crate) fn opt<R>(&mut self, query: &Query<'_, R>) -> Result<Option<R>, Error> {
        at_most_one(self.rows(query, 2)?, query.sql.name())
    }

    pub(crate) fn all<R>(&mut self, query: &Query<'_, R>) -> Result<Vec<R>, Error> {
        self.rows(query, usize::MAX)
    }

    pub(crate) fn exec(&mut self, change: &Change<'_>) -> Result<Changed, Error> {
        let text = change.sql.text(Engine::Sqlite);
        self.run(change.sql, |connection| {
            let mut statement = connection.prepare_cached(&text)?;
            bind(&mut statement, &change.args)?;
            statement.raw_execute()
        })
        .map(|rows| changed(change.sql, rows))
    }

    pub(crate) fn bulk<'v, const N: usize>(
        &mut self,
        sql: &'static Sql,
        rows: impl IntoIterator<Item = [Value<'v>; N]>,
    ) -> Result<Changed, Error> {
        assert_eq!(N, sql.columns().len(), "columns of {}", sql.name());
        self.bind_each(sql, rows)
    }

    pub(crate) fn fill(&mut self, rows: &Rows<'_>) -> Result<Changed, Error> {
        self.bind_each(rows.sql, rows.iter())
    }

    fn bind_each<'v>(
        &mut self,
        sql: &'static Sql,
        rows: impl IntoIterator<Item: AsRef<[Value<'v>]>>,
    ) -> Result<Changed, Error> {
        let text = self.texts.entry(sql.name()).or_insert_with(|| sql.text(Engine::Sqlite).into());
        let text = Arc::clone(text);
        self.run(sql, |connection| {
            let mut statement = connection.prepare_cached(&text)?;
            let mut count = 0;
            for row in rows {
                bind(&mut statement, row.as_ref())?;
                count += statement.raw_execute()?;
            }
            Ok(count)
        })
        .map(|rows| changed(sql, rows))
    }

    /// Makes a change, then writes the rows.
    pub(crate) fn burst(
        &mut self,
        first: &Change<'_>,
        rows: &[Rows<'_>],
    ) -> Result<Vec<Changed>, Error> {
        let mut counts = vec![self.exec(first)?];
        for rows in rows {
            counts.push(self.bind_each(rows.sql, rows.iter())?);
        }
        Ok(counts)
    }

    /// At most `limit` rows of a query, each read to its last column.
    fn rows<R>(&mut self, query: &Query<'_, R>, limit: usize) -> Result<Vec<R>, Error> {
        let name = query.sql.name();
        let text = query.sql.text(Engine::Sqlite);
        self.run(query.sql, |connection| {
            let mut statement = connection.prepare_cached(&text)?;
            bind(&mut statement, &query.args)?;
            let mut rows = Vec::new();
            let each = query.each.as_ref().map_or(1, Vec::len);
            for place in 0..each {
                if let Some(ids) = &query.each {
                    statement.raw_bind_parameter(query.args.len() + 1, ids[place])?;
                }
                let mut cursor = statement.raw_query();
                while let Some(row) = cursor.next()? {
                    let mut row = Row::new(Source::Sqlite(row), name);
                    let value =
                        (query.read)(&mut row).and_then(|value| row.finish().map(|()| value));
                    match value {
                        Ok(value) => rows.push(value),
                        Err(error) => return Ok(Err(error)),
                    }
                    if rows.len() == limit {
                        return Ok(Ok(rows));
                    }
                }
            }
            Ok(Ok(rows))
        })?
    }

    fn run<T>(
        &mut self,
        sql: &'static Sql,
        work: impl FnOnce(&Connection) -> Result<T, rusqlite::Error>,
    ) -> Result<T, Error> {
        // The engine ends a transaction by itself after some failures; what
        // follows would then commit alone.
        if self.failed || self.connection.is_autocommit() {
            return Err(Error::RolledBack);
        }
        if self.asked.as_ref().is_some_and(|asked| asked.strong_count() == 0) {
            return Err(Error::Unasked);
        }
        work(&self.connection).map_err(|error| {
            self.failed = true;
            self.note(&error);
            classify(sql.name(), error)
        })
    }

    fn note(&self, error: &rusqlite::Error) {
        if is_storage(error) {
            self.health.stop(error);
        }
    }
}

fn changed(sql: &'static Sql, rows: usize) -> Changed {
    Changed { statement: sql.name(), rows: rows.try_into().unwrap_or(u64::MAX) }
}

fn bind(statement: &mut CachedStatement<'_>, args: &[Value<'_>]) -> Result<(), rusqlite::Error> {
    for (index, value) in args.iter().enumerate() {
        statement.raw_bind_parameter(index + 1, value)?;
    }
    Ok(())
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let value = match self {
            Value::I64(Some(number)) => ValueRef::Integer(*number),
            Value::Bool(Some(truth)) => ValueRef::Integer(i64::from(*truth)),
            Value::Text(Some(text)) => ValueRef::Text(text.as_bytes()),
            Value::Bytes(Some(bytes)) => ValueRef::Blob(bytes),
            Value::I64(None) | Value::Bool(None) | Value::Text(None) | Value::Bytes(None) => {
                ValueRef::Null
            }
        };
        Ok(ToSqlOutput::Borrowed(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pragma_holds_however_often_it_is_set_to_and_fro() {
        let connection = Connection::open_in_memory().unwrap();
        let session = Session::new(connection, std::sync::Arc::default());
        let normal = ("PRAGMA synchronous = NORMAL", 1);
        let full = ("PRAGMA synchronous = FULL", 2);
        for (pragma, level) in [normal, full, normal, full] {
            session.set(pragma).unwrap();
            let found: i64 =
                session.connection().query_one("PRAGMA synchronous", [], |row| row.get(0)).unwrap();
            assert_eq!(found, level);
        }
    }
}
