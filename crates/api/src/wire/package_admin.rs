//! Packages as admins see them, and what asks for changes.

use app::{Change, NewPackage, PackagePatch, PackageView};
use domain::{PackageVersion, Text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::input::{In, Patch};
use super::output::{Decimal, Instant, Shown};
use super::package::CreditPackage;
use super::scalar::{Amount, DescriptionIn, MoneyIn, RateIn, TextIn, WholeIn};
use crate::extract::Form;
use crate::problem::Problem;

/// A package to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "name": "Team",
    "description": "For a handful of people",
    "monthly_price": 79.99,
    "credit_amount": 1000,
    "credit_rate": 0.075,
    "features": ["1000 credits per month", "API access"],
    "rollover_enabled": true,
    "max_credits_per_month": 500,
    "trial": {"days": 14, "credits": 50}
})))]
pub(crate) struct PackageBody {
    /// What people call it; unique.
    name: TextIn,
    /// In words.
    description: Option<DescriptionIn>,
    /// What a month costs: more than 0.
    monthly_price: MoneyIn,
    /// The credits of a month.
    credit_amount: Amount,
    /// What a credit that is bought beside costs: more than 0, at most the base rate.
    credit_rate: RateIn,
    /// What it has: at most 32 lines.
    features: Option<Vec<TextIn>>,
    /// The most that rolls over; a month's credits if left out.
    max_credits_per_month: Option<Amount>,
    /// Whether what is left at a month's end is given anew; no if left out.
    rollover_enabled: Option<bool>,
    /// What whoever was never subscribed may try first; nothing if left out.
    trial: Option<TrialBody>,
    /// Whether it is offered; yes if left out.
    is_active: Option<bool>,
    /// Whether it is shown before others; no if left out.
    is_featured: Option<bool>,
    /// Its place, lower first: 0 to 1000000; behind all others if left out.
    sort_order: Option<WholeIn>,
}

/// A time for nothing, once a user.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TrialBody {
    /// 1 to 365.
    days: WholeIn,
    /// The credits of it all.
    credits: Amount,
}

impl TrialBody {
    fn into_trial(self) -> domain::Trial {
        domain::Trial { days: self.days.into_inner().0, credits: self.credits.into_inner() }
    }
}

impl Form for PackageBody {
    type Request = NewPackage;

    fn into_request(self) -> Result<NewPackage, Problem> {
        Ok(NewPackage {
            name: self.name.into_inner(),
            description: self.description.map(In::into_inner),
            monthly_price: self.monthly_price.into_inner(),
            credit_amount: self.credit_amount.into_inner(),
            credit_rate: self.credit_rate.into_inner(),
            features: lines(self.features.unwrap_or_default()),
            max_credits_per_month: self.max_credits_per_month.map(In::into_inner),
            rollover_enabled: self.rollover_enabled.unwrap_or(false),
            trial: self.trial.map(TrialBody::into_trial),
            is_active: self.is_active.unwrap_or(true),
            is_featured: self.is_featured.unwrap_or(false),
            sort_order: self.sort_order.map(|place| place.into_inner().0),
        })
    }
}

fn lines(features: Vec<TextIn>) -> Vec<Text> {
    features.into_iter().map(In::into_inner).collect()
}

/// What changes of a package; what is left out stays. Other terms are a new
/// version: who is subscribed keeps theirs.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"monthly_price": 24.99, "credit_amount": 250, "is_featured": true})))]
pub(crate) struct PackagePatchBody {
    /// What people call it; unique.
    name: Option<TextIn>,
    /// In words; `null` removes them.
    #[serde(default)]
    #[schema(value_type = Option<DescriptionIn>)]
    description: Patch<DescriptionIn>,
    /// What a month costs: more than 0.
    monthly_price: Option<MoneyIn>,
    /// The credits of a month.
    credit_amount: Option<Amount>,
    /// What a credit that is bought beside costs: more than 0, at most the base rate.
    credit_rate: Option<RateIn>,
    /// What it has: at most 32 lines.
    features: Option<Vec<TextIn>>,
    /// The most that rolls over; `null` for a month's credits.
    #[serde(default)]
    #[schema(value_type = Option<Amount>)]
    max_credits_per_month: Patch<Amount>,
    /// Whether what is left at a month's end is given anew.
    rollover_enabled: Option<bool>,
    /// What whoever was never subscribed may try first; `null` for nothing.
    #[serde(default)]
    #[schema(value_type = Option<TrialBody>)]
    trial: Patch<TrialBody>,
    /// Whether it is offered.
    is_active: Option<bool>,
    /// Whether it is shown before others.
    is_featured: Option<bool>,
    /// Its place, lower first: 0 to 1000000.
    sort_order: Option<WholeIn>,
}

impl Form for PackagePatchBody {
    type Request = PackagePatch;

    fn into_request(self) -> Result<PackagePatch, Problem> {
        Ok(PackagePatch {
            name: self.name.map(In::into_inner),
            description: change(self.description, In::into_inner),
            monthly_price: self.monthly_price.map(In::into_inner),
            credit_amount: self.credit_amount.map(In::into_inner),
            credit_rate: self.credit_rate.map(In::into_inner),
            features: self.features.map(lines),
            max_credits_per_month: change(self.max_credits_per_month, In::into_inner),
            rollover_enabled: self.rollover_enabled,
            trial: change(self.trial, TrialBody::into_trial),
            is_active: self.is_active,
            is_featured: self.is_featured,
            sort_order: self.sort_order.map(|place| place.into_inner().0),
        })
    }
}

/// What a PATCH says, as use cases know it.
pub(super) fn change<T, U>(patch: Patch<T>, into: impl FnOnce(T) -> U) -> Change<U> {
    match patch {
        Patch::Keep => Change::Keep,
        Patch::Clear => Change::Clear,
        Patch::Set(value) => Change::Set(into(value)),
    }
}

/// A package with every version of its terms.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PackageHistory {
    /// As it is offered now.
    package: CreditPackage,
    /// Newest first: the first one is offered. Who is subscribed keeps theirs.
    versions: Vec<PackageTerms>,
}

impl From<PackageView> for PackageHistory {
    fn from(view: PackageView) -> Self {
        Self {
            package: view.package.into(),
            versions: view.versions.into_iter().map(Into::into).collect(),
        }
    }
}

/// A version of a package's terms.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PackageTerms {
    /// From 1.
    version: i64,
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
    /// What whoever was never subscribed may try first.
    trial: Option<Trial>,
    #[schema(value_type = Option<String>)]
    stripe_price_id: Option<Shown<Text>>,
    created_at: Instant,
}

impl From<PackageVersion> for PackageTerms {
    fn from(version: PackageVersion) -> Self {
        let terms = version.terms;
        Self {
            version: version.version,
            description: terms.description.map(|text| text.as_str().to_owned()),
            monthly_price: terms.monthly_price.into(),
            credit_amount: terms.credit_amount.into(),
            credit_rate: terms.credit_rate.into(),
            features: (!terms.features.is_empty()).then_some(terms.features),
            max_credits_per_month: terms.max_credits_per_month.map(Decimal::from),
            rollover_enabled: terms.rollover_enabled,
            trial: terms.trial.map(Into::into),
            stripe_price_id: terms.stripe_price_id.map(Shown),
            created_at: Instant(version.created_at),
        }
    }
}

/// A time for nothing, once a user.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Trial {
    #[schema(examples(14))]
    days: i64,
    /// The credits of it all.
    credits: Decimal,
}

impl From<domain::Trial> for Trial {
    fn from(trial: domain::Trial) -> Self {
        Self { days: trial.days, credits: trial.credits.into() }
    }
}

/// Every package, offered or not, by their place, then by price.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PackageHistoryList {
    packages: Vec<PackageHistory>,
}

impl From<Vec<PackageView>> for PackageHistoryList {
    fn from(views: Vec<PackageView>) -> Self {
        Self { packages: views.into_iter().map(Into::into).collect() }
    }
}
