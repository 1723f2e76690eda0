//! Changes a book's file behind the product's back, as an intruder or a crash
//! would.

use std::path::Path;

use rusqlite::Connection;

/// Runs statements on the file. Panics if one fails: the test is wrong then.
pub fn tamper(path: &Path, sql: &str) {
    let connection = Connection::open(path).expect("the file opens");
    connection.execute_batch(sql).expect("the statements run");
}
