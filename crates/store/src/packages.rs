//! Packages and the versions of their terms. A version is written once and
//! never changes, but for what the provider calls its price. This module must not know what a subscription is.

use ledger::{Credits, Time};

use crate::error::Error;
use crate::query::{Change, Query, Sql};
use crate::row::{Row, only};

const INSERT: Sql = Sql::both(
    "packages.insert",
    "INSERT INTO packages (name, version, is_active, is_featured, sort_order,
        stripe_product_id, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    RETURNING id",
);

const INSERT_VERSION: Sql = Sql::both(
    "package_versions.insert",
    "INSERT INTO package_versions (package_id, version, description, monthly_price, currency,
        credit_amount, credit_rate, features, max_credits_per_month, rollover_enabled,
        stripe_price_id, trial_days, trial_credits, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
);

const COUNT: Sql = Sql::both(
    "packages.count",
    "SELECT COUNT(*)
    FROM packages",
);

const ACTIVE: Sql = Sql::both(
    "packages.active",
    "SELECT p.id, p.name, p.version, p.is_active, p.is_featured, p.sort_order,
        p.stripe_product_id, p.created_at, p.updated_at, v.description, v.monthly_price,
        v.currency, v.credit_amount, v.credit_rate, v.features, v.max_credits_per_month,
        v.rollover_enabled, v.stripe_price_id, v.trial_days, v.trial_credits
    FROM packages p
    JOIN package_versions v ON v.package_id = p.id AND v.version = p.version
    WHERE p.is_active
    ORDER BY p.sort_order, v.monthly_price, p.id",
);

const LIST: Sql = Sql::both(
    "packages.list",
    "SELECT p.id, p.name, p.version, p.is_active, p.is_featured, p.sort_order,
        p.stripe_product_id, p.created_at, p.updated_at, v.description, v.monthly_price,
        v.currency, v.credit_amount, v.credit_rate, v.features, v.max_credits_per_month,
        v.rollover_enabled, v.stripe_price_id, v.trial_days, v.trial_credits
    FROM packages p
    JOIN package_versions v ON v.package_id = p.id AND v.version = p.version
    ORDER BY p.sort_order, v.monthly_price, p.id",
);

const BY_ID: Sql = Sql::both(
    "packages.by_id",
    "SELECT p.id, p.name, p.version, p.is_active, p.is_featured, p.sort_order,
        p.stripe_product_id, p.created_at, p.updated_at, v.description, v.monthly_price,
        v.currency, v.credit_amount, v.credit_rate, v.features, v.max_credits_per_month,
        v.rollover_enabled, v.stripe_price_id, v.trial_days, v.trial_credits
    FROM packages p
    JOIN package_versions v ON v.package_id = p.id AND v.version = p.version
    WHERE p.id = $1",
);

const UPDATE: Sql = Sql::both(
    "packages.update",
    "UPDATE packages
    SET name = $1, version = $2, is_active = $3, is_featured = $4, sort_order = $5,
        updated_at = $6
    WHERE id = $7",
);

const VERSIONS: Sql = Sql::both(
    "package_versions.list",
    "SELECT version, created_at, description, monthly_price, currency, credit_amount,
        credit_rate, features, max_credits_per_month, rollover_enabled, stripe_price_id,
        trial_days, trial_credits
    FROM package_versions
    WHERE package_id = $1
    ORDER BY version DESC",
);

const VERSION: Sql = Sql::both(
    "package_versions.by_version",
    "SELECT version, created_at, description, monthly_price, currency, credit_amount,
        credit_rate, features, max_credits_per_month, rollover_enabled, stripe_price_id,
        trial_days, trial_credits
    FROM package_versions
    WHERE package_id = $1 AND version = $2",
);

const NAME_PRODUCT: Sql = Sql::both(
    "packages.name_product",
    "UPDATE packages
    SET stripe_product_id = $1
    WHERE id = $2",
);

const NAME_PRICE: Sql = Sql::both(
    "package_versions.name_price",
    "UPDATE package_versions
    SET stripe_price_id = $1
    WHERE package_id = $2 AND version = $3",
);

/// The statements of this module.
pub const ALL: &[&Sql] = &[
    &INSERT,
    &INSERT_VERSION,
    &COUNT,
    &ACTIVE,
    &LIST,
    &BY_ID,
    &UPDATE,
    &VERSIONS,
    &VERSION,
    &NAME_PRODUCT,
    &NAME_PRICE,
];

/// A package as it is offered now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// Its id; whatever it is, an insert gives a new one.
    pub id: i64,
    /// What people call it.
    pub name: String,
    /// The version of its terms.
    pub version: i64,
    /// Whether it is offered.
    pub is_active: bool,
    /// Whether it is shown before others.
    pub is_featured: bool,
    /// Its place, lower first.
    pub sort_order: i64,
    /// The payment provider's word for it.
    pub stripe_product_id: Option<String>,
    /// When it was made.
    pub created_at: Time,
    /// When it was changed last.
    pub updated_at: Option<Time>,
    /// What it gives for how much.
    pub terms: Terms,
}

/// A version of what a package gives for how much.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// In words.
    pub description: Option<String>,
    /// Cents a month.
    pub monthly_price: i64,
    /// Of which currency.
    pub currency: String,
    /// The credits of a month.
    pub credit_amount: Credits,
    /// Millionths of a dollar for a credit that is bought beside.
    pub credit_rate: i64,
    /// A JSON list of texts.
    pub features: String,
    /// The most that rolls over.
    pub max_credits_per_month: Option<Credits>,
    /// Whether anything does.
    pub rollover_enabled: bool,
    /// The payment provider's word for this price.
    pub stripe_price_id: Option<String>,
    /// The days of a trial, if there is one.
    pub trial_days: Option<i64>,
    /// Its credits.
    pub trial_credits: Option<Credits>,
}

/// A version of a package's terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionRow {
    /// From 1.
    pub version: i64,
    /// Since when it is offered.
    pub created_at: Time,
    /// What it gives for how much.
    pub terms: Terms,
}

impl Package {
    pub(crate) fn read(row: &mut Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            id: row.get()?,
            name: row.get()?,
            version: row.get()?,
            is_active: row.get()?,
            is_featured: row.get()?,
            sort_order: row.get()?,
            stripe_product_id: row.get()?,
            created_at: row.get()?,
            updated_at: row.get()?,
            terms: Terms::read(row)?,
        })
    }
}

impl Terms {
    fn read(row: &mut Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            description: row.get()?,
            monthly_price: row.get()?,
            currency: row.get()?,
            credit_amount: row.get()?,
            credit_rate: row.get()?,
            features: row.get()?,
            max_credits_per_month: row.get()?,
            rollover_enabled: row.get()?,
            stripe_price_id: row.get()?,
            trial_days: row.get()?,
            trial_credits: row.get()?,
        })
    }
}

impl VersionRow {
    fn read(row: &mut Row<'_>) -> Result<Self, Error> {
        Ok(Self { version: row.get()?, created_at: row.get()?, terms: Terms::read(row)? })
    }
}

/// Makes a package; its id. The terms of its version are a row of their own.
pub fn insert(package: &Package) -> Query<'_, i64> {
    let args = [
        package.name.as_str().into(),
        package.version.into(),
        package.is_active.into(),
        package.is_featured.into(),
        package.sort_order.into(),
        package.stripe_product_id.as_deref().into(),
        package.created_at.into(),
        package.updated_at.into(),
    ];
    INSERT.rows(args, only)
}

/// Writes a version of a package's terms.
pub fn insert_version(id: i64, version: i64, terms: &Terms, at: Time) -> Change<'_> {
    INSERT_VERSION.change([
        id.into(),
        version.into(),
        terms.description.as_deref().into(),
        terms.monthly_price.into(),
        terms.currency.as_str().into(),
        terms.credit_amount.into(),
        terms.credit_rate.into(),
        terms.features.as_str().into(),
        terms.max_credits_per_month.into(),
        terms.rollover_enabled.into(),
        terms.stripe_price_id.as_deref().into(),
        terms.trial_days.into(),
        terms.trial_credits.into(),
        at.into(),
    ])
}

/// How many there are, offered or not.
pub fn count() -> Query<'static, i64> {
    COUNT.rows([], only)
}

/// Those that are offered, by their place, then by price.
pub fn active() -> Query<'static, Package> {
    ACTIVE.rows([], Package::read)
}

/// All of them, offered or not, by their place, then by price.
pub fn list() -> Query<'static, Package> {
    LIST.rows([], Package::read)
}

/// The package of that id.
pub fn by_id(id: i64) -> Query<'static, Package> {
    BY_ID.rows([id.into()], Package::read)
}

/// Changes what is changed of a package itself: all but its terms, of which it
/// names the version, and the provider's word for it.
pub fn update(package: &Package) -> Change<'_> {
    UPDATE.change([
        package.name.as_str().into(),
        package.version.into(),
        package.is_active.into(),
        package.is_featured.into(),
        package.sort_order.into(),
        package.updated_at.into(),
        package.id.into(),
    ])
}

/// The versions of a package's terms, newest first.
pub fn versions(id: i64) -> Query<'static, VersionRow> {
    VERSIONS.rows([id.into()], VersionRow::read)
}

/// That version of a package's terms.
pub fn version(id: i64, version: i64) -> Query<'static, VersionRow> {
    VERSION.rows([id.into(), version.into()], VersionRow::read)
}

/// The provider calls the package so.
pub fn name_product(id: i64, product: &str) -> Change<'_> {
    NAME_PRODUCT.change([product.into(), id.into()])
}

/// It calls the price of a version so.
pub fn name_price((id, version): (i64, i64), price: &str) -> Change<'_> {
    NAME_PRICE.change([price.into(), id.into(), version.into()])
}
