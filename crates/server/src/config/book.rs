//! `[book]`: what is kept, where, and who vouches for it.

use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER_PERMISSIVE;
use ledger::Mode;
use secrecy::SecretBox;
use store::{Address, AddressError};

use super::origin::Origin;
use super::setting::{Kind, Setting};
use super::values::Values;

const DB: Setting = Setting {
    key: "book.db",
    kind: Kind::Address,
    default: Some("sqlite:credits.db"),
    about: "The database: sqlite:PATH, a file that is made when it is not there; or\n\
            postgres://USER:PASSWORD@HOST:PORT/DATABASE, which many servers may share\n\
            (?pooler=transaction behind a pooler, ?sslrootcert=FILE for its authority).",
};

const CHECKPOINTS: Setting = Setting {
    key: "book.checkpoints",
    kind: Kind::Text,
    default: None,
    about: "The folder that signed checkpoints go to; PATH.checkpoints if absent, with\n\
            PostgreSQL credits.checkpoints.\n\
            Best on another machine: `verify` can't see a tail cut after the last one.",
};

const MODE: Setting = Setting {
    key: "book.mode",
    kind: Kind::Text,
    default: Some("test"),
    about: "What a new book is for ever: test or live. A book that is there keeps its own.",
};

const SIGNING_KEY: Setting = Setting {
    key: "book.signing_key",
    kind: Kind::Secret,
    default: None,
    about: "The Ed25519 key that signs checkpoints: 32 bytes as 64 hexadecimal digits.\n\
            Without one a new book makes its own and keeps it at PATH.key, with\n\
            PostgreSQL at credits.key: every server needs the same.",
};

/// The settings of this section.
pub(super) const SETTINGS: [&Setting; 4] = [&DB, &CHECKPOINTS, &MODE, &SIGNING_KEY];

/// The flags that set them.
pub(crate) const DB_KEY: &str = DB.key;
/// See [`DB_KEY`].
pub(crate) const CHECKPOINTS_KEY: &str = CHECKPOINTS.key;
/// See [`DB_KEY`].
pub(crate) const MODE_KEY: &str = MODE.key;

/// What is kept, where, and who vouches for it.
pub(crate) struct Book {
    /// The database.
    pub(crate) place: Place,
    /// Where signed checkpoints go.
    pub(crate) checkpoints: PathBuf,
    /// What a new book is, and whether somebody asked for it.
    pub(crate) mode: Wanted<Mode>,
    /// The key that was configured.
    pub(crate) signing_key: Option<SecretBox<[u8; 32]>>,
}

/// Where the database is.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    /// A file of the embedded engine.
    File(PathBuf),
    /// A PostgreSQL server.
    Server(Box<Address>),
}

impl Place {
    /// Reads an address.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if let Some(path) = text.strip_prefix("sqlite:").filter(|path| !path.is_empty()) {
            return Ok(Self::File(path.into()));
        }
        Address::parse(text).map(Box::new).map(Self::Server).map_err(|error| match error {
            AddressError::Scheme => "must be sqlite:PATH or postgres://…".into(),
            error => error.to_string(),
        })
    }

    /// The file, if it is one.
    pub(crate) fn file(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Server(_) => None,
        }
    }

    /// The name of a file that goes with the database, in its folder or, where it is
    /// on a server, in this one.
    pub(crate) fn beside(&self, suffix: &str) -> PathBuf {
        let mut path = self.file().map_or("credits".into(), |path| path.as_os_str().to_owned());
        path.push(suffix);
        path.into()
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Server(address) => address.fmt(f),
        }
    }
}

/// A value, and whether it is only the default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted<T> {
    /// Somebody asked for it.
    Asked(T),
    /// Nobody said anything.
    Default(T),
}

impl<T: Copy> Wanted<T> {
    /// The value.
    pub(crate) const fn value(self) -> T {
        match self {
            Self::Asked(value) | Self::Default(value) => value,
        }
    }
}

impl Book {
    pub(super) fn read(values: &mut Values) -> Option<Self> {
        let place = values.get(&DB, Place::parse);
        let checkpoints = values.optional(&CHECKPOINTS, folder);
        let mode = values.get(&MODE, mode);
        let is_default = values.find(&MODE).is_some_and(|found| found.origin == Origin::Default);
        let signing_key = values.optional(&SIGNING_KEY, seed);
        let (place, mode) = (place?, mode?);
        let checkpoints = checkpoints?.unwrap_or_else(|| place.beside(".checkpoints"));
        values.assume(&CHECKPOINTS, checkpoints.display().to_string());
        Some(Self {
            checkpoints,
            mode: if is_default { Wanted::Default(mode) } else { Wanted::Asked(mode) },
            signing_key: signing_key?.map(|seed| SecretBox::new(Box::new(seed))),
            place,
        })
    }

    /// Where a book that was given no signing key keeps its own.
    pub(crate) fn own_key(&self) -> PathBuf {
        self.place.beside(".key")
    }
}

fn folder(text: &str) -> Result<PathBuf, String> {
    if text.is_empty() { Err("must be a folder".into()) } else { Ok(text.into()) }
}

fn mode(text: &str) -> Result<Mode, String> {
    match text {
        "test" => Ok(Mode::Test),
        "live" => Ok(Mode::Live),
        _ => Err("must be test or live".into()),
    }
}

/// A signing key as it is written.
fn seed(text: &str) -> Result<[u8; 32], String> {
    let bytes = HEXLOWER_PERMISSIVE.decode(text.trim().as_bytes()).ok();
    let seed = bytes.and_then(|bytes| bytes.try_into().ok());
    seed.ok_or_else(|| "must be 64 hexadecimal digits".into())
}
