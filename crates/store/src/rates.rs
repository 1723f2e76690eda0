//! What credits cost whoever buys them, in versions: the latest holds. A
//! version is written once and never changes. This module must not know how a
//! rate is applied.

use ledger::{Credits, Time};

use crate::error::Error;
use crate::query::{Column, Query, Sql};
use crate::row::Row;
use crate::tx::Tx;

const INSERT: Sql = Sql::both(
    "rates.insert",
    "INSERT INTO rates (version, base_rate, currency, payment_min, quote_seconds, created_at)
    VALUES ($1, $2, $3, $4, $5, $6)",
);

const INSERT_TIERS: Sql = Sql::bulk(
    "rate_tiers.insert",
    "rate_tiers",
    &[Column::i64("version"), Column::i64("credits_min"), Column::i64("discount")],
    "",
);

const LATEST: Sql = Sql::both(
    "rates.latest",
    "SELECT version, base_rate, currency, payment_min, quote_seconds, created_at
    FROM rates
    ORDER BY version DESC
    LIMIT 1",
);

const LIST: Sql = Sql::both(
    "rates.list",
    "SELECT version, base_rate, currency, payment_min, quote_seconds, created_at
    FROM rates
    ORDER BY version DESC",
);

const TIERS: Sql = Sql::both(
    "rate_tiers.list",
    "SELECT credits_min, discount
    FROM rate_tiers
    WHERE version = $1
    ORDER BY credits_min",
);

/// The statements of this module.
pub const ALL: &[&Sql] = &[&INSERT, &INSERT_TIERS, &LATEST, &LIST, &TIERS];

/// A version of the rates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rates {
    /// From 1.
    pub version: i64,
    /// Millionths of a dollar for a credit.
    pub base_rate: i64,
    /// The currency of it all.
    pub currency: String,
    /// The least cents that are paid at once.
    pub payment_min: i64,
    /// How long a quote holds.
    pub quote_seconds: i64,
    /// Since when it holds.
    pub created_at: Time,
    /// What buying more at once lets go, by least amount.
    pub tiers: Vec<Tier>,
}

/// What buying more at once lets go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tier {
    /// From this amount on.
    pub credits_min: Credits,
    /// Millionths of the whole.
    pub discount: i64,
}

/// Rates without their tiers, which are rows of their own.
fn read(row: &mut Row<'_>) -> Result<Rates, Error> {
    Ok(Rates {
        version: row.get()?,
        base_rate: row.get()?,
        currency: row.get()?,
        payment_min: row.get()?,
        quote_seconds: row.get()?,
        created_at: row.get()?,
        tiers: Vec::new(),
    })
}

fn read_tier(row: &mut Row<'_>) -> Result<Tier, Error> {
    Ok(Tier { credits_min: row.get()?, discount: row.get()? })
}

/// Writes a version of the rates with its tiers.
pub async fn insert(tx: &mut Tx, rates: &Rates) -> Result<(), Error> {
    let row = [
        rates.version.into(),
        rates.base_rate.into(),
        rates.currency.as_str().into(),
        rates.payment_min.into(),
        rates.quote_seconds.into(),
        rates.created_at.into(),
    ];
    tx.exec(INSERT.change(row)).await?.expect_one()?;
    let row = |tier: &Tier| [rates.version.into(), tier.credits_min.into(), tier.discount.into()];
    // Each row is inserted or the statement fails.
    let _ = tx.bulk(&INSERT_TIERS, rates.tiers.iter().map(row)).await?;
    Ok(())
}

/// The rates that hold now, once there are any.
pub async fn find_latest(tx: &mut Tx) -> Result<Option<Rates>, Error> {
    let Some(mut rates) = tx.opt(latest()).await? else { return Ok(None) };
    rates.tiers = tx.all(tiers(rates.version)).await?;
    Ok(Some(rates))
}

/// Every version, newest first.
pub async fn list(tx: &mut Tx) -> Result<Vec<Rates>, Error> {
    let mut all = tx.all(LIST.rows([], read)).await?;
    for rates in &mut all {
        rates.tiers = tx.all(tiers(rates.version)).await?;
    }
    Ok(all)
}

fn latest() -> Query<'static, Rates> {
    LATEST.rows([], read)
}

fn tiers(version: i64) -> Query<'static, Tier> {
    TIERS.rows([version.into()], read_tier)
}
