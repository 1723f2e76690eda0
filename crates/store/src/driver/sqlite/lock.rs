//! The book's lock: one server a file. The system lets it go with the process.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use crate::error::OpenError;

/// Takes `PATH.lock`, or says who is in the way.
pub(super) fn take(database: &Path) -> Result<File, OpenError> {
    let path = beside(database, ".lock");
    let file = File::options().create(true).truncate(false).write(true).open(&path);
    let file = file.map_err(|_| OpenError::ReadOnly { path: path.clone() })?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::Locked { path: database.to_owned() }),
        Err(TryLockError::Error(source)) => Err(OpenError::Unreadable { path, source }),
    }
}

/// The database's path with something behind its name.
pub(super) fn beside(database: &Path, suffix: &str) -> PathBuf {
    let mut path = database.as_os_str().to_owned();
    path.push(suffix);
    path.into()
}
