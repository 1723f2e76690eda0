//! What the settings, the database and the checkpoints say.

use std::fs;
use std::io::ErrorKind;

use app::proof::Signed;
use ledger::{Head, Seq, Time};
use secrecy::ExposeSecret as _;
use store::{Db, Error, OpenError, books, journal, projections, schema_version};

use super::Finding::{self, Ill, Note, Well};
use super::machine::in_words;
use crate::config::{Config, Environment, unknown_variables};
use crate::wiring::{machine, open_for_tools};

/// How far the wall clock may be behind the last record.
const BEHIND_MAX: i64 = 60 * Time::SECOND;

/// What was found in the database.
struct Found {
    book: Option<books::Book>,
    head: Option<Head>,
    projected: Seq,
}

/// Variables that nobody reads.
pub(super) fn variables(environment: &Environment) -> Vec<Finding> {
    let unread = |name| Note(format!("{name} is set, but no setting has this name."));
    unknown_variables(environment).into_iter().map(unread).collect()
}

/// The file, its schema, its book, the clock against its head, its checkpoints.
pub(super) async fn database(config: &Config) -> Vec<Finding> {
    let path = &config.book.place;
    let db = match open_for_tools(config).await {
        Ok(db) => db,
        Err(OpenError::Missing { .. }) => {
            return vec![Note(format!("There is no database at {path}; `serve` makes one."))];
        }
        Err(error) => return vec![Ill(format!("{error}."))],
    };
    let bytes = path.file().and_then(|file| fs::metadata(file).ok()).map(|file| file.len());
    let size = bytes.map(|bytes| format!(": {}", in_words(bytes))).unwrap_or_default();
    let mut findings = vec![
        Well(format!("{path} can be read and written{size}.")),
        Well(format!("Its schema has version {}, as this program needs.", schema_version())),
    ];
    match look(&db).await {
        Ok(found) => findings.extend(examine(config, &found)),
        Err(error) => findings.push(Ill(format!("{path} can't be read: {error}."))),
    }
    db.close().await;
    findings
}

async fn look(db: &Db) -> Result<Found, Error> {
    db.read(|tx| {
        Box::pin(async move {
            let book = tx.opt(books::find()).await?;
            let head = journal::head(tx).await?;
            Ok(Found { book, head, projected: projections::projected(tx).await? })
        })
    })
    .await
}

fn examine(config: &Config, found: &Found) -> Vec<Finding> {
    let (Some(book), Some(head)) = (&found.book, found.head) else {
        return vec![Note("It has no book yet; `serve` makes one.".into())];
    };
    let behind = head.seq.number() - found.projected.number();
    let mut findings = vec![
        Well(format!("It keeps a {} book of {} records.", book.mode.as_str(), head.seq)),
        match behind {
            0 => Well("Its tables have every record.".into()),
            _ => {
                Note(format!("Its tables are {behind} records behind; the next start catches up."))
            }
        },
        clock(head),
        key(config, book),
    ];
    findings.push(checkpoints(config, head));
    findings
}

fn clock(head: Head) -> Finding {
    let behind = head.at.since(machine::wall());
    if behind > BEHIND_MAX {
        let seconds = behind / Time::SECOND;
        return Ill(format!("The clock is {seconds} s behind the last record: is it right?"));
    }
    Well("The clock is not behind the last record.".into())
}

fn key(config: &Config, book: &books::Book) -> Finding {
    let key = match &config.book.signing_key {
        Some(seed) => Ok(ledger::SigningKey::from_seed(seed.expose_secret())),
        None => app::proof::signing_key::load(&config.book.own_key()),
    };
    match key {
        Ok(key) if key.public().to_bytes() == book.public_key => {
            Well("The signing key is this book's.".into())
        }
        Ok(_) => Ill("The signing key is another book's.".into()),
        Err(error) => Ill(format!("There is no signing key: {error}.")),
    }
}

fn checkpoints(config: &Config, head: Head) -> Finding {
    let path = config.book.checkpoints.display();
    let files: Vec<_> = match fs::read_dir(&config.book.checkpoints) {
        Ok(entries) => entries.filter_map(|entry| Some(entry.ok()?.path())).collect(),
        Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
        Err(error) => return Ill(format!("{path} can't be read: {error}.")),
    };
    let mut last = None;
    for file in &files {
        let text = fs::read_to_string(file).unwrap_or_default();
        match Signed::parse(&text) {
            Ok(signed) => last = last.max(Some(signed.checkpoint.seq)),
            Err(error) => return Ill(format!("{} {error}.", file.display())),
        }
    }
    match last {
        None => Note(format!("{path} has no checkpoint yet: a cut tail could not be seen.")),
        Some(last) if last > head.seq => {
            Ill(format!("A checkpoint vouches for record {last}, which is not there."))
        }
        Some(last) => {
            Well(format!("{path} has {} checkpoints, the last of record {last}.", files.len()))
        }
    }
}
