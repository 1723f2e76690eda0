//! A transaction, as the work inside it sees it.
//!
//! One type for both engines and no generic parameter on who uses it. A failed
//! statement ends the transaction on either engine: only its error can be
//! returned from there. This module must not know when transactions are opened.

use std::pin::Pin;

use tokio::sync::mpsc;

use crate::bell::Bell;
use crate::driver::{postgres, sqlite};
use crate::error::Error;
use crate::query::{Change, Changed, Query, Rows, Sql};
use crate::value::Value;

/// The future of a transaction's work, boxed: `Box::pin(async move { … })`.
pub type Work<'t, T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send + 't>>;

/// An open transaction: a snapshot for reads, everything or nothing for writes.
pub struct Tx {
    pub(crate) session: Session,
    pub(crate) bell: Bell,
}

/// The engine's side of it.
pub(crate) enum Session {
    /// A connection of the embedded engine, on the thread that owns it.
    Sqlite(sqlite::Session),
    /// A connection to a server.
    Postgres(postgres::Session),
}

impl Session {
    /// The embedded engine's, for its threads: they have no other.
    pub(crate) fn sqlite(&mut self) -> &mut sqlite::Session {
        match self {
            Self::Sqlite(session) => session,
            Self::Postgres(_) => unreachable!("a thread of the embedded engine has its session"),
        }
    }
}

impl Tx {
    /// The row, if there is one; several are an error.
    pub async fn opt<R>(&mut self, query: Query<'_, R>) -> Result<Option<R>, Error> {
        match &mut self.session {
            Session::Sqlite(session) => session.opt(&query),
            Session::Postgres(session) => session.opt(&query).await,
        }
    }

    /// The one row; none or several are an error.
    pub async fn one<R>(&mut self, query: Query<'_, R>) -> Result<R, Error> {
        let statement = query.sql.name();
        self.opt(query).await?.ok_or(Error::NoRow { statement })
    }

    /// Every row.
    pub async fn all<R>(&mut self, query: Query<'_, R>) -> Result<Vec<R>, Error> {
        match &mut self.session {
            Session::Sqlite(session) => session.all(&query),
            Session::Postgres(session) => session.all(&query).await,
        }
    }

    /// Makes a change and says how many rows it hit.
    pub async fn exec(&mut self, change: Change<'_>) -> Result<Changed, Error> {
        match &mut self.session {
            Session::Sqlite(session) => session.exec(&change),
            Session::Postgres(session) => session.exec(&change).await,
        }
    }

    /// Inserts many rows with a [`Sql::bulk`] statement.
    pub async fn bulk<'v, const N: usize>(
        &mut self,
        sql: &'static Sql,
        rows: impl IntoIterator<Item = [Value<'v>; N]>,
    ) -> Result<Changed, Error> {
        match &mut self.session {
            Session::Sqlite(session) => session.bulk(sql, rows),
            Session::Postgres(session) => session.bulk(&Rows::new(sql, rows)).await,
        }
    }

    /// Inserts many rows, none of which should be there, with a [`Sql::bulk`] statement: for
    /// less on a server, where it fails if one is.
    pub(crate) async fn add<'v, const N: usize>(
        &mut self,
        sql: &'static Sql,
        rows: impl IntoIterator<Item = [Value<'v>; N]>,
    ) -> Result<(), Error> {
        match &mut self.session {
            Session::Sqlite(session) => session.bulk(sql, rows).map(drop),
            Session::Postgres(session) => session.add(&Rows::new(sql, rows)).await,
        }
    }

    /// Inserts many rows whose columns are known when it runs.
    pub(crate) async fn fill(&mut self, rows: &Rows<'_>) -> Result<Changed, Error> {
        match &mut self.session {
            Session::Sqlite(session) => session.fill(rows),
            Session::Postgres(session) => session.bulk(rows).await,
        }
    }

    /// Says that something was left to do. It need not come to that: who is woken
    /// finds nothing then.
    pub(crate) fn ring(&self) {
        self.bell.ring();
    }

    /// Has the ids of a table go on behind the largest. The embedded engine does so
    /// by itself.
    pub(crate) async fn go_on_counting(&mut self, table: &'static str) -> Result<(), Error> {
        match &mut self.session {
            Session::Sqlite(_) => Ok(()),
            Session::Postgres(session) => session.go_on_counting(table).await,
        }
    }

    /// Hands something out of the transaction, and waits until there is room for it:
    /// whether anyone took it. On the embedded engine the writing thread waits, so
    /// this is for who wants everyone to stand still.
    pub async fn hand<T: Send>(&mut self, taker: &mpsc::Sender<T>, thing: T) -> bool {
        match &mut self.session {
            Session::Sqlite(_) => taker.blocking_send(thing).is_ok(),
            Session::Postgres(_) => taker.send(thing).await.is_ok(),
        }
    }

    /// Makes a change, then inserts the rows: one flight where that saves waiting.
    /// Look at every count, that of the change first, before the transaction ends.
    pub async fn burst(
        &mut self,
        first: Change<'_>,
        rows: &[Rows<'_>],
    ) -> Result<Vec<Changed>, Error> {
        match &mut self.session {
            Session::Sqlite(session) => session.burst(&first, rows),
            Session::Postgres(session) => session.burst(rows, Some(&first)).await,
        }
    }
}
