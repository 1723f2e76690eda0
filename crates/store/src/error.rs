//! What can go wrong at this crate's boundary, as situations.
//!
//! This module must not know what they mean to a client.

use std::path::PathBuf;

use crate::constraint::Constraint;

/// What the engine said, whichever it is.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why a read or a write did not happen.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The schema forbids it; nothing was written.
    #[error("the constraint {} forbids it", .0.name())]
    Constraint(Constraint),
    /// A change that must hit one row hit another number of them.
    #[error("{statement} hit {rows} rows where it must hit one")]
    NotOneRow {
        /// Name of the statement.
        statement: &'static str,
        /// How many it hit.
        rows: u64,
    },
    /// Another writer appended behind the head this one knew; nothing was written.
    #[error("the journal's head has moved")]
    HeadMoved,
    /// A question that must have one answer had none.
    #[error("{statement} found no row")]
    NoRow {
        /// Name of the statement.
        statement: &'static str,
    },
    /// A question that may have one answer had several.
    #[error("{statement} found several rows where at most one may be")]
    SeveralRows {
        /// Name of the statement.
        statement: &'static str,
    },
    /// A column holds what it must not.
    #[error("{statement}: the column {column} does not hold {expected}")]
    Column {
        /// Name of the statement.
        statement: &'static str,
        /// Name of the column.
        column: String,
        /// What it should hold.
        expected: &'static str,
    },
    /// The reader of a statement and its SELECT list do not match.
    #[error("{statement}: {read} of {columns} columns were read")]
    Columns {
        /// Name of the statement.
        statement: &'static str,
        /// How many the reader took.
        read: usize,
        /// How many there are.
        columns: usize,
    },
    /// Another process held the database for too long; nothing was written.
    #[error("the database is busy")]
    Busy,
    /// The connection to the server was lost before COMMIT; nothing was written.
    #[error("the connection to the database was lost")]
    Lost(#[source] Cause),
    /// COMMIT failed in a way that does not tell whether it happened. On the
    /// embedded engine no write is taken any more: restart and look at the head.
    /// On a server the head tells, once it was locked.
    #[error("it is unknown whether the transaction was committed")]
    CommitUnknown(#[source] Cause),
    /// An earlier IO error or unknown commit stopped all writing.
    #[error("writing has stopped after a storage failure: {0}")]
    Stopped(String),
    /// A statement of the transaction failed before, so it can only be rolled
    /// back: this one did not run, or the COMMIT was refused.
    #[error("an earlier statement of the transaction failed")]
    RolledBack,
    /// The transaction's closure panicked; nothing was written.
    #[error("a transaction panicked: {0}")]
    Panicked(String),
    /// The transaction's closure waited for something outside of it, which on
    /// the embedded engine would stop every other one; nothing was written.
    #[error("a transaction waited for something outside of it")]
    Waited,
    /// Nobody waits for what a read would find.
    #[error("nobody waits for the answer any more")]
    Unasked,
    /// The database is closed.
    #[error("the database is closed")]
    Closed,
    /// The file is damaged: the engine can't make sense of it.
    #[error("{statement} found the database file damaged")]
    Corrupt {
        /// Name of the statement.
        statement: &'static str,
        /// What the engine said.
        source: Cause,
    },
    /// Any other failure of the engine; the name is the statement's.
    #[error("{statement} failed")]
    Internal {
        /// Name of the statement.
        statement: &'static str,
        /// What the engine said.
        source: Cause,
    },
}

impl Error {
    /// Whether the same may go better in a moment: another process or transaction was
    /// in the way, or the server is away. It did not happen, or, after
    /// [`Error::CommitUnknown`] on a server, did.
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Busy | Self::Lost(_) | Self::CommitUnknown(_))
    }
}

/// Why a database could not be opened. Nothing was changed by trying, but where it is said.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// There is no file, and none should be made.
    #[error("there is no database at {path}", path = .path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The folder does not exist.
    #[error("the folder {path} does not exist", path = .path.display())]
    NoFolder {
        /// The folder.
        path: PathBuf,
    },
    /// The folder or the file can't be written to.
    #[error("{path} can't be written to", path = .path.display())]
    ReadOnly {
        /// The folder or file.
        path: PathBuf,
    },
    /// The file can't be read.
    #[error("{path} can't be read", path = .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It is not a SQLite file at all, or a damaged one.
    #[error("{path} is not a database", path = .path.display())]
    NotADatabase {
        /// The file.
        path: PathBuf,
    },
    /// It is a SQLite database of another program.
    #[error("{path} is a database of another program", path = .path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// It was written by a newer version of this program.
    #[error(
        "{path} has schema version {found}, this program knows up to {known}: use a newer one",
        path = .path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// The newest this program knows.
        known: i64,
    },
    /// It lacks migrations, and none should be run.
    #[error(
        "{path} has schema version {found}, this program needs {known}: run migrate first",
        path = .path.display()
    )]
    Older {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// The one this program needs.
        known: i64,
    },
    /// A migration that ran is not the one this program has under its number.
    #[error("migration {version} ({name}) is not the one that was applied to this database")]
    Altered {
        /// Its number.
        version: i64,
        /// Its name in this program.
        name: &'static str,
    },
    /// Another server is using it.
    #[error("{path} is in use by another server", path = .path.display())]
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// Another process kept it busy for too long.
    #[error("{path} is busy: another process is writing to it", path = .path.display())]
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// The SQLite library is too old to trust with a write-ahead log.
    #[error("the SQLite library is version {found}, at least {needed} is needed")]
    Library {
        /// Its version.
        found: &'static str,
        /// The least one.
        needed: &'static str,
    },
    /// A server can't be reached, or refuses.
    #[error("{address} can't be used")]
    Server {
        /// Where, without a password.
        address: String,
        /// What it said, or the network.
        source: Cause,
    },
    /// A server is too old.
    #[error("{address} is PostgreSQL {found}, at least 15 is needed")]
    ServerVersion {
        /// Where.
        address: String,
        /// Its version.
        found: String,
    },
    /// A server would lose what it acknowledged, or keeps texts in another encoding.
    #[error("{address} has {setting} = {value}, which loses data: set it as PostgreSQL ships it")]
    Unsafe {
        /// Where.
        address: String,
        /// Which setting.
        setting: &'static str,
        /// What it is.
        value: String,
    },
    /// A cluster has some of the ledger's tables on its workers, and others not. What was
    /// pending has been migrated by then.
    #[error(
        "{address} is a cluster whose workers lack tables of the ledger: run \
        create_distributed_table for {tables}, as the guide on scaling says"
    )]
    Scattered {
        /// Where.
        address: String,
        /// Which are missing.
        tables: String,
    },
    /// A thread could not be started.
    #[error("a storage thread could not be started")]
    Thread(#[source] std::io::Error),
    /// Any other failure of the engine.
    #[error("{path} could not be opened", path = .path.display())]
    Engine {
        /// The file.
        path: PathBuf,
        /// What the engine said.
        source: Cause,
    },
}
