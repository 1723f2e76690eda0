//! `credits copy`: carries a book to another place, whichever engines the two are.

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::{Context as _, anyhow, ensure};
use app::copying::{self, Copied};
use app::proof::signing_key;
use clap::Args;
use store::{Db, OpenError, books};

use super::progress::Progress;
use crate::config::{Config, Place};
use crate::wiring::{find_book, open_alone, open_to_serve};

const EXAMPLES: &str = "\
Examples:
  credits copy --from sqlite:credits.db --to postgres://credits@db.internal/credits
  credits copy --from postgres://credits@db.internal/credits --to sqlite:credits.db

Stop every server of the old place first. Where one runs on a file, nothing is copied;
on PostgreSQL it is kept from writing until all is read, and what it takes after that
is not in the copy. Journal, hashes, keys, people and sessions are carried unchanged,
so a client that sends a request again is answered as before.

The new place must be empty; a file is made, a database on PostgreSQL must be there.
It becomes a book at the very end: an interrupted copy is not served, drop it and copy
again. Then run `credits verify` on the new place, serve it, and never serve the old
one again.";

/// Carry a book from SQLite to PostgreSQL, or back
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Where the book is
    #[arg(long, value_name = "ADDRESS")]
    from: String,
    /// Where it is to be
    #[arg(long, value_name = "ADDRESS")]
    to: String,
}

/// The way from one place to another.
struct Way {
    from: Place,
    to: Place,
}

pub(super) async fn run(arguments: Arguments, config: Config) -> anyhow::Result<ExitCode> {
    let way = Way::parse(&arguments)?;
    let from = open_alone(&way.from).await.map_err(|error| match error {
        OpenError::Locked { .. } => anyhow!("{error}: stop it, then copy"),
        error => error.into(),
    })?;
    let copied = copy(&way, &from, &config).await;
    from.close().await;
    let (copied, notes) = copied?;
    writeln!(std::io::stdout().lock(), "{}{notes}", table(&copied))?;
    Ok(ExitCode::SUCCESS)
}

impl Way {
    fn parse(arguments: &Arguments) -> anyhow::Result<Self> {
        let place = |flag, text: &str| Place::parse(text).map_err(|e| anyhow!("--{flag} {e}"));
        let (from, to) = (place("from", &arguments.from)?, place("to", &arguments.to)?);
        ensure!(from.to_string() != to.to_string(), "--from and --to are one database");
        Ok(Self { from, to })
    }

    /// Brings the signing key along where it is a file, and says where it is.
    fn bring_key(&self, book: &books::Book, config: &Config) -> anyhow::Result<String> {
        let (old, new) = (self.from.beside(".key"), self.to.beside(".key"));
        if config.book.signing_key.is_some() {
            return Ok("as it is configured here: configure the same for the new place".into());
        }
        if !old.try_exists().unwrap_or(false) {
            let (old, new) = (old.display(), new.display());
            return Ok(format!("NOT FOUND at {old}: put it at {new} or configure it"));
        }
        let key = signing_key::load_or_copy(&new, &old)?;
        ensure!(
            key.public().to_bytes() == book.public_key,
            "{} is not the signing key of this book: move it away first",
            new.display()
        );
        Ok(new.display().to_string())
    }

    /// What remains to be done, once the rows are there.
    fn notes(&self, key: &str, config: &Config) -> String {
        format!(
            "Signing key: {key}\nCheckpoints: {}\n\
             Next: credits verify --db {to}, credits serve --db {to}; and never serve the\n\
             old place again: what it took would be another history.",
            self.checkpoints(config),
            to = address(&self.to)
        )
    }

    /// Where the new place keeps checkpoints, and where those signed until now are.
    fn checkpoints(&self, config: &Config) -> String {
        let book = &config.book;
        if book.checkpoints != book.place.beside(".checkpoints") {
            return format!("{}, as it is configured here", book.checkpoints.display());
        }
        let (old, new) = (self.from.beside(".checkpoints"), self.to.beside(".checkpoints"));
        let shown = new.display();
        if old == new || !old.is_dir() {
            return shown.to_string();
        }
        format!("{shown} (copy those of {} there: `verify` checks all it finds)", old.display())
    }
}

/// As `--db` takes it, without a password.
fn address(place: &Place) -> String {
    match place {
        Place::File(path) => format!("sqlite:{}", path.display()),
        Place::Server(address) => address.to_string(),
    }
}

async fn copy(way: &Way, from: &Db, config: &Config) -> anyhow::Result<(Copied, String)> {
    let book = find_book(from).await?.with_context(|| format!("{} holds no book", way.from))?;
    let to = open_to_serve(&way.to, 1).await?;
    let done = carry(way, (from, &to), || way.bring_key(&book, config)).await;
    to.close().await;
    let (copied, key) = done?;
    Ok((copied, way.notes(&key, config)))
}

/// The key is there before the book is.
async fn carry(
    way: &Way,
    (from, to): (&Db, &Db),
    bring_key: impl Fn() -> anyhow::Result<String>,
) -> anyhow::Result<(Copied, String)> {
    copying::check(to).await.with_context(|| format!("{} can't take a book", way.to))?;
    let key = bring_key()?;
    let mut bar = None;
    let copied = copying::copy(from, to, |rows: copying::Rows| {
        let total = u64::try_from(rows.total).unwrap_or_default();
        let bar = bar.get_or_insert_with(|| Progress::of(total, "rows"));
        bar.set(u64::try_from(rows.done).unwrap_or_default());
    })
    .await;
    if let Some(bar) = bar {
        bar.finish();
    }
    Ok((copied.with_context(|| format!("{} has not become a book", way.to))?, key))
}

fn table(copied: &Copied) -> String {
    let lines = copied.tables.iter().map(|one| format!("{:<18} {:>12}\n", one.table, one.rows));
    let rows: i64 = copied.tables.iter().map(|one| one.rows).sum();
    let lines: String = lines.collect();
    let head = &copied.head;
    format!(
        "{lines}{:<18} {rows:>12} rows, the same in both\nHead: {} {}\n",
        "in all", head.seq, head.hash
    )
}
