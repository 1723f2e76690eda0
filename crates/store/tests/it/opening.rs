//! Every way in which opening fails, told apart, leaving everything as it was.

use std::path::Path;

use store::{Absent, Db, OpenError, Options, users};

use crate::scratch::{NOW, Scratch, database, read};

/// Opens as the server does and expects a failure that changes nothing.
fn refused(scratch: &Scratch) -> OpenError {
    let before = scratch.files();
    let error = Db::open(&Options::serve(scratch.path(), NOW)).unwrap_err();
    assert!(scratch.files() == before, "opening changed something");
    error
}

#[test]
fn a_missing_file_is_made_for_a_server_and_refused_to_a_tool() {
    let scratch = Scratch::new();
    let error = Db::open(&Options::tool(scratch.path(), NOW)).unwrap_err();
    assert!(matches!(error, OpenError::Missing { .. }), "{error}");
    assert_eq!(scratch.files(), []);
    drop(scratch.serve());
    Db::open(&Options::tool(scratch.path(), NOW)).unwrap();
}

#[test]
fn a_missing_folder_is_named() {
    let error = Db::open(&Options::serve("/nowhere/at/all/book.db", NOW)).unwrap_err();
    assert_eq!(error.to_string(), "the folder /nowhere/at/all does not exist");
}

#[test]
fn a_file_that_is_no_database_is_left_alone() {
    let scratch = Scratch::new();
    for content in [b"hello".to_vec(), vec![7; 8192], b"SQLite format 3\0".to_vec()] {
        std::fs::write(scratch.path(), content).unwrap();
        assert!(matches!(refused(&scratch), OpenError::NotADatabase { .. }));
    }
    std::fs::write(scratch.path(), "").unwrap();
    let error = Db::open(&Options::tool(scratch.path(), NOW)).unwrap_err();
    assert!(matches!(error, OpenError::NotADatabase { .. }), "{error}");
}

#[tokio::test]
async fn a_damaged_database_of_ours_is_left_alone() {
    let (scratch, db) = database();
    db.close().await;
    let mut bytes = std::fs::read(scratch.path()).unwrap();
    bytes[100..].fill(0xff);
    std::fs::write(scratch.path(), bytes).unwrap();
    assert!(matches!(refused(&scratch), OpenError::NotADatabase { .. }));
}

#[test]
fn a_database_of_another_program_is_left_alone() {
    let scratch = Scratch::new();
    scratch.raw().execute_batch("CREATE TABLE notes (text TEXT)").unwrap();
    assert!(matches!(refused(&scratch), OpenError::Foreign { .. }));
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_left_alone() {
    let (scratch, db) = database();
    db.close().await;
    let newer = "INSERT INTO migrations VALUES (999, 'future', 0, 0)";
    let raw = scratch.raw();
    raw.execute(newer, []).unwrap();
    drop(raw);
    let error = refused(&scratch);
    assert!(matches!(error, OpenError::Newer { found: 999, .. }), "{error}");
    let sentence = error.to_string();
    assert!(sentence.contains("has schema version 999"), "{sentence}");
}

#[tokio::test]
async fn a_newer_version_that_is_only_in_the_log_is_left_there() {
    let (scratch, db) = database();
    db.close().await;
    let raw = scratch.raw();
    let keep = rusqlite::config::DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
    raw.set_db_config(keep, true).unwrap();
    raw.execute("INSERT INTO migrations VALUES (999, 'future', 0, 0)", []).unwrap();
    drop(raw);
    let contents = |scratch: &Scratch| {
        let mut files = scratch.files();
        // The index of the log is rebuilt at will and holds nothing of its own.
        files.retain(|(name, _)| !name.ends_with("-shm"));
        files
    };
    let before = contents(&scratch);
    assert!(before.iter().any(|(name, bytes)| name.ends_with("-wal") && !bytes.is_empty()));
    let error = Db::open(&Options::serve(scratch.path(), NOW)).unwrap_err();
    assert!(matches!(error, OpenError::Newer { found: 999, .. }), "{error}");
    assert!(contents(&scratch) == before, "opening changed something");
}

#[tokio::test]
async fn an_altered_migration_is_named() {
    let (scratch, db) = database();
    db.close().await;
    let raw = scratch.raw();
    raw.execute("UPDATE migrations SET checksum = 7 WHERE version = 1", []).unwrap();
    drop(raw);
    assert!(matches!(refused(&scratch), OpenError::Altered { version: 1, name: "base" }));
}

#[tokio::test]
async fn a_second_server_is_refused_and_a_tool_is_not() {
    let (scratch, db) = database();
    let error = Db::open(&Options::serve(scratch.path(), NOW)).unwrap_err();
    assert!(matches!(error, OpenError::Locked { .. }), "{error}");
    let link = scratch.path().with_file_name("other-name.db");
    std::os::unix::fs::symlink(scratch.path(), &link).unwrap();
    let error = Db::open(&Options::serve(link, NOW)).unwrap_err();
    assert!(matches!(error, OpenError::Locked { .. }), "{error}");
    let tool = Db::open(&Options::tool(scratch.path(), NOW)).unwrap();
    assert_eq!(read!(tool, |tx| tx.one(users::count()).await).unwrap(), 0);
    tool.close().await;
    db.close().await;
    scratch.serve();
}

#[test]
fn an_older_database_is_refused_to_a_tool() {
    let scratch = Scratch::new();
    let raw = scratch.raw();
    raw.pragma_update(None, "application_id", i32::from_be_bytes(*b"CRED")).unwrap();
    drop(raw);
    let before = scratch.files();
    let error = Db::open(&Options::tool(scratch.path(), NOW)).unwrap_err();
    assert!(matches!(error, OpenError::Older { found: 0, .. }), "{error}");
    assert!(scratch.files() == before, "opening changed something");
}

/// Root may write anywhere but to what the kernel makes up.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_can_not_be_written_to_is_named() {
    let path = Path::new("/sys/kernel/book.db");
    let error = Db::open(&Options::serve(path, NOW)).unwrap_err();
    assert!(matches!(error, OpenError::ReadOnly { .. }), "{error}");
    let tool = Options { absent: Absent::Create, ..Options::tool(path, NOW) };
    let error = Db::open(&tool).unwrap_err();
    assert!(matches!(error, OpenError::ReadOnly { .. }), "{error}");
    assert!(!path.exists());
}
