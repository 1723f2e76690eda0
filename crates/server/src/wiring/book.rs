//! The book of a database: made once, with its identity, its secrets and the key
//! that signs its checkpoints; found again at every start.

use anyhow::{Context as _, bail, ensure};
use app::Entropy;
use app::ledger::{Book, StartError, TimeSource, create_book};
use app::proof::signing_key;
use ledger::{FORMAT, Mode, Seq, SigningKey};
use secrecy::ExposeSecret as _;
use store::{Constraint, Db, Error, Priority, books, journal};

use super::tools::{find_book, open_to_serve};
use crate::config::{self, Config, Wanted};

/// A database whose book is there.
pub(crate) struct Kept {
    /// The database.
    pub(crate) db: Db,
    /// Its book.
    pub(crate) book: Book,
    /// The key that signs its checkpoints.
    pub(crate) key: SigningKey,
}

/// Opens the database as the one process that serves it. What is not there yet
/// is made: the file, the signing key, the book, its genesis.
pub(crate) async fn keep(
    config: &Config,
    entropy: &Entropy,
    time: &dyn TimeSource,
) -> anyhow::Result<Kept> {
    let settings = &config.book;
    let db = open_to_serve(&settings.place, config.ledger.readers).await?;
    match find_or_make(&db, settings, (entropy, time)).await {
        Ok((book, key)) => Ok(Kept { db, book, key }),
        Err(error) => {
            db.close().await;
            Err(error)
        }
    }
}

async fn find_or_make(
    db: &Db,
    settings: &config::Book,
    (entropy, time): (&Entropy, &dyn TimeSource),
) -> anyhow::Result<(Book, SigningKey)> {
    let mut found = find_book(db).await?;
    if found.is_none() && has_records(db).await? {
        // Another server that begins it writes the book before its first record.
        found = find_book(db).await?;
        ensure!(
            found.is_some(),
            "{} holds records but no book: a copy to it was interrupted, or is under way. \
             Drop it and copy again",
            settings.place
        );
    }
    let (row, key) = match found {
        Some(row) => {
            let key = key_of(&row, settings)?;
            (row, key)
        }
        None => make_or_find(db, settings, (entropy, time)).await?,
    };
    let book = book_of(&row);
    check_mode(settings, book.mode)?;
    begin(db, &book, time).await?;
    Ok((book, key))
}

/// What a copy brings first, when the book itself comes last.
async fn has_records(db: &Db) -> Result<bool, Error> {
    db.read(|tx| Box::pin(async move { Ok(!journal::range(tx, Seq::ZERO, 1).await?.is_empty()) }))
        .await
}

/// Another server may make the book at the same time: then it is that one's.
async fn make_or_find(
    db: &Db,
    settings: &config::Book,
    by: (&Entropy, &dyn TimeSource),
) -> anyhow::Result<(books::Book, SigningKey)> {
    match make(db, settings, by).await {
        Err(error) if is_made(&error) => {
            let row = db.read::<_, Error, _>(|tx| Box::pin(tx.one(books::find()))).await?;
            let key = key_of(&row, settings)?;
            Ok((row, key))
        }
        made => made,
    }
}

fn is_made(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(Error::Constraint(Constraint::Book)))
}

/// Writes a new book's row. Its key is on disk before.
async fn make(
    db: &Db,
    settings: &config::Book,
    (entropy, time): (&Entropy, &dyn TimeSource),
) -> anyhow::Result<(books::Book, SigningKey)> {
    let key = match &settings.signing_key {
        Some(seed) => SigningKey::from_seed(seed.expose_secret()),
        None => signing_key::load_or_create(&settings.own_key(), entropy.bytes())?,
    };
    let row = books::Book {
        book_id: entropy.bytes(),
        mode: match settings.mode.value() {
            Mode::Test => books::Mode::Test,
            Mode::Live => books::Mode::Live,
        },
        format: i64::from(FORMAT),
        public_key: key.public().to_bytes(),
        fingerprint_secret: entropy.bytes(),
        api_key_secret: entropy.bytes(),
        created_at: time.wall(),
    };
    let new = row.clone();
    db.write::<_, Error, _>(Priority::Edit, move |tx| {
        Box::pin(async move { tx.exec(books::insert(&new)).await?.expect_one() })
    })
    .await?;
    Ok((row, key))
}

/// The genesis, unless the journal has begun.
async fn begin(db: &Db, book: &Book, time: &dyn TimeSource) -> anyhow::Result<()> {
    let head = db.read::<_, Error, _>(|tx| Box::pin(journal::head(tx))).await?;
    if head.is_none() {
        match create_book(db, book, time).await {
            // Another server began it at the same time.
            Err(StartError::BookExists) => {}
            begun => begun.context("the book can't be begun")?,
        }
    }
    Ok(())
}

fn key_of(row: &books::Book, settings: &config::Book) -> anyhow::Result<SigningKey> {
    let key = match &settings.signing_key {
        Some(seed) => SigningKey::from_seed(seed.expose_secret()),
        None => signing_key::load(&settings.own_key()).with_context(|| {
            "the key that signs this book's checkpoints is missing, set CREDITS_SIGNING_KEY_FILE"
        })?,
    };
    ensure!(
        key.public().to_bytes() == row.public_key,
        "the signing key is not the one this book was made with"
    );
    Ok(key)
}

fn check_mode(settings: &config::Book, mode: Mode) -> anyhow::Result<()> {
    let word = |mode| match mode {
        Mode::Test => "test",
        Mode::Live => "live",
    };
    match settings.mode {
        Wanted::Asked(asked) if asked != mode => bail!(
            "{} is a {} book and stays one: it can't be served as {}",
            settings.place,
            word(mode),
            word(asked)
        ),
        Wanted::Asked(_) | Wanted::Default(_) => Ok(()),
    }
}

fn mode_of(row: &books::Book) -> Mode {
    match row.mode {
        books::Mode::Test => Mode::Test,
        books::Mode::Live => Mode::Live,
    }
}

fn book_of(row: &books::Book) -> Book {
    Book {
        id: row.book_id,
        mode: mode_of(row),
        fingerprint_secret: row.fingerprint_secret,
        public_key: row.public_key,
    }
}
