//! Bringing a file's schema up to date, in one transaction.

use ledger::Time;
use rusqlite::Connection;

use super::estimates;
use super::header::APPLICATION_ID;
use super::session::Session;
use crate::error::Error;
use crate::migrate::{self, Applied, Misfit};
use crate::query::Engine;

/// Why a file was not brought up to date.
pub(super) enum Fault {
    /// Another program's tables are in it.
    Foreign,
    /// Its migrations are not ours.
    Misfit(Misfit),
    /// The engine failed.
    Engine(rusqlite::Error),
    /// A statement failed.
    Storage(Error),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Engine(error)
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Storage(error)
    }
}

/// What was applied; nothing if the table is not there.
pub(super) fn applied(session: &mut Session) -> Result<Vec<Applied>, Fault> {
    session.begin("BEGIN")?;
    let rows = applied_here(session);
    session.rollback();
    rows
}

fn applied_here(session: &mut Session) -> Result<Vec<Applied>, Fault> {
    let there: bool = session.connection().query_one(
        "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'migrations')",
        [],
        |row| row.get(0),
    )?;
    if there { Ok(session.all(&migrate::applied())?) } else { Ok(Vec::new()) }
}

/// Applies what is pending. Whoever comes at the same time waits, then finds
/// nothing to do. Connections that are opened behind it have its estimates.
pub(super) fn run(session: &mut Session, now: Time) -> Result<(), Fault> {
    session.begin("BEGIN IMMEDIATE")?;
    let result = run_here(session, now);
    let result = result.and_then(|()| Ok(session.control("COMMIT")?));
    session.rollback();
    result
}

fn run_here(session: &mut Session, now: Time) -> Result<(), Fault> {
    claim(session.connection())?;
    // A table that is made hits no row.
    let _ = session.exec(&migrate::create())?;
    let applied = session.all(&migrate::applied())?;
    let pending = migrate::pending(&applied).map_err(Fault::Misfit)?;
    for migration in pending {
        session.connection().execute_batch(&migration.text(Engine::Sqlite))?;
        session.exec(&migrate::record(migration, now))?.expect_one()?;
    }
    if !pending.is_empty() {
        estimates::write(session.connection())?;
    }
    Ok(())
}

/// Writes our name into a new file; one with another's tables is left alone.
fn claim(connection: &Connection) -> Result<(), Fault> {
    let id: i32 = connection.query_one("PRAGMA application_id", [], |row| row.get(0))?;
    if id == APPLICATION_ID {
        return Ok(());
    }
    let tables: i64 =
        connection.query_one("SELECT COUNT(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if id != 0 || tables != 0 {
        return Err(Fault::Foreign);
    }
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    Ok(())
}
