//! The first bytes of a database file, read without the engine: looking at a
//! file that is not ours must leave no trace on it.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use super::lock::beside;
use crate::error::OpenError;

/// `CRED`, at the header's place for the program a database belongs to.
pub(super) const APPLICATION_ID: i32 = i32::from_be_bytes(*b"CRED");

/// What is at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// No file.
    Nothing,
    /// A file without a byte, or none that counts: one that is just being made.
    Empty,
    /// A database of ours.
    Ours,
}

/// Looks at a path. Whatever is not ours to open is an error.
pub(super) fn look(path: &Path) -> Result<Found, OpenError> {
    let unreadable = |source| OpenError::Unreadable { path: path.to_owned(), source };
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(error) => return Err(unreadable(error)),
    };
    let mut header = Vec::with_capacity(100);
    file.by_ref().take(100).read_to_end(&mut header).map_err(unreadable)?;
    if header.is_empty() || is_unmade(path, &header) {
        return Ok(Found::Empty);
    }
    let is_sqlite = header.len() == 100 && header.starts_with(b"SQLite format 3\0");
    if !is_sqlite {
        return Err(OpenError::NotADatabase { path: path.to_owned() });
    }
    if header[68..72] != APPLICATION_ID.to_be_bytes() {
        return Err(OpenError::Foreign { path: path.to_owned() });
    }
    Ok(Found::Ours)
}

/// Its first page was never written, though others were, when the power went: the
/// engine's journal beside it takes them back.
fn is_unmade(path: &Path, header: &[u8]) -> bool {
    let has_journal = || beside(path, "-journal").metadata().is_ok_and(|it| it.len() > 0);
    header.iter().all(|byte| *byte == 0) && has_journal()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_its_first_page_is_being_made_where_a_journal_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("book.db");
        std::fs::write(&path, [0; 8_192]).unwrap();
        assert!(matches!(look(&path), Err(OpenError::NotADatabase { .. })));
        std::fs::write(beside(&path, "-journal"), b"pages of before").unwrap();
        assert_eq!(look(&path).unwrap(), Found::Empty);
    }
}
