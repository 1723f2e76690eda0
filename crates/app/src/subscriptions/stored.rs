//! A subscription in the stored answer of a key: a later use of the key is answered
//! with the same, whatever became of it since.

use domain::{
    Cents, Currency, Description, Package, PackageId, PackageTerms, Period, Rate, SubscriptionId,
    SubscriptionStatus, Then, Trial, UserId,
};
use ledger::{Credits, Time};
use serde::{Deserialize, Serialize};

use super::figures::Figures;
use super::kept::text;
use super::view::{NextPackage, SubscriptionView};
use crate::error::{Error, stored};

#[derive(Deserialize, Serialize)]
pub(super) struct Stored {
    id: i64,
    user: i64,
    package: StoredPackage,
    next: Option<(i64, String, i64)>,
    status: String,
    then: Option<String>,
    since: Option<i64>,
    period: (i64, i64, i64),
    trial_ends_at: Option<i64>,
    used: i64,
    rollover: i64,
    invoice: Option<String>,
    pause_reason: Option<String>,
    provider_subscription: Option<String>,
    provider_customer: Option<String>,
    created_at: i64,
    updated_at: i64,
}

#[derive(Deserialize, Serialize)]
struct StoredPackage {
    id: i64,
    name: String,
    version: i64,
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
    is_active: bool,
    is_featured: bool,
    sort_order: i64,
    stripe_product_id: Option<String>,
    created_at: i64,
    updated_at: Option<i64>,
}

impl Stored {
    pub(super) fn of(view: &SubscriptionView) -> Self {
        let Period { number, starts_at, ends_at } = view.period;
        let next = view.next.as_ref();
        Self {
            id: view.id.number(),
            user: view.user.number(),
            package: StoredPackage::of(&view.package),
            next: next.map(|next| (next.id.number(), next.name.to_string(), next.version)),
            status: view.status.as_str().to_owned(),
            then: view.then.map(|then| then.as_str().to_owned()),
            since: view.since.map(Time::micros),
            period: (number, starts_at.micros(), ends_at.micros()),
            trial_ends_at: view.trial_ends_at.map(Time::micros),
            used: view.figures.used.micros(),
            rollover: view.figures.rollover.micros(),
            invoice: view.figures.invoice.clone(),
            pause_reason: view.pause_reason.clone(),
            provider_subscription: view.provider_subscription.clone(),
            provider_customer: view.provider_customer.clone(),
            created_at: view.created_at.micros(),
            updated_at: view.updated_at.micros(),
        }
    }

    pub(super) fn into_view(self) -> Result<SubscriptionView, Error> {
        let foreign = || Error::internal("a stored subscription is none");
        let (number, starts_at, ends_at) = self.period;
        let next = |(id, name, version): (i64, String, i64)| {
            Ok::<_, Error>(NextPackage {
                id: PackageId::from_number(id),
                name: text(&name)?,
                version,
            })
        };
        Ok(SubscriptionView {
            id: SubscriptionId::from_number(self.id),
            user: UserId::from_number(self.user),
            package: self.package.into_package()?,
            next: self.next.map(next).transpose()?,
            status: SubscriptionStatus::parse(&self.status).ok_or_else(foreign)?,
            then: match self.then {
                None => None,
                Some(word) => Some(Then::parse(&word).ok_or_else(foreign)?),
            },
            since: self.since.map(Time::from_micros),
            period: Period {
                number,
                starts_at: Time::from_micros(starts_at),
                ends_at: Time::from_micros(ends_at),
            },
            trial_ends_at: self.trial_ends_at.map(Time::from_micros),
            figures: Figures {
                used: Credits::from_micros(self.used),
                rollover: Credits::from_micros(self.rollover),
                invoice: self.invoice,
            },
            pause_reason: self.pause_reason,
            provider_subscription: self.provider_subscription,
            provider_customer: self.provider_customer,
            created_at: Time::from_micros(self.created_at),
            updated_at: Time::from_micros(self.updated_at),
        })
    }
}

impl StoredPackage {
    fn of(package: &Package) -> Self {
        let terms = &package.terms;
        Self {
            id: package.id.number(),
            name: package.name.to_string(),
            version: package.version,
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
            is_active: package.is_active,
            is_featured: package.is_featured,
            sort_order: package.sort_order,
            stripe_product_id: package.stripe_product_id.as_ref().map(ToString::to_string),
            created_at: package.created_at.micros(),
            updated_at: package.updated_at.map(Time::micros),
        }
    }

    fn into_package(self) -> Result<Package, Error> {
        let description = self.description.as_deref().map(Description::parse).transpose();
        let (currency, rate) =
            (Currency::parse(&self.currency), Rate::from_micros(self.credit_rate));
        let trial = |(days, credits)| Trial { days, credits: Credits::from_micros(credits) };
        Ok(Package {
            id: PackageId::from_number(self.id),
            name: text(&self.name)?,
            version: self.version,
            terms: PackageTerms {
                description: description.map_err(stored("description"))?,
                monthly_price: Cents::from_count(self.monthly_price),
                currency: currency.ok_or_else(|| Error::internal("a stored currency is none"))?,
                credit_amount: Credits::from_micros(self.credit_amount),
                credit_rate: rate.ok_or_else(|| Error::internal("a stored rate is none"))?,
                features: self.features,
                max_credits_per_month: self.max_credits_per_month.map(Credits::from_micros),
                rollover_enabled: self.rollover_enabled,
                stripe_price_id: self.stripe_price_id.as_deref().map(text).transpose()?,
                trial: self.trial.map(trial),
            },
            is_active: self.is_active,
            is_featured: self.is_featured,
            sort_order: self.sort_order,
            stripe_product_id: self.stripe_product_id.as_deref().map(text).transpose()?,
            created_at: Time::from_micros(self.created_at),
            updated_at: self.updated_at.map(Time::from_micros),
        })
    }
}
