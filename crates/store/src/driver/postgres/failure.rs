//! What an error of the server means.

use tokio_postgres::error::{DbError, Severity, SqlState};

use crate::constraint::Constraint;
use crate::error::Error;

/// The situation behind an error of a statement.
pub(super) fn classify(statement: &'static str, error: tokio_postgres::Error) -> Error {
    let Some(said) = error.as_db_error() else {
        return if is_lost(&error) {
            Error::Lost(error.into())
        } else {
            Error::Internal { statement, source: error.into() }
        };
    };
    if is_ending(said.code()) {
        return Error::Lost(error.into());
    }
    if is_busy(said.code()) {
        return Error::Busy;
    }
    if is_over(said) {
        return Error::Lost(error.into());
    }
    if let Some(constraint) = broken(said) {
        return Error::Constraint(constraint);
    }
    match *said.code() {
        SqlState::IN_FAILED_SQL_TRANSACTION => Error::RolledBack,
        SqlState::DATA_CORRUPTED | SqlState::INDEX_CORRUPTED => {
            Error::Corrupt { statement, source: error.into() }
        }
        _ => Error::Internal { statement, source: error.into() },
    }
}

/// The connection is gone: what it had not committed, the server drops.
fn is_lost(error: &tokio_postgres::Error) -> bool {
    let source = std::error::Error::source(error);
    error.is_closed() || source.is_some_and(<dyn std::error::Error>::is::<std::io::Error>)
}

/// The server ends the connection: it stops, or was told to.
fn is_ending(code: &SqlState) -> bool {
    [
        &SqlState::ADMIN_SHUTDOWN,
        &SqlState::CRASH_SHUTDOWN,
        &SqlState::CANNOT_CONNECT_NOW,
        &SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
        &SqlState::READ_ONLY_SQL_TRANSACTION,
    ]
    .contains(&code)
        || code.code().starts_with("08")
}

/// Another transaction was in the way; this one can be tried again.
fn is_busy(code: &SqlState) -> bool {
    [
        &SqlState::T_R_SERIALIZATION_FAILURE,
        &SqlState::T_R_DEADLOCK_DETECTED,
        &SqlState::LOCK_NOT_AVAILABLE,
        &SqlState::QUERY_CANCELED,
        &SqlState::TOO_MANY_CONNECTIONS,
    ]
    .contains(&code)
}

/// A cluster passes on a shard's error without the fields that name what is broken: there
/// it is the last name in the message, with the shard's number behind it.
fn broken(said: &DbError) -> Option<Constraint> {
    if *said.code() == SqlState::FOREIGN_KEY_VIOLATION {
        return Some(Constraint::Reference);
    }
    let is_unique = *said.code() == SqlState::UNIQUE_VIOLATION;
    if !is_unique && *said.code() != SqlState::CHECK_VIOLATION {
        return None;
    }
    let named = said.constraint().or_else(|| last_name(said.message()))?;
    Constraint::named(named).or_else(|| Constraint::named(unsharded(named)))
}

/// `new row for "a" violates "b"` says b.
fn last_name(message: &str) -> Option<&str> {
    message.rsplit('"').nth(1)
}

/// A name without the number of a shard behind it.
fn unsharded(name: &str) -> &str {
    let number = |tail: &str| !tail.is_empty() && tail.bytes().all(|byte| byte.is_ascii_digit());
    name.rsplit_once('_').filter(|(_, tail)| number(tail)).map_or(name, |(head, _)| head)
}

/// What ends the session and not just the statement, whatever its code: a server that
/// panics while it writes a COMMIT may find it in its log when it starts again.
fn is_over(said: &DbError) -> bool {
    // A pooler has the one word for both.
    let is_over = |severity: Severity| matches!(severity, Severity::Fatal | Severity::Panic);
    said.parsed_severity().map_or(["FATAL", "PANIC"].contains(&said.severity()), is_over)
}

/// Whether a statement that failed certainly did nothing: the server said so. A lost
/// connection says nothing, and a server that stops may have committed.
pub(super) fn is_certain(error: &tokio_postgres::Error) -> bool {
    error.as_db_error().is_some_and(|said| !is_ending(said.code()) && !is_over(said))
}

/// The same of a COMMIT. A cluster whose worker was lost while it committed has an error of
/// no class of its own for that.
pub(super) fn is_certain_at_commit(error: &tokio_postgres::Error) -> bool {
    let is_internal = error.code() == Some(&SqlState::INTERNAL_ERROR);
    is_certain(error) && !is_internal
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio_postgres::{Config, NoTls};

    use super::*;

    /// The error of a server that answers a statement with that severity and code.
    async fn said(severity: &str, code: &str) -> tokio_postgres::Error {
        let message = |kind: u8, body: &[u8]| {
            let length = u32::try_from(body.len() + 4).unwrap().to_be_bytes();
            [&[kind], length.as_slice(), body].concat()
        };
        let fields = format!("S{severity}\0V{severity}\0C{code}\0Mon purpose\0\0");
        let welcome = [message(b'R', &[0; 4]), message(b'Z', b"I")].concat();
        let (ours, mut theirs) = tokio::io::duplex(4_096);
        let server = async move {
            assert_ne!(theirs.read(&mut [0; 1_024]).await.unwrap(), 0);
            theirs.write_all(&welcome).await.unwrap();
            assert_ne!(theirs.read(&mut [0; 1_024]).await.unwrap(), 0);
            theirs.write_all(&message(b'E', fields.as_bytes())).await.unwrap();
            theirs.write_all(&message(b'Z', b"I")).await.unwrap();
            // Until it was read.
            theirs
        };
        let asking = async {
            let connected = Config::new().user("nobody").connect_raw(ours, NoTls).await;
            let (client, connection) = connected.unwrap();
            tokio::select! {
                failed = client.batch_execute("COMMIT") => failed.unwrap_err(),
                ended = connection => ended.unwrap_err(),
            }
        };
        tokio::join!(server, asking).1
    }

    #[tokio::test]
    async fn only_an_error_of_the_statement_says_that_it_did_nothing() {
        let error = said("ERROR", "58030").await;
        assert!(is_certain(&error) && is_certain_at_commit(&error), "{error:?}");
        assert!(matches!(classify("a", error), Error::Internal { .. }));
        for (severity, code) in [("PANIC", "58030"), ("FATAL", "57P05"), ("FATAL", "25P04")] {
            let error = said(severity, code).await;
            assert!(!is_certain(&error) && !is_certain_at_commit(&error), "{error:?}");
            assert!(matches!(classify("a", error), Error::Lost(_)), "{severity} {code}");
        }
        // Too many connections: nothing was begun.
        assert!(matches!(classify("a", said("FATAL", "53300").await), Error::Busy));
    }

    #[test]
    fn what_a_shard_names_is_found_in_its_words() {
        let said = |message| last_name(message).map(unsharded);
        let unique = r#"duplicate key value violates unique constraint "wallets_owner_102034""#;
        assert_eq!(said(unique), Some("wallets_owner"));
        let check = r#"new row for relation "heads_102010" violates check constraint "heads_at""#;
        assert_eq!(said(check), Some("heads_at"));
        assert_eq!(said("something else"), None);
    }
}
