//! Opening a file: every way it can fail is told apart, and a failure changes
//! nothing. What can be seen without the engine is looked at first.

use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::checkpoint::Wal;
use super::header::{self, Found};
use super::health::Health;
use super::migrate::Fault;
use super::session::Session;
use super::{lock, migrate as run_migrations};
use crate::db::{Absent, BookLock, Options, Outdated};
use crate::error::{Error, OpenError};
use crate::migrate::{self, Misfit};

/// Since this version a checkpoint can't corrupt a log that is being reset.
const LIBRARY_MIN: (&str, i32) = ("3.51.3", 3_051_003);
/// How long a statement waits for another process.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// More than the statements of this crate.
const STATEMENTS_CACHED: usize = 256;
/// Times that a busy file is asked to become one with a log.
const WAL_ATTEMPTS: usize = 100;

/// What the threads start with.
pub(super) struct Opened {
    pub(super) writer: Connection,
    pub(super) readers: Vec<Connection>,
    pub(super) checkpointer: Connection,
    pub(super) wal: Arc<Wal>,
    pub(super) health: Arc<Health>,
    pub(super) lock: Option<File>,
}

pub(super) fn open(options: &Options) -> Result<Opened, OpenError> {
    check_library()?;
    let path = resolve(&options.path)?;
    let lock = match (header::look(&path)?, options.absent) {
        (Found::Ours, _) => open_ours(&path, options)?,
        (Found::Nothing, Absent::Refuse) => return Err(OpenError::Missing { path }),
        (Found::Empty, Absent::Refuse) => return Err(OpenError::NotADatabase { path }),
        (Found::Nothing | Found::Empty, Absent::Create) => make(&path, options)?,
    };
    let engine = |error| from_engine(&path, error);
    let wal = Arc::new(Wal::default());
    let mut writer = connect(&path, OpenFlags::empty()).map_err(engine)?;
    begin_log(&writer).map_err(engine)?;
    watch(&mut writer, &wal).map_err(engine)?;
    let readers = (0..options.readers.max(1)).map(|_| read_only(&path));
    let readers = readers.collect::<rusqlite::Result<_>>().map_err(engine)?;
    let checkpointer = connect(&path, OpenFlags::empty()).map_err(engine)?;
    Ok(Opened { writer, readers, checkpointer, wal, health: Arc::default(), lock })
}

fn check_library() -> Result<(), OpenError> {
    let (needed, number) = LIBRARY_MIN;
    if rusqlite::version_number() < number {
        return Err(OpenError::Library { found: rusqlite::version(), needed });
    }
    Ok(())
}

/// The file's one true path, so that two names of it share one lock.
fn resolve(path: &Path) -> Result<PathBuf, OpenError> {
    if let Ok(whole) = path.canonicalize() {
        return Ok(whole);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let name = path.file_name().ok_or_else(|| OpenError::NotADatabase { path: path.to_owned() })?;
    match folder.canonicalize() {
        Ok(folder) => Ok(folder.join(name)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Err(OpenError::NoFolder { path: folder.to_owned() })
        }
        Err(source) => Err(OpenError::Unreadable { path: folder.to_owned(), source }),
    }
}

/// A file of ours: its version is checked before anything is touched.
fn open_ours(path: &Path, options: &Options) -> Result<Option<File>, OpenError> {
    let engine = |error| from_engine(path, error);
    let connection = connect(path, OpenFlags::empty()).map_err(engine)?;
    // The last connection to close copies the log and removes it. If there was
    // one before us, a failure must leave it as it is.
    let has_log = lock::beside(path, "-wal").metadata().is_ok_and(|log| log.len() > 0);
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, has_log)
        .map_err(engine)?;
    if connection.is_readonly("main").map_err(engine)? {
        return Err(OpenError::ReadOnly { path: path.to_owned() });
    }
    let mut session = Session::new(connection, Arc::default());
    let fault = |fault| from_fault(path, fault);
    let applied = run_migrations::applied(&mut session).map_err(fault)?;
    let pending = migrate::pending(&applied).map_err(|misfit| fault(Fault::Misfit(misfit)))?;
    if !pending.is_empty() && options.outdated == Outdated::Refuse {
        let found = applied.last().map_or(0, |row| row.version);
        return Err(OpenError::Older { path: path.to_owned(), found, known: migrate::version() });
    }
    let lock = take_lock(path, options)?;
    if !pending.is_empty() {
        run_migrations::run(&mut session, options.now).map_err(fault)?;
    }
    session
        .connection()
        .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)
        .map_err(engine)?;
    Ok(lock)
}

/// A new file. Others may be making the same one.
fn make(path: &Path, options: &Options) -> Result<Option<File>, OpenError> {
    let lock = take_lock(path, options)?;
    let connection = connect(path, OpenFlags::SQLITE_OPEN_CREATE);
    let connection = connection.map_err(|error| from_engine(path, error))?;
    let mut session = Session::new(connection, Arc::default());
    run_migrations::run(&mut session, options.now).map_err(|fault| from_fault(path, fault))?;
    Ok(lock)
}

fn take_lock(path: &Path, options: &Options) -> Result<Option<File>, OpenError> {
    match options.lock {
        BookLock::Take => lock::take(path).map(Some),
        BookLock::Leave => Ok(None),
    }
}

/// A connection as every thread wants it. The name is a path, never a URI.
/// What is deleted is overwritten: erased words must be gone from the file.
fn connect(path: &Path, more: OpenFlags) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_EXRESCODE
        | more;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    // A statement has one plan, whatever its arguments: it is not made anew for each.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_CACHED);
    connection.execute_batch(
        "PRAGMA foreign_keys = ON;
         PRAGMA trusted_schema = OFF;
         PRAGMA secure_delete = ON;
         PRAGMA temp_store = MEMORY;
         PRAGMA synchronous = FULL;
         PRAGMA cache_size = -65536;
         PRAGMA wal_autocheckpoint = 0;
         PRAGMA journal_size_limit = 67108864;",
    )?;
    Ok(connection)
}

fn read_only(path: &Path) -> rusqlite::Result<Connection> {
    let connection = connect(path, OpenFlags::empty())?;
    connection.execute_batch("PRAGMA query_only = ON; PRAGMA cache_size = -8192;")?;
    Ok(connection)
}

/// Makes the file one with a write-ahead log. The engine does not wait for this
/// lock as it does for others, so a write transaction does the waiting.
fn begin_log(connection: &Connection) -> rusqlite::Result<()> {
    let mut last = Ok(());
    for _ in 0..WAL_ATTEMPTS {
        last = connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()));
        let busy = matches!(&last, Err(error) if is_busy(error));
        if !busy {
            return last;
        }
        connection.execute_batch("BEGIN IMMEDIATE; ROLLBACK")?;
    }
    last
}

/// Has the engine say how long the log is after every commit.
fn watch(connection: &mut Connection, wal: &Arc<Wal>) -> rusqlite::Result<()> {
    let wal = Arc::clone(wal);
    connection.wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, pages: i32| {
        wal.set_pages(pages.try_into().unwrap_or(0));
        Ok(())
    }))
}

fn is_busy(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
}

fn from_engine(path: &Path, error: rusqlite::Error) -> OpenError {
    let path = path.to_owned();
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
            OpenError::NotADatabase { path }
        }
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly) => OpenError::ReadOnly { path },
        Some(ErrorCode::DatabaseBusy) => OpenError::Busy { path },
        _ => OpenError::Engine { path, source: error.into() },
    }
}

fn from_fault(path: &Path, fault: Fault) -> OpenError {
    let known = migrate::version();
    match fault {
        Fault::Foreign => OpenError::Foreign { path: path.to_owned() },
        Fault::Misfit(Misfit::Newer { found }) => {
            OpenError::Newer { path: path.to_owned(), found, known }
        }
        Fault::Misfit(Misfit::Altered { version, name }) => OpenError::Altered { version, name },
        Fault::Engine(error) => from_engine(path, error),
        Fault::Storage(Error::Busy) => OpenError::Busy { path: path.to_owned() },
        Fault::Storage(error) => OpenError::Engine { path: path.to_owned(), source: error.into() },
    }
}
