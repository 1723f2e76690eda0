//! Services and their versioned prices. A version is written once and never
//! changes. This module must not know how a price is applied.

use ledger::{Credits, Time};

use crate::error::Error;
use crate::query::{Change, Column, Query, Sql};
use crate::row::Row;
use crate::tx::Tx;

const INSERT: Sql = Sql::both(
    "services.insert",
    "INSERT INTO services (key, name, unit, created_at)
    VALUES ($1, $2, $3, $4)",
);

const BY_KEY: Sql = Sql::both(
    "services.by_key",
    "SELECT key, name, unit, created_at, retired_at
    FROM services
    WHERE key = $1",
);

const LIST: Sql = Sql::both(
    "services.list",
    "SELECT key, name, unit, created_at, retired_at
    FROM services
    ORDER BY created_at, key",
);

const RETIRE: Sql = Sql::both(
    "services.retire",
    "UPDATE services
    SET retired_at = $1
    WHERE key = $2 AND retired_at IS NULL",
);

const INSERT_PRICE: Sql = Sql::both(
    "prices.insert",
    "INSERT INTO prices (service_key, version, minimum, created_at)
    VALUES ($1, $2, $3, $4)",
);

const INSERT_DIMENSIONS: Sql = Sql::bulk(
    "price_dimensions.insert",
    "price_dimensions",
    &[
        Column::text("service_key"),
        Column::i64("version"),
        Column::text("dimension"),
        Column::i64("unit_price"),
    ],
    "",
);

const PRICE: Sql = Sql::both(
    "prices.by_version",
    "SELECT service_key, version, minimum, created_at
    FROM prices
    WHERE service_key = $1 AND version = $2",
);

const LATEST_PRICE: Sql = Sql::both(
    "prices.latest",
    "SELECT service_key, version, minimum, created_at
    FROM prices
    WHERE service_key = $1
    ORDER BY version DESC
    LIMIT 1",
);

const PRICES: Sql = Sql::both(
    "prices.list",
    "SELECT service_key, version, minimum, created_at
    FROM prices
    WHERE service_key = $1
    ORDER BY version DESC",
);

const DIMENSIONS: Sql = Sql::both(
    "price_dimensions.list",
    "SELECT dimension, unit_price
    FROM price_dimensions
    WHERE service_key = $1 AND version = $2
    ORDER BY dimension",
);

/// The statements of this module.
pub const ALL: &[&Sql] = &[
    &INSERT,
    &BY_KEY,
    &LIST,
    &RETIRE,
    &INSERT_PRICE,
    &INSERT_DIMENSIONS,
    &PRICE,
    &LATEST_PRICE,
    &PRICES,
    &DIMENSIONS,
];

/// What credits are spent on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Its word in requests.
    pub key: String,
    /// What people call it.
    pub name: String,
    /// What one of it is: `request`, `token`, …
    pub unit: String,
    /// When it was made.
    pub created_at: Time,
    /// Since when it can't be spent on any more.
    pub retired_at: Option<Time>,
}

impl Service {
    fn read(row: &mut Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            key: row.get()?,
            name: row.get()?,
            unit: row.get()?,
            created_at: row.get()?,
            retired_at: row.get()?,
        })
    }
}

/// A version of a service's price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Price {
    /// The service's key.
    pub service: String,
    /// From 1.
    pub version: i64,
    /// The least that is charged.
    pub minimum: Credits,
    /// Since when it holds.
    pub created_at: Time,
    /// What a unit of each dimension costs, by dimension.
    pub dimensions: Vec<Dimension>,
}

/// What a unit of one dimension costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dimension {
    /// `requests`, `input_tokens`, …
    pub name: String,
    /// Millionths of a micro-credit for one unit.
    pub unit_price: i64,
}

/// A price without its dimensions, which are rows of their own.
fn read_price(row: &mut Row<'_>) -> Result<Price, Error> {
    Ok(Price {
        service: row.get()?,
        version: row.get()?,
        minimum: row.get()?,
        created_at: row.get()?,
        dimensions: Vec::new(),
    })
}

fn read_dimension(row: &mut Row<'_>) -> Result<Dimension, Error> {
    Ok(Dimension { name: row.get()?, unit_price: row.get()? })
}

/// Makes a service.
pub fn insert(service: &Service) -> Change<'_> {
    INSERT.change([
        service.key.as_str().into(),
        service.name.as_str().into(),
        service.unit.as_str().into(),
        service.created_at.into(),
    ])
}

/// The service of that key.
pub fn by_key(key: &str) -> Query<'_, Service> {
    BY_KEY.rows([key.into()], Service::read)
}

/// Every service, oldest first.
pub fn list() -> Query<'static, Service> {
    LIST.rows([], Service::read)
}

/// Retires a service; hits no row if it was retired before.
pub fn retire(key: &str, at: Time) -> Change<'_> {
    RETIRE.change([at.into(), key.into()])
}

/// Writes a version of a price with its dimensions.
pub async fn insert_price(tx: &mut Tx, price: &Price) -> Result<(), Error> {
    let service = price.service.as_str();
    let row = [service.into(), price.version.into(), price.minimum.into(), price.created_at.into()];
    tx.exec(INSERT_PRICE.change(row)).await?.expect_one()?;
    let rows = price.dimensions.iter().map(|dimension| {
        [
            service.into(),
            price.version.into(),
            dimension.name.as_str().into(),
            dimension.unit_price.into(),
        ]
    });
    // Each row is inserted or the statement fails.
    let _ = tx.bulk(&INSERT_DIMENSIONS, rows).await?;
    Ok(())
}

/// That version of a service's price.
pub async fn find_price(tx: &mut Tx, key: &str, version: i64) -> Result<Option<Price>, Error> {
    let price = tx.opt(PRICE.rows([key.into(), version.into()], read_price)).await?;
    with_dimensions(tx, price).await
}

/// The price that holds now.
pub async fn find_latest_price(tx: &mut Tx, key: &str) -> Result<Option<Price>, Error> {
    let price = tx.opt(LATEST_PRICE.rows([key.into()], read_price)).await?;
    with_dimensions(tx, price).await
}

/// Every version of a service's price, newest first.
pub async fn list_prices(tx: &mut Tx, key: &str) -> Result<Vec<Price>, Error> {
    let mut prices = tx.all(PRICES.rows([key.into()], read_price)).await?;
    for price in &mut prices {
        price.dimensions = dimensions(tx, price).await?;
    }
    Ok(prices)
}

async fn with_dimensions(tx: &mut Tx, price: Option<Price>) -> Result<Option<Price>, Error> {
    let Some(mut price) = price else { return Ok(None) };
    price.dimensions = dimensions(tx, &price).await?;
    Ok(Some(price))
}

async fn dimensions(tx: &mut Tx, price: &Price) -> Result<Vec<Dimension>, Error> {
    let args = [price.service.as_str().into(), price.version.into()];
    tx.all(DIMENSIONS.rows(args, read_dimension)).await
}
