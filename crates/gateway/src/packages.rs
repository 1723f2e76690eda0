//! Packages as the provider sells them: a product, and a price for each version
//! of its terms.

use domain::{Cents, Currency, PackageId};

use crate::hex::hex;
use crate::ids::{PriceId, ProductId};
use crate::payments::{PaymentError, Payments};
use crate::stripe::{MonthlyPrice, ProductTerms, Stripe, StripeError};

/// A package that the provider is to sell as it is offered now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offered {
    /// Which book it is in: two books may share one account.
    pub book: [u8; 16],
    /// Which.
    pub package: PackageId,
    /// The version of its terms.
    pub version: i64,
    /// What it is called.
    pub name: String,
    /// In words.
    pub description: Option<String>,
    /// Whether it can be subscribed to.
    pub is_active: bool,
    /// What a month costs.
    pub amount: Cents,
    /// In which currency.
    pub currency: Currency,
    /// What the provider calls that price, once that is known.
    pub price: Option<PriceId>,
}

/// What the provider calls a package and the price of its version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sold {
    /// The package.
    pub product: ProductId,
    /// The price.
    pub price: PriceId,
}

impl Payments {
    /// Has the provider sell a package as it is offered now, however often it is
    /// told. The built-in gateway keeps no list of what is sold.
    pub async fn sell(&self, offered: &Offered) -> Result<Option<Sold>, PaymentError> {
        match self {
            Self::Stripe(stripe) => Ok(Some(sell(stripe, offered).await?)),
            Self::Test(_) | Self::None => Ok(None),
        }
    }
}

async fn sell(stripe: &Stripe, offered: &Offered) -> Result<Sold, StripeError> {
    let product = product_id(&offered.book, offered.package)?;
    let terms = ProductTerms {
        name: offered.name.clone(),
        description: offered.description.clone(),
        is_active: offered.is_active,
    };
    stripe.put_product(&product, &terms).await?;
    let price = if let Some(price) = &offered.price {
        price.clone()
    } else {
        let key = price_key(&offered.book, offered.package, offered.version);
        let price = MonthlyPrice { amount: offered.amount, currency: offered.currency };
        stripe.put_price(&key, &product, price).await?
    };
    Ok(Sold { product, price })
}

/// What Stripe calls a package: its id is ours.
pub(crate) fn product_id(book: &[u8; 16], package: PackageId) -> Result<ProductId, StripeError> {
    let product = ProductId::parse(&format!("prod_{}_{}", hex(book), package.number()));
    product.map_err(|error| StripeError::Unreadable(error.to_string()))
}

/// What a price is found by: it names the package and the version of its terms.
pub(crate) fn price_key(book: &[u8; 16], package: PackageId, version: i64) -> String {
    format!("package:{}_{}:{version}", hex(book), package.number())
}
