//! Packages between their rows, the product, and what stored answers and the
//! audit log keep of them.

use domain::{
    Cents, Credits, Currency, Description, Package, PackageId, PackageTerms, PackageVersion, Rate,
    Text, Time, Trial,
};
use serde::{Deserialize, Serialize};
use store::packages::{self, Terms};

use super::PackageView;
use crate::error::{Error, stored};

/// A package from its row.
pub(crate) fn package(row: &packages::Package) -> Result<Package, Error> {
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

/// A version from its row.
pub(super) fn version(row: &packages::VersionRow) -> Result<PackageVersion, Error> {
    let (version, created_at) = (row.version, row.created_at);
    Ok(PackageVersion { version, terms: terms(&row.terms)?, created_at })
}

/// The row of a package.
pub(super) fn row(package: &Package) -> Result<packages::Package, Error> {
    Ok(packages::Package {
        id: package.id.number(),
        name: package.name.to_string(),
        version: package.version,
        is_active: package.is_active,
        is_featured: package.is_featured,
        sort_order: package.sort_order,
        stripe_product_id: package.stripe_product_id.as_ref().map(ToString::to_string),
        created_at: package.created_at,
        updated_at: package.updated_at,
        terms: terms_row(&package.terms)?,
    })
}

fn terms_row(terms: &PackageTerms) -> Result<Terms, Error> {
    Ok(Terms {
        description: terms.description.as_ref().map(|text| text.as_str().to_owned()),
        monthly_price: terms.monthly_price.count(),
        currency: terms.currency.to_string(),
        credit_amount: terms.credit_amount,
        credit_rate: terms.credit_rate.micros(),
        features: serde_json::to_string(&terms.features).map_err(Error::internal)?,
        max_credits_per_month: terms.max_credits_per_month,
        rollover_enabled: terms.rollover_enabled,
        stripe_price_id: terms.stripe_price_id.as_ref().map(ToString::to_string),
        trial_days: terms.trial.map(|trial| trial.days),
        trial_credits: terms.trial.map(|trial| trial.credits),
    })
}

fn terms(row: &Terms) -> Result<PackageTerms, Error> {
    let description = row.description.as_deref().map(Description::parse).transpose();
    let (currency, rate) = (Currency::parse(&row.currency), Rate::from_micros(row.credit_rate));
    let trial = row.trial_days.zip(row.trial_credits);
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
        trial: trial.map(|(days, credits)| Trial { days, credits }),
    })
}

fn text(text: &str) -> Result<Text, Error> {
    Text::parse(text).map_err(|error| stored("text")(error.into()))
}

/// A package with its versions: cents, millionths of a dollar, micro-credits.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) struct Kept {
    id: i64,
    name: String,
    version: i64,
    is_active: bool,
    is_featured: bool,
    sort_order: i64,
    stripe_product_id: Option<String>,
    created_at: i64,
    updated_at: Option<i64>,
    versions: Vec<KeptVersion>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
struct KeptVersion {
    version: i64,
    created_at: i64,
    description: Option<String>,
    monthly_price: i64,
    currency: String,
    credit_amount: i64,
    credit_rate: i64,
    features: Vec<String>,
    max_credits_per_month: Option<i64>,
    rollover_enabled: bool,
    stripe_price_id: Option<String>,
    trial: Option<(i64, i64)>,
}

impl Kept {
    pub(super) fn of(view: &PackageView) -> Self {
        let package = &view.package;
        Self {
            id: package.id.number(),
            name: package.name.to_string(),
            version: package.version,
            is_active: package.is_active,
            is_featured: package.is_featured,
            sort_order: package.sort_order,
            stripe_product_id: package.stripe_product_id.as_ref().map(ToString::to_string),
            created_at: package.created_at.micros(),
            updated_at: package.updated_at.map(Time::micros),
            versions: view.versions.iter().map(KeptVersion::of).collect(),
        }
    }

    /// A package with the version that is its own alone.
    pub(crate) fn alone(package: &Package) -> Self {
        let (version, terms) = (package.version, package.terms.clone());
        let own = PackageVersion { version, terms, created_at: package.created_at };
        Self::of(&PackageView { package: package.clone(), versions: vec![own] })
    }

    /// The package, as it was.
    pub(crate) fn into_package(self) -> Result<Package, Error> {
        Ok(self.into_view()?.package)
    }

    pub(super) fn into_view(self) -> Result<PackageView, Error> {
        let versions: Result<Vec<_>, _> =
            self.versions.into_iter().map(KeptVersion::into_version).collect();
        let versions = versions?;
        let present = versions.iter().find(|of| of.version == self.version);
        let present = present.ok_or_else(|| Error::internal("a kept package has no terms"))?;
        let package = Package {
            id: PackageId::from_number(self.id),
            name: text(&self.name)?,
            version: self.version,
            terms: present.terms.clone(),
            is_active: self.is_active,
            is_featured: self.is_featured,
            sort_order: self.sort_order,
            stripe_product_id: self.stripe_product_id.as_deref().map(text).transpose()?,
            created_at: Time::from_micros(self.created_at),
            updated_at: self.updated_at.map(Time::from_micros),
        };
        Ok(PackageView { package, versions })
    }
}

impl KeptVersion {
    fn of(version: &PackageVersion) -> Self {
        let terms = &version.terms;
        Self {
            version: version.version,
            created_at: version.created_at.micros(),
            description: terms.description.as_ref().map(|text| text.as_str().to_owned()),
            monthly_price: terms.monthly_price.count(),
            currency: terms.currency.to_string(),
            credit_amount: terms.credit_amount.micros(),
            credit_rate: terms.credit_rate.micros(),
            features: terms.features.clone(),
            max_credits_per_month: terms.max_credits_per_month.map(Credits::micros),
            rollover_enabled: terms.rollover_enabled,
            stripe_price_id: terms.stripe_price_id.as_ref().map(ToString::to_string),
            trial: terms.trial.map(|trial| (trial.days, trial.credits.micros())),
        }
    }

    fn into_version(self) -> Result<PackageVersion, Error> {
        let terms = terms(&Terms {
            description: self.description,
            monthly_price: self.monthly_price,
            currency: self.currency,
            credit_amount: Credits::from_micros(self.credit_amount),
            credit_rate: self.credit_rate,
            features: serde_json::to_string(&self.features).map_err(Error::internal)?,
            max_credits_per_month: self.max_credits_per_month.map(Credits::from_micros),
            rollover_enabled: self.rollover_enabled,
            stripe_price_id: self.stripe_price_id,
            trial_days: self.trial.map(|(days, _)| days),
            trial_credits: self.trial.map(|(_, credits)| Credits::from_micros(credits)),
        })?;
        let created_at = Time::from_micros(self.created_at);
        Ok(PackageVersion { version: self.version, terms, created_at })
    }
}
