//! What verification finds, and where.

use std::fmt;
use std::path::PathBuf;

use ledger::{Fault, Seq};
use store::Error;
use store::rows::{Datum, Table};

/// The first thing that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where.
    pub place: Place,
    /// What is wrong there, to be read behind the place.
    pub what: String,
}

/// A place in what was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A record.
    Journal(Seq),
    /// A row of another table.
    Row {
        /// Its table.
        table: &'static str,
        /// Its key's columns.
        key: String,
        /// The record it belongs to.
        seq: Option<Seq>,
    },
    /// A checkpoint's file.
    Checkpoint {
        /// The file.
        path: PathBuf,
        /// The record it speaks of.
        seq: Option<Seq>,
    },
    /// The database file as a whole.
    File,
}

impl Finding {
    /// The record it is about, where it is about one.
    pub const fn seq(&self) -> Option<Seq> {
        match &self.place {
            Place::Journal(seq) => Some(*seq),
            Place::Row { seq, .. } | Place::Checkpoint { seq, .. } => *seq,
            Place::File => None,
        }
    }

    pub(super) fn record(seq: Seq, what: impl Into<String>) -> Self {
        Self { place: Place::Journal(seq), what: what.into() }
    }

    /// A row of the audit log, by its id.
    pub(super) fn audit(id: i64, seq: Option<Seq>, what: impl Into<String>) -> Self {
        Self { place: Place::Row { table: "audit", key: id.to_string(), seq }, what: what.into() }
    }

    pub(super) fn row(
        table: &Table,
        key: &[Datum],
        seq: Option<i64>,
        what: impl Into<String>,
    ) -> Self {
        let seq = seq.map(Seq::from_number);
        let place = Place::Row { table: table.name, key: print(key), seq };
        Self { place, what: what.into() }
    }
}

/// A key as a person reads it: `1, 17`.
fn print(key: &[Datum]) -> String {
    let columns: Vec<String> = key.iter().map(Datum::to_string).collect();
    columns.join(", ")
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Journal(seq) => write!(f, "journal, seq {seq}"),
            Self::Row { table, key, seq: None } => write!(f, "{table} ({key})"),
            Self::Row { table, key, seq: Some(seq) } => write!(f, "{table} ({key}), seq {seq}"),
            Self::Checkpoint { path, .. } => write!(f, "checkpoint {}", path.display()),
            Self::File => f.write_str("the database file"),
        }
    }
}

/// Why the walk ends early.
pub(super) enum Stop {
    Found(Finding),
    Failed(Error),
}

impl From<Finding> for Stop {
    fn from(finding: Finding) -> Self {
        Self::Found(finding)
    }
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Found(Finding::record(fault.seq, fault.what))
    }
}

/// Data that the engine or a reader can't make sense of is a finding; that a
/// question could not be asked is not.
impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        match error {
            Error::Corrupt { .. } | Error::Column { .. } | Error::SeveralRows { .. } => {
                Self::Found(Finding { place: Place::File, what: error.to_string() })
            }
            other => Self::Failed(other),
        }
    }
}
