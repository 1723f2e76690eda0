//! Packages: what may be subscribed to.

use domain::{Currency, Package, Text};
use serde::Serialize;
use utoipa::ToSchema;

use super::output::{Decimal, Instant, Shown};
use super::package_admin::Trial;

/// What may be subscribed to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CreditPackage {
    #[schema(examples(1))]
    id: i64,
    #[schema(value_type = String, examples("Professional"))]
    name: Shown<Text>,
    description: Option<String>,
    /// What a month costs.
    monthly_price: Decimal,
    /// The credits of a month.
    credit_amount: Decimal,
    /// What a credit that is bought beside costs.
    credit_rate: Decimal,
    features: Option<Vec<String>>,
    /// The most that rolls over; a month's credits where nothing is said.
    max_credits_per_month: Option<Decimal>,
    rollover_enabled: bool,
    is_active: bool,
    is_featured: bool,
    sort_order: i64,
    #[schema(value_type = Option<String>)]
    stripe_price_id: Option<Shown<Text>>,
    #[schema(value_type = Option<String>)]
    stripe_product_id: Option<Shown<Text>>,
    created_at: Instant,
    updated_at: Option<Instant>,
    #[schema(value_type = String, examples("USD"))]
    currency: Shown<Currency>,
    /// Of its terms. Who is subscribed keeps theirs.
    version: i64,
    /// What whoever was never subscribed may try first.
    trial: Option<Trial>,
}

impl From<Package> for CreditPackage {
    fn from(package: Package) -> Self {
        let terms = package.terms;
        Self {
            id: package.id.number(),
            name: Shown(package.name),
            description: terms.description.map(|text| text.as_str().to_owned()),
            monthly_price: terms.monthly_price.into(),
            credit_amount: terms.credit_amount.into(),
            credit_rate: terms.credit_rate.into(),
            features: (!terms.features.is_empty()).then_some(terms.features),
            max_credits_per_month: terms.max_credits_per_month.map(Decimal::from),
            rollover_enabled: terms.rollover_enabled,
            is_active: package.is_active,
            is_featured: package.is_featured,
            sort_order: package.sort_order,
            stripe_price_id: terms.stripe_price_id.map(Shown),
            stripe_product_id: package.stripe_product_id.map(Shown),
            created_at: Instant(package.created_at),
            updated_at: package.updated_at.map(Instant),
            currency: Shown(terms.currency),
            version: package.version,
            trial: terms.trial.map(Into::into),
        }
    }
}

/// The packages that are offered.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PackageList {
    #[schema(examples("3 packages are offered."))]
    message: String,
    packages: Vec<CreditPackage>,
}

impl From<Vec<Package>> for PackageList {
    fn from(packages: Vec<Package>) -> Self {
        let message = match packages.len() {
            1 => "1 package is offered.".to_owned(),
            count => format!("{count} packages are offered."),
        };
        Self { message, packages: packages.into_iter().map(Into::into).collect() }
    }
}
