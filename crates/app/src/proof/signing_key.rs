//! The file with the key that signs checkpoints: a 32-byte seed as 64
//! hexadecimal digits, as `openssl rand -hex 32` prints it.
//!
//! Who has it can sign a false history, so it is kept apart from the database
//! and from the checkpoints. This module must not know a source of randomness.

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use ledger::SigningKey;

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum SigningKeyError {
    /// The system refused.
    #[error("the signing key {path} can't be used: {source}", path = .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Something else is in the file.
    #[error("{path} is not a signing key: 64 hexadecimal digits are", path = .path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
    },
}

fn refused(path: &Path) -> impl FnOnce(std::io::Error) -> SigningKeyError {
    move |source| SigningKeyError::Io { path: path.to_owned(), source }
}

/// The key in a file. The file must be there.
pub fn load(path: &Path) -> Result<SigningKey, SigningKeyError> {
    seed(path).map(|seed| SigningKey::from_seed(&seed))
}

/// The key in a file; where there is no file it is that of another one, which must
/// be there.
pub fn load_or_copy(path: &Path, from: &Path) -> Result<SigningKey, SigningKeyError> {
    load_or_create(path, seed(from)?)
}

fn seed(path: &Path) -> Result<[u8; 32], SigningKeyError> {
    let text = std::fs::read(path).map_err(refused(path))?;
    let mut seed = [0; 32];
    hex::decode_to_slice(text.trim_ascii(), &mut seed)
        .map_err(|_| SigningKeyError::Malformed { path: path.to_owned() })?;
    Ok(seed)
}

/// The key in a file; where there is no file it is made of `seed`, readable by
/// its owner alone.
pub fn load_or_create(path: &Path, seed: [u8; 32]) -> Result<SigningKey, SigningKeyError> {
    match create(path, seed) {
        Ok(()) => Ok(SigningKey::from_seed(&seed)),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => load(path),
        Err(error) => Err(refused(path)(error)),
    }
}

/// The text is whole before it has the name, so that a crash leaves no half key.
fn create(path: &Path, seed: [u8; 32]) -> std::io::Result<()> {
    if path.try_exists()? {
        return Err(ErrorKind::AlreadyExists.into());
    }
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(".new");
    let unfinished = PathBuf::from(unfinished);
    write(&unfinished, &format!("{}\n", hex::encode(seed)))?;
    std::fs::rename(&unfinished, path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    std::fs::File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}
