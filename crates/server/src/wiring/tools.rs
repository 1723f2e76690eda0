//! The database as tools open it: beside a server or alone.

use app::Act;
use domain::Actor;
use store::{Address, BookLock, Db, Error, OpenError, Options, ServerOptions, books};

use super::book::keep;
use super::machine::{self, Clocks};
use crate::config::{Config, Place};

/// Opens a database that is there and has a book.
pub(crate) async fn open_for_tools(config: &Config) -> Result<Db, OpenError> {
    open_as_tool(&config.book.place).await
}

/// Opens a database that is there.
pub(crate) async fn open_as_tool(place: &Place) -> Result<Db, OpenError> {
    let now = machine::wall();
    match place {
        Place::File(path) => Db::open(&Options::tool(path, now)),
        Place::Server(address) => {
            Db::connect(&ServerOptions::tool(Address::clone(address), now)).await
        }
    }
}

/// Opens a database that is there and that nobody else serves from its file.
pub(crate) async fn open_alone(place: &Place) -> Result<Db, OpenError> {
    let Place::File(path) = place else { return open_as_tool(place).await };
    Db::open(&Options { lock: BookLock::Take, ..Options::tool(path, machine::wall()) })
}

/// Opens a database to serve it, and makes it where it is not there.
pub(crate) async fn open_to_serve(place: &Place, readers: usize) -> Result<Db, OpenError> {
    let now = machine::wall();
    match place {
        Place::File(path) => Db::open(&Options { readers, ..Options::serve(path, now) }),
        Place::Server(address) => {
            let options = ServerOptions::serve(Address::clone(address), now);
            Db::connect(&ServerOptions { readers: options.readers.max(readers), ..options }).await
        }
    }
}

/// Opens a database, and makes it and its book where they are not there yet.
pub(crate) async fn open_or_make(config: &Config) -> anyhow::Result<Db> {
    match open_for_tools(config).await {
        Ok(db) if find_book(&db).await?.is_some() => return Ok(db),
        Ok(db) => db.close().await,
        Err(OpenError::Missing { .. } | OpenError::Older { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(keep(config, &machine::entropy(), &Clocks::start()).await?.db)
}

/// The book of a database, if it has one.
pub(crate) async fn find_book(db: &Db) -> Result<Option<books::Book>, Error> {
    db.read(|tx| Box::pin(tx.opt(books::find()))).await
}

/// Whoever has the machine does it, now.
pub(crate) fn operator() -> Act {
    Act { actor: Actor::System, request: None, at: machine::wall() }
}
