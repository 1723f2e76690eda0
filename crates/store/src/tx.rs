//! A transaction, as the work inside it sees it.
//!
//! One type for both engines and no generic parameter on who uses it. A failed
//! statement ends the transaction on either engine: only its error can be
//! returned from there. This module must not know when transactions are opened.

use std::pin::Pin;

use crate::driver::sqlite;
use crate::error::Error;
use crate::query::{Change, Changed, Query, Sql};
use crate::value::Value;

/// The future of a transaction's work, boxed: `Box::pin(async move { … })`.
pub type Work<'t, T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send + 't>>;

/// An open transaction: a snapshot for reads, everything or nothing for writes.
pub struct Tx {
    pub(crate) session: Session,
}

/// The engine's side of it.
pub(crate) enum Session {
    /// A connection of the embedded engine, on the thread that owns it.
    Sqlite(sqlite::Session),
}

#[expect(clippy::unused_async, reason = "a server's answer is awaited, a file's is not")]
impl Tx {
    /// The row, if there is one; several are an error.
    pub async fn opt<R>(&mut self, query: Query<'_, R>) -> Result<Option<R>, Error> {
        match &mut self.session {
            Session::Sqlite(session) => session.opt(&query),
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
        }
    }

    /// Makes a change and says how many rows it hit.
    pub async fn exec(&mut self, change: Change<'_>) -> Result<Changed, Error> {
        match &mut self.session {
            Session::Sqlite(session) => session.exec(&change),
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
        }
    }
}
