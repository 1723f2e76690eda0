//! What an error of the engine means.

use rusqlite::ErrorCode;
use rusqlite::ffi;

use crate::constraint::Constraint;
use crate::error::Error;

/// The situation behind an error of a statement.
pub(super) fn classify(statement: &'static str, error: rusqlite::Error) -> Error {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy) => return Error::Busy,
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            return Error::Corrupt { statement, source: error.into() };
        }
        Some(ErrorCode::ConstraintViolation) => {
            if let Some(constraint) = broken(&error) {
                return Error::Constraint(constraint);
            }
        }
        _ => {}
    }
    Error::Internal { statement, source: error.into() }
}

/// Whether the file or the disk under it failed, rather than the statement.
pub(super) fn is_storage(error: &rusqlite::Error) -> bool {
    use ErrorCode::{CannotOpen, DatabaseCorrupt, NotADatabase, SystemIoFailure};
    matches!(
        error.sqlite_error_code(),
        Some(CannotOpen | DatabaseCorrupt | NotADatabase | SystemIoFailure)
    )
}

/// Whether a failed COMMIT certainly did nothing: it waited for a lock in vain,
/// or a deferred constraint stood in its way. Anything else may have reached
/// the log.
pub(super) fn is_certain(error: &rusqlite::Error) -> bool {
    use ErrorCode::{ConstraintViolation, DatabaseBusy};
    matches!(error.sqlite_error_code(), Some(ConstraintViolation | DatabaseBusy))
}

/// The constraint named by the extended code and the message.
fn broken(error: &rusqlite::Error) -> Option<Constraint> {
    let rusqlite::Error::SqliteFailure(code, Some(message)) = error else { return None };
    match code.extended_code {
        ffi::SQLITE_CONSTRAINT_UNIQUE
        | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
        | ffi::SQLITE_CONSTRAINT_ROWID => {
            Constraint::unique_on(message.strip_prefix("UNIQUE constraint failed: ")?)
        }
        ffi::SQLITE_CONSTRAINT_CHECK => {
            Constraint::named(message.strip_prefix("CHECK constraint failed: ")?)
        }
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Some(Constraint::Reference),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(code: i32, message: &str) -> rusqlite::Error {
        rusqlite::Error::SqliteFailure(ffi::Error::new(code), Some(message.to_owned()))
    }

    #[test]
    fn a_failed_fsync_leaves_the_commit_unknown_and_a_lock_does_not() {
        let fsync = failure(ffi::SQLITE_IOERR_FSYNC, "disk I/O error");
        assert!(is_storage(&fsync) && !is_certain(&fsync));
        let full = failure(ffi::SQLITE_FULL, "database or disk is full");
        assert!(!is_storage(&full) && !is_certain(&full));
        let busy = failure(ffi::SQLITE_BUSY, "database is locked");
        assert!(!is_storage(&busy) && is_certain(&busy));
    }

    #[test]
    fn a_constraint_nobody_named_is_not_mistaken_for_one() {
        let error = failure(ffi::SQLITE_CONSTRAINT_NOTNULL, "NOT NULL constraint failed: a.b");
        assert!(matches!(classify("a.put", error), Error::Internal { statement: "a.put", .. }));
        let error = failure(ffi::SQLITE_CONSTRAINT_UNIQUE, "UNIQUE constraint failed: a.b");
        assert!(matches!(classify("a.put", error), Error::Internal { .. }));
    }
}
