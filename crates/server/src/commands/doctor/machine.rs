//! What the machine says: whether a server holds the file, and how much room
//! there is.

use std::fs::{File, TryLockError};
use std::path::Path;

use super::Finding;
use crate::config::Config;

/// Less room than this is worth a word.
const ROOM_BYTES_MIN: u64 = 1_073_741_824;

/// Whether a server is at work on the file.
pub(super) fn lock(config: &Config) -> Option<Finding> {
    config.book.place.file()?;
    let path = config.book.place.beside(".lock");
    let file = File::open(&path).ok()?;
    Some(match file.try_lock_shared() {
        Ok(()) => Finding::Well("No server is at work on this file.".into()),
        Err(TryLockError::WouldBlock) => Finding::Well("A server is at work on this file.".into()),
        Err(TryLockError::Error(error)) => {
            Finding::Ill(format!("The lock {} can't be read: {error}.", path.display()))
        }
    })
}

/// How much room there is where the database lies.
pub(super) fn disk(config: &Config) -> Option<Finding> {
    let path = config.book.place.file()?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let found = rustix::fs::statvfs(folder).ok()?;
    let room = found.f_bavail.saturating_mul(found.f_frsize);
    let sentence = format!("{} has {} of room left.", folder.display(), in_words(room));
    Some(if room < ROOM_BYTES_MIN { Finding::Ill(sentence) } else { Finding::Well(sentence) })
}

/// Bytes as people say them.
pub(super) fn in_words(bytes: u64) -> String {
    let units = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    let unit = units.into_iter().find(|(size, _)| bytes >= *size);
    unit.map_or_else(|| format!("{bytes} bytes"), |(size, name)| format!("{} {name}", bytes / size))
}
