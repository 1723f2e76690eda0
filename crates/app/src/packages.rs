//! Packages: what may be subscribed to.

use domain::{Cents, Currency, Description, Package, PackageId, PackageTerms, Rate, Text};
use store::packages::{self, Terms};

use crate::App;
use crate::error::{Error, stored};

impl App {
    /// The packages that are offered, by their place, then by price. They are
    /// for everyone to see.
    pub async fn list_packages(&self) -> Result<Vec<Package>, Error> {
        let rows = self.read(|tx| Box::pin(async move { Ok(tx.all(packages::active()).await?) }));
        rows.await?.iter().map(package).collect()
    }
}

/// A package from its row.
fn package(row: &packages::Package) -> Result<Package, Error> {
    Ok(Package {
        id: PackageId::from_number(row.id),
        name: text(&row.name)?,
        version: row.version,
        terms: terms(&row.terms)?,
        is_active: row.is_active,
        is_featured: row.is_featured,
        sort_order: row.sort_order,
        stripe_product_id: row.stripe_product_id.as_deref().map(text).transpose()?,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

fn terms(row: &Terms) -> Result<PackageTerms, Error> {
    let description = row.description.as_deref().map(Description::parse).transpose();
    let (currency, rate) = (Currency::parse(&row.currency), Rate::from_micros(row.credit_rate));
    Ok(PackageTerms {
        description: description.map_err(stored("description"))?,
        monthly_price: Cents::from_count(row.monthly_price),
        currency: currency.ok_or_else(|| Error::internal("a stored currency is none"))?,
        credit_amount: row.credit_amount,
        credit_rate: rate.ok_or_else(|| Error::internal("a stored rate is none"))?,
        features: serde_json::from_str(&row.features).map_err(Error::internal)?,
        max_credits_per_month: row.max_credits_per_month,
        rollover_enabled: row.rollover_enabled,
        stripe_price_id: row.stripe_price_id.as_deref().map(text).transpose()?,
    })
}

fn text(text: &str) -> Result<Text, Error> {
    Text::parse(text).map_err(|error| stored("text")(error.into()))
}
