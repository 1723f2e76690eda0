//! The database as tools open it: beside a server or alone.

use app::Act;
use domain::Actor;
use store::{Db, Error, OpenError, Options, books};

use super::book::keep;
use super::machine::{self, Clocks};
use crate::config::Config;

/// Opens a database that is there and has a book.
pub(crate) fn open_for_tools(config: &Config) -> Result<Db, OpenError> {
    Db::open(&Options::tool(&config.book.path, machine::wall()))
}

/// Opens a database, and makes it and its book where they are not there yet.
pub(crate) async fn open_or_make(config: &Config) -> anyhow::Result<Db> {
    match open_for_tools(config) {
        Ok(db) if has_book(&db).await? => return Ok(db),
        Ok(db) => db.close().await,
        Err(OpenError::Missing { .. } | OpenError::Older { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(keep(config, &machine::entropy(), &Clocks::start()).await?.db)
}

async fn has_book(db: &Db) -> Result<bool, Error> {
    db.read(|tx| Box::pin(async move { Ok(tx.opt(books::find()).await?.is_some()) })).await
}

/// Whoever has the machine does it, now.
pub(crate) fn operator() -> Act {
    Act { actor: Actor::System, request: None, at: machine::wall() }
}
