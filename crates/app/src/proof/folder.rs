//! The folder of signed checkpoints: a file each, outside the database.
//!
//! A file is written whole or not at all, and never overwritten: what it says
//! may be the only witness of what the journal was. This module must not know
//! what a checkpoint means.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use tokio::fs;

use super::signed::{ParseSignedError, Signed};

const PREFIX: &str = "checkpoint-";
const SUFFIX: &str = ".json";

/// Why a file was not written or read.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The system refused.
    #[error("{path} can't be used: {source}", path = .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// There is another checkpoint of that place: this journal is not the one
    /// it was, or the folder belongs to another book.
    #[error("{path} says something else of the same place", path = .path.display())]
    Contradicted {
        /// The file.
        path: PathBuf,
    },
}

/// A file, and what it holds.
#[derive(Debug)]
pub(super) struct Found {
    /// Where it is.
    pub path: PathBuf,
    /// What it says.
    pub signed: Result<Signed, ParseSignedError>,
}

fn refused(path: &Path) -> impl FnOnce(std::io::Error) -> FolderError {
    move |source| FolderError::Io { path: path.to_owned(), source }
}

/// Its name: by partition and place, so that names sort as places do.
fn name(signed: &Signed) -> String {
    let (partition, seq) = (signed.checkpoint.partition.number(), signed.checkpoint.seq.number());
    format!("{PREFIX}{partition}-{seq:019}{SUFFIX}")
}

/// Keeps a checkpoint; one that is there already stays as it is.
pub(super) async fn keep(folder: &Path, signed: &Signed) -> Result<PathBuf, FolderError> {
    make(folder).await?;
    let path = folder.join(name(signed));
    match fs::read_to_string(&path).await {
        Ok(text) => {
            let same = Signed::parse(&text).is_ok_and(|there| there == *signed);
            return if same { Ok(path) } else { Err(FolderError::Contradicted { path }) };
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(refused(&path)(error)),
    }
    let unfinished = folder.join(format!(".{}", name(signed)));
    let text = format!("{}\n", signed.to_json());
    write(&unfinished, text.as_bytes()).await.map_err(refused(&unfinished))?;
    fs::rename(&unfinished, &path).await.map_err(refused(&path))?;
    sync_folder(folder).await.map_err(refused(folder))?;
    Ok(path)
}

async fn make(folder: &Path) -> Result<(), FolderError> {
    if fs::try_exists(folder).await.map_err(refused(folder))? {
        return Ok(());
    }
    fs::create_dir_all(folder).await.map_err(refused(folder))?;
    let above = folder.parent().filter(|above| !above.as_os_str().is_empty());
    sync_folder(above.unwrap_or(Path::new("."))).await.map_err(refused(folder))
}

async fn write(path: &Path, text: &[u8]) -> std::io::Result<()> {
    fs::write(path, text).await?;
    fs::OpenOptions::new().write(true).open(path).await?.sync_all().await
}

/// A new name is on disk once its folder is.
pub(super) async fn sync_folder(folder: &Path) -> std::io::Result<()> {
    fs::File::open(folder).await?.sync_all().await
}

/// Every checkpoint of a folder, by name. A folder that is not there has none;
/// files of other names are nobody's business.
pub(super) async fn read(folder: &Path) -> Result<Vec<Found>, FolderError> {
    let mut entries = match fs::read_dir(folder).await {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(refused(folder)(error)),
    };
    let mut paths = Vec::new();
    while let Some(entry) = entries.next_entry().await.map_err(refused(folder))? {
        let name = entry.file_name();
        let ours = name.to_str().is_some_and(|it| it.starts_with(PREFIX) && it.ends_with(SUFFIX));
        if ours {
            paths.push(entry.path());
        }
    }
    paths.sort();
    let mut found = Vec::with_capacity(paths.len());
    for path in paths {
        let Found { path, signed } = read_file(path).await?;
        found.push(Found { signed: signed.and_then(|signed| named(&path, signed)), path });
    }
    Ok(found)
}

/// A checkpoint of the folder lies under the name it was written with.
fn named(path: &Path, signed: Signed) -> Result<Signed, ParseSignedError> {
    let is_its_own = path.file_name().is_some_and(|found| found == name(&signed).as_str());
    if is_its_own { Ok(signed) } else { Err(ParseSignedError::Misnamed) }
}

/// What a file holds, whatever its name.
pub(super) async fn read_file(path: PathBuf) -> Result<Found, FolderError> {
    let bytes = fs::read(&path).await.map_err(refused(&path))?;
    let signed = Signed::parse(&String::from_utf8_lossy(&bytes));
    Ok(Found { path, signed })
}
