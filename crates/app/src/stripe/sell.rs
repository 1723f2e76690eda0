//! Packages as Stripe sells them: a product each, and a price for each version
//! of its terms. What they are called there is kept here.

use domain::{Package, PackageId, Time};
use gateway::{Offered, PriceId};
use store::packages;

use crate::App;
use crate::error::Error;
use crate::jobs::{self, StripePackage};

impl App {
    /// Has Stripe sell a package as it is offered now.
    pub(crate) async fn sell_package(&self, id: PackageId) -> Result<(), Error> {
        let Some(package) = self.find_package(id).await? else { return Ok(()) };
        let offered = self.offered(&package)?;
        let Some(sold) = self.parts.payments.sell(&offered).await? else { return Ok(()) };
        let (id, version) = (package.id.number(), package.version);
        self.write(move |tx| {
            Box::pin(async move {
                let product = packages::name_product(id, sold.product.as_str());
                tx.exec(product).await?.expect_one()?;
                let price = packages::name_price((id, version), sold.price.as_str());
                Ok(tx.exec(price).await?.expect_one()?)
            })
        })
        .await
    }

    /// Has what Stripe does not sell yet be sold.
    pub(crate) async fn seed_stripe_packages(&self, at: Time) -> Result<(), Error> {
        self.write(move |tx| {
            Box::pin(async move {
                for package in tx.all(packages::list()).await? {
                    let terms = &package.terms;
                    if package.stripe_product_id.is_none() || terms.stripe_price_id.is_none() {
                        let id = PackageId::from_number(package.id);
                        jobs::arm(tx, &StripePackage::at(id, at)?).await?;
                    }
                }
                Ok(())
            })
        })
        .await
    }

    fn offered(&self, package: &Package) -> Result<Offered, Error> {
        let terms = &package.terms;
        let price = terms.stripe_price_id.as_ref().map(|id| PriceId::parse(id.as_str()));
        Ok(Offered {
            book: self.ledger().book().id,
            package: package.id,
            version: package.version,
            name: package.name.to_string(),
            description: terms.description.as_ref().map(|text| text.as_str().to_owned()),
            is_active: package.is_active,
            amount: terms.monthly_price,
            currency: terms.currency,
            price: price.transpose().map_err(Error::internal)?,
        })
    }
}
