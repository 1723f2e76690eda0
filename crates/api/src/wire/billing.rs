//! What the payment provider sells, and what a customer was billed.

use app::{BillingView, PurchaseState, PurchaseView};
use domain::{Currency, Package, Text};
use serde::Serialize;
use utoipa::ToSchema;

use super::output::{Decimal, Instant, Shown};

/// A package as Stripe sells it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StripeProduct {
    /// What Stripe calls it, once it was told; a test book's own gateway sells none.
    #[schema(value_type = Option<String>, examples("prod_0a_1"))]
    product_id: Option<Shown<Text>>,
    #[schema(examples(1))]
    package_id: i64,
    #[schema(value_type = String, examples("Professional"))]
    name: Shown<Text>,
    description: Option<String>,
    price: StripePrice,
}

/// What a package costs a month.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StripePrice {
    /// What Stripe calls it, once it was told.
    #[schema(value_type = Option<String>, examples("price_1Pq9"))]
    price_id: Option<Shown<Text>>,
    /// Dollars.
    amount: Decimal,
    #[schema(value_type = String, examples("USD"))]
    currency: Shown<Currency>,
    /// `month`.
    #[schema(value_type = String, examples("month"))]
    interval: &'static str,
}

impl From<Package> for StripeProduct {
    fn from(package: Package) -> Self {
        let terms = package.terms;
        Self {
            product_id: package.stripe_product_id.map(Shown),
            package_id: package.id.number(),
            name: Shown(package.name),
            description: terms.description.map(|text| text.as_str().to_owned()),
            price: StripePrice {
                price_id: terms.stripe_price_id.map(Shown),
                amount: terms.monthly_price.into(),
                currency: Shown(terms.currency),
                interval: "month",
            },
        }
    }
}

/// The packages as Stripe sells them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StripeProductList {
    products: Vec<StripeProduct>,
}

impl From<Vec<Package>> for StripeProductList {
    fn from(packages: Vec<Package>) -> Self {
        Self { products: packages.into_iter().map(Into::into).collect() }
    }
}

/// A payment that a customer made or is to make.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BilledPayment {
    /// What was bought: `GET /api/credits/purchases/{id}`.
    #[schema(examples(7))]
    purchase_id: i64,
    #[schema(examples("pi_3Pq9"))]
    payment_intent_id: Option<String>,
    /// `open`, `paid` or `cancelled`.
    #[schema(value_type = String, examples("paid"))]
    status: &'static str,
    /// Dollars.
    amount: Decimal,
    #[schema(value_type = String, examples("USD"))]
    currency: Shown<Currency>,
    /// What went back of it, in dollars.
    refunded: Decimal,
    description: Option<String>,
    created_at: Instant,
}

impl From<PurchaseView> for BilledPayment {
    fn from(view: PurchaseView) -> Self {
        Self {
            refunded: view.returned().into(),
            purchase_id: view.id.number(),
            payment_intent_id: view.intent.map(|intent| intent.to_string()),
            status: match view.state {
                PurchaseState::Paying => "open",
                PurchaseState::Granting | PurchaseState::Done => "paid",
                PurchaseState::Failed => "cancelled",
            },
            amount: view.total.into(),
            currency: Shown(view.currency),
            description: view.description,
            created_at: Instant(view.created_at),
        }
    }
}

/// What a customer was billed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CustomerBilling {
    /// What Stripe calls them, once it was told of them.
    #[schema(examples("cus_Nf1"))]
    customer_id: Option<String>,
    payments: Vec<BilledPayment>,
    /// How many there are on all pages.
    total_count: i64,
    page: i64,
    page_size: i64,
}

impl From<BillingView> for CustomerBilling {
    fn from(view: BillingView) -> Self {
        let listed = view.payments;
        Self {
            customer_id: view.customer.map(|customer| customer.to_string()),
            payments: listed.items.into_iter().map(Into::into).collect(),
            total_count: listed.total,
            page: listed.page.number(),
            page_size: listed.page.size(),
        }
    }
}
