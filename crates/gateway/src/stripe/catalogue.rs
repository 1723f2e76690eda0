//! Products and prices: a package, and each version of its terms. A price of
//! Stripe's never changes; another price is another object.

use domain::{Cents, Currency};
use serde::Deserialize;

use super::Stripe;
use super::error::StripeError;
use super::form::Form;
use super::objects::{Named, Page, unreadable};
use crate::ids::{PriceId, ProductId};

/// Stripe's word for an id that is taken.
const EXISTS: &str = "resource_already_exists";

/// A package as Stripe sells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductTerms {
    /// What it is called.
    pub name: String,
    /// In words.
    pub description: Option<String>,
    /// Whether it can be bought.
    pub is_active: bool,
}

/// What a version of a package costs a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonthlyPrice {
    /// How much.
    pub amount: Cents,
    /// In which currency.
    pub currency: Currency,
}

/// A price as Stripe has it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Price {
    pub(super) id: String,
    unit_amount: Option<i64>,
    currency: String,
    active: bool,
    #[serde(default)]
    recurring: Option<Recurring>,
}

/// How often a price is paid.
#[derive(Clone, Debug, Deserialize)]
struct Recurring {
    interval: String,
    interval_count: i64,
}

impl Stripe {
    /// Has a product be as it is said, made if it is not there: its id is ours.
    pub async fn put_product(
        &self,
        id: &ProductId,
        terms: &ProductTerms,
    ) -> Result<(), StripeError> {
        match self.change_product(id, terms).await {
            Err(StripeError::NotFound) => {}
            changed => return changed,
        }
        let form = product(terms).maybe("description", terms.description.as_ref()).with("id", id);
        match self.http.post_new::<Named>("/v1/products", form).await {
            // Another server made it at this moment.
            Err(StripeError::Refused(why)) if why.contains(EXISTS) => {
                self.change_product(id, terms).await
            }
            made => made.map(drop),
        }
    }

    async fn change_product(
        &self,
        id: &ProductId,
        terms: &ProductTerms,
    ) -> Result<(), StripeError> {
        // What is empty is taken away.
        let description = terms.description.as_deref().unwrap_or_default();
        let form = product(terms).with("description", description);
        self.http.post_new::<Named>(&format!("/v1/products/{id}"), form).await.map(drop)
    }

    /// Has a product be there; one that is stays as it is.
    pub(super) async fn add_product(&self, id: &ProductId, name: &str) -> Result<(), StripeError> {
        let form = Form::default().with("id", id).with("name", name);
        match self.http.post_new::<Named>("/v1/products", form).await {
            Err(StripeError::Refused(why)) if why.contains(EXISTS) => Ok(()),
            made => made.map(drop),
        }
    }

    /// A price of a product, made if it is not there; `key` names the package and
    /// its version. Stripe keeps it, so that it finds what a lost answer told.
    pub async fn put_price(
        &self,
        key: &str,
        product: &ProductId,
        price: MonthlyPrice,
    ) -> Result<PriceId, StripeError> {
        if let Some(made) = self.find_price(key).await? {
            return made.checked(price);
        }
        let form = Form::default()
            .with("product", product)
            .with("unit_amount", price.amount.count())
            .with("currency", price.currency.as_str().to_ascii_lowercase())
            .with("recurring[interval]", "month")
            .with("lookup_key", key);
        // No two prices have the same lookup key, so any other key will do.
        match self.http.post_new::<Price>("/v1/prices", form).await {
            Err(StripeError::Refused(why)) => match self.find_price(key).await? {
                // Another server made it at this moment.
                Some(made) => made.checked(price),
                None => Err(StripeError::Refused(why)),
            },
            made => made?.checked(price),
        }
    }

    async fn find_price(&self, key: &str) -> Result<Option<Price>, StripeError> {
        let query = Form::default().with("lookup_keys[0]", key).with("limit", 1);
        let made: Page<Price> = self.http.get("/v1/prices", query).await?;
        Ok(made.data.into_iter().next())
    }
}

impl Price {
    /// It is so much a month. Whether it is still sold is another thing.
    pub(super) fn check(&self, price: MonthlyPrice) -> Result<(), StripeError> {
        let is_monthly = |it: &Recurring| it.interval == "month" && it.interval_count == 1;
        let as_asked = self.unit_amount == Some(price.amount.count())
            && self.currency.eq_ignore_ascii_case(price.currency.as_str())
            && self.recurring.as_ref().is_some_and(is_monthly);
        if as_asked { Ok(()) } else { Err(unreadable("a price that is not the one asked for")) }
    }

    fn checked(self, price: MonthlyPrice) -> Result<PriceId, StripeError> {
        self.check(price)?;
        if !self.active {
            return Err(unreadable("a price that is no longer sold"));
        }
        PriceId::parse(&self.id).map_err(|_| unreadable("the id of a price"))
    }
}

fn product(terms: &ProductTerms) -> Form {
    Form::default().with("name", &terms.name).with("active", terms.is_active)
}
