//! A connection with a transaction open on it, and the statements in it.
//!
//! BEGIN travels with the first statement, and what does not wait for each
//! other travels together. A transaction that is left open takes its connection
//! with it: nobody finds one half done.

use std::borrow::Cow;

use deadpool_postgres::{Client, Object};
use futures::future::{join, join_all};
use tokio_postgres::Statement;
use tokio_postgres::types::{ToSql, Type};

use super::failure::{self, classify};
use super::value::{self, Columns};
use crate::error::Error;
use crate::query::{Change, Changed, Engine, Query, Rows, Sql, at_most_one};
use crate::row::{Row, Source};
use crate::value::Value;

/// Whether a connection keeps statements from one transaction to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Statements {
    /// It does.
    Named,
    /// A pooler may put another connection behind it: nothing is kept.
    Unnamed,
}

/// Runs statements on one connection.
pub(crate) struct Session {
    /// Gone once the transaction has ended.
    client: Option<Client>,
    statements: Statements,
    /// BEGIN, until it was sent.
    begin: Option<&'static str>,
    failed: bool,
}

/// A statement as the server is to have it.
enum Call {
    Named(Statement),
    Unnamed(Cow<'static, str>),
}

/// A statement with what it is run with, ready to be sent.
struct Ready<'a> {
    sql: &'static Sql,
    call: Call,
    types: Vec<Type>,
    arguments: Vec<&'a (dyn ToSql + Sync)>,
}

impl Session {
    /// A transaction that begins with its first statement.
    pub(super) fn new(client: Client, statements: Statements, begin: &'static str) -> Self {
        Self { client: Some(client), statements, begin: Some(begin), failed: false }
    }

    /// Runs one statement that is a transaction of its own.
    pub(super) async fn alone<R>(
        client: Client,
        statements: Statements,
        query: &Query<'_, R>,
    ) -> Result<Vec<R>, Error> {
        let mut session = Self { client: Some(client), statements, begin: None, failed: false };
        assert!(query.sql.reads(), "{} is no question", query.sql.name());
        let rows = session.all(query).await;
        if !session.failed {
            // Nothing is open: its connection goes back. Another one may be broken.
            drop(session.client.take());
        }
        rows
    }

    pub(crate) async fn opt<R>(&mut self, query: &Query<'_, R>) -> Result<Option<R>, Error> {
        at_most_one(self.all(query).await?, query.sql.name())
    }

    pub(crate) async fn all<R>(&mut self, query: &Query<'_, R>) -> Result<Vec<R>, Error> {
        let (mut types, mut arguments) = split(&query.args);
        if let Some(each) = &query.each {
            types.push(Type::INT8_ARRAY);
            arguments.push(each);
        }
        let ready = self.ready(query.sql, (types, arguments)).await?;
        let begin = self.begin.take();
        let client = self.client()?;
        let (begun, rows) = join(opening(client, begin), ready.query(client)).await;
        let rows = begun.and(rows).map_err(|error| self.fail(query.sql.name(), error))?;
        rows.iter().map(|row| read(query.sql.name(), row, query.read)).collect()
    }

    pub(crate) async fn exec(&mut self, change: &Change<'_>) -> Result<Changed, Error> {
        let ready = self.ready(change.sql, split(&change.args)).await?;
        let counts = self.send(&[ready]).await?;
        Ok(counts[0])
    }

    /// Writes many rows with one statement.
    pub(crate) async fn bulk(&mut self, rows: &Rows<'_>) -> Result<Changed, Error> {
        let counts = self.burst(std::slice::from_ref(rows), None).await?;
        Ok(counts[0])
    }

    /// Writes many rows that are all new, or fails. Behind a pooler, where servers take no
    /// turns, they are written as any others.
    pub(crate) async fn add(&mut self, rows: &Rows<'_>) -> Result<(), Error> {
        if self.statements == Statements::Unnamed || rows.is_empty() {
            return self.bulk(rows).await.map(drop);
        }
        let columns = Columns::of(rows);
        let text = rows.sql.plain_text(Engine::Postgres);
        let arguments = (columns.types.clone(), columns.arguments());
        let ready = self.ready_as(text, rows.sql, arguments).await?;
        self.send(&[ready]).await.map(drop)
    }

    /// Makes a change, if there is one, and writes many rows of several tables,
    /// all in one flight.
    pub(crate) async fn burst(
        &mut self,
        rows: &[Rows<'_>],
        first: Option<&Change<'_>>,
    ) -> Result<Vec<Changed>, Error> {
        let columns: Vec<_> =
            rows.iter().filter(|rows| !rows.is_empty()).map(Columns::of).collect();
        let mut ready = Vec::with_capacity(columns.len() + 1);
        if let Some(change) = first {
            ready.push(self.ready(change.sql, split(&change.args)).await?);
        }
        for columns in &columns {
            let arguments = (columns.types.clone(), columns.arguments());
            ready.push(self.ready(columns.sql, arguments).await?);
        }
        let mut counts = self.send(&ready).await?.into_iter();
        let none = |rows: &Rows<'_>| Changed { statement: rows.sql.name(), rows: 0 };
        let mut done: Vec<_> = counts.by_ref().take(usize::from(first.is_some())).collect();
        done.extend(rows.iter().map(|rows| {
            if rows.is_empty() { none(rows) } else { counts.next().unwrap_or(none(rows)) }
        }));
        Ok(done)
    }

    /// Moves the sequence of a table's ids behind the largest of them.
    pub(crate) async fn go_on_counting(&mut self, table: &'static str) -> Result<(), Error> {
        if self.failed {
            return Err(Error::RolledBack);
        }
        let begin = self.begin.take();
        let client = self.client()?;
        // The name is ours. Without a sequence or a row nothing is set.
        let text = format!(
            "SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT MAX(id) FROM {table}))"
        );
        let (begun, moved) = join(opening(client, begin), client.batch_execute(&text)).await;
        begun.and(moved).map_err(|error| self.fail("setval", error))
    }

    /// Sends statements one behind the other, then waits for all their answers.
    async fn send(&mut self, ready: &[Ready<'_>]) -> Result<Vec<Changed>, Error> {
        let begin = self.begin.take();
        let client = self.client()?;
        let sent = join_all(ready.iter().map(|ready| ready.execute(client)));
        let (begun, counts) = join(opening(client, begin), sent).await;
        if let Err(error) = begun {
            return Err(self.fail("BEGIN", error));
        }
        let mut changed = Vec::with_capacity(counts.len());
        for (rows, ready) in counts.into_iter().zip(ready) {
            let rows = rows.map_err(|error| self.fail(ready.sql.name(), error))?;
            changed.push(Changed { statement: ready.sql.name(), rows });
        }
        Ok(changed)
    }

    async fn ready<'a>(
        &mut self,
        sql: &'static Sql,
        arguments: (Vec<Type>, Vec<&'a (dyn ToSql + Sync)>),
    ) -> Result<Ready<'a>, Error> {
        self.ready_as(sql.text(Engine::Postgres), sql, arguments).await
    }

    async fn ready_as<'a>(
        &mut self,
        text: Cow<'static, str>,
        sql: &'static Sql,
        (types, arguments): (Vec<Type>, Vec<&'a (dyn ToSql + Sync)>),
    ) -> Result<Ready<'a>, Error> {
        if self.failed {
            return Err(Error::RolledBack);
        }
        let call = match self.statements {
            Statements::Unnamed => Call::Unnamed(text),
            Statements::Named => {
                let prepared = self.client()?.prepare_typed_cached(&text, &types).await;
                Call::Named(prepared.map_err(|error| self.fail(sql.name(), error))?)
            }
        };
        Ok(Ready { sql, call, types, arguments })
    }

    fn client(&self) -> Result<&Client, Error> {
        self.client.as_ref().ok_or(Error::Closed)
    }

    fn fail(&mut self, statement: &'static str, error: tokio_postgres::Error) -> Error {
        self.failed = true;
        classify(statement, error)
    }

    /// Ends the transaction without its changes; the connection goes back.
    pub(super) async fn roll_back(mut self) {
        if self.begin.is_none()
            && let Some(client) = &self.client
            && client.batch_execute("ROLLBACK").await.is_err()
        {
            // Dropped with its connection.
            return;
        }
        drop(self.client.take());
    }

    /// Commits, or says that nothing was written or that nobody knows.
    pub(super) async fn commit(mut self) -> Result<(), Error> {
        if self.failed {
            self.roll_back().await;
            return Err(Error::RolledBack);
        }
        if self.begin.is_some() {
            drop(self.client.take());
            return Ok(());
        }
        match self.client()?.batch_execute("COMMIT").await {
            Ok(()) => {
                drop(self.client.take());
                Ok(())
            }
            Err(error) if failure::is_certain_at_commit(&error) => Err(classify("COMMIT", error)),
            Err(error) => Err(Error::CommitUnknown(error.into())),
        }
    }
}

impl Drop for Session {
    /// Where a transaction may be open, its connection is closed.
    fn drop(&mut self) {
        if let Some(client) = self.client.take()
            && self.begin.is_none()
        {
            drop(Object::take(client));
        }
    }
}

async fn opening(client: &Client, begin: Option<&str>) -> Result<(), tokio_postgres::Error> {
    match begin {
        Some(begin) => client.batch_execute(begin).await,
        None => Ok(()),
    }
}

impl Ready<'_> {
    fn typed(&self) -> impl Iterator<Item = (&(dyn ToSql + Sync), Type)> {
        self.arguments.iter().copied().zip(self.types.iter().cloned())
    }

    async fn execute(&self, client: &Client) -> Result<u64, tokio_postgres::Error> {
        match &self.call {
            Call::Named(statement) => {
                client.execute_raw(statement, self.arguments.iter().copied()).await
            }
            Call::Unnamed(text) => {
                client.execute_typed(text, &self.typed().collect::<Vec<_>>()).await
            }
        }
    }

    async fn query(
        &self,
        client: &Client,
    ) -> Result<Vec<tokio_postgres::Row>, tokio_postgres::Error> {
        match &self.call {
            Call::Named(statement) => client.query(statement, &self.arguments).await,
            Call::Unnamed(text) => {
                client.query_typed(text, &self.typed().collect::<Vec<_>>()).await
            }
        }
    }
}

fn split<'a>(args: &'a [Value<'_>]) -> (Vec<Type>, Vec<&'a (dyn ToSql + Sync)>) {
    args.iter().map(value::typed).map(|(value, kind)| (kind, value)).unzip()
}

fn read<R>(
    name: &'static str,
    row: &tokio_postgres::Row,
    read: fn(&mut Row<'_>) -> Result<R, Error>,
) -> Result<R, Error> {
    let mut row = Row::new(Source::Postgres(row), name);
    let value = read(&mut row)?;
    row.finish().map(|()| value)
}
