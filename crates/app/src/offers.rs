//! The packages and rates a new book begins with.

use domain::{
    Cents, Currency, DefaultPackage, ParseError, PurchaseRates, Rate, Time, default_packages,
    default_rates,
};
use store::packages::{Package, Terms};
use store::{Tx, packages, rates};

use crate::App;
use crate::error::Error;

impl App {
    /// Gives a book without packages the default ones, and one without rates
    /// the default rates. What is there stays.
    pub async fn seed_default_offers(&self) -> Result<(), Error> {
        let at = self.clock();
        let packages = packages(at)?;
        self.write(move |tx| {
            Box::pin(async move {
                seed_packages(tx, packages, at).await?;
                seed_rates(tx, &default_rates(), at).await
            })
        })
        .await
    }
}

async fn seed_packages(tx: &mut Tx, packages: Vec<Package>, at: Time) -> Result<(), Error> {
    if tx.one(packages::count()).await? > 0 {
        return Ok(());
    }
    for package in packages {
        let id = tx.one(packages::insert(&package)).await?;
        let version = packages::insert_version(id, package.version, &package.terms, at);
        tx.exec(version).await?.expect_one()?;
    }
    Ok(())
}

async fn seed_rates(tx: &mut Tx, new: &PurchaseRates, at: Time) -> Result<(), Error> {
    if rates::find_latest(tx).await?.is_some() {
        return Ok(());
    }
    let row = crate::rates::row(new, at);
    Ok(rates::insert(tx, &row).await?)
}

fn packages(at: Time) -> Result<Vec<Package>, Error> {
    let places = 1_i64..;
    let all = default_packages().into_iter().zip(places);
    all.map(|(default, place)| package(&default, place, at)).collect()
}

fn package(default: &DefaultPackage, place: i64, at: Time) -> Result<Package, Error> {
    Ok(Package {
        // The row gives it its own.
        id: 0,
        name: default.name.to_owned(),
        version: 1,
        is_active: true,
        is_featured: default.is_featured,
        sort_order: place,
        stripe_product_id: None,
        created_at: at,
        updated_at: None,
        terms: terms(default)?,
    })
}

fn terms(default: &DefaultPackage) -> Result<Terms, Error> {
    let price: Result<Cents, ParseError> = default.monthly_price.parse();
    let rate: Result<Rate, ParseError> = default.credit_rate.parse();
    Ok(Terms {
        description: None,
        monthly_price: price.map_err(Error::internal)?.count(),
        currency: Currency::USD.to_string(),
        credit_amount: default.credit_amount.parse().map_err(Error::internal)?,
        credit_rate: rate.map_err(Error::internal)?.micros(),
        features: serde_json::to_string(default.features).map_err(Error::internal)?,
        max_credits_per_month: None,
        rollover_enabled: false,
        stripe_price_id: None,
        trial_days: None,
        trial_credits: None,
    })
}
