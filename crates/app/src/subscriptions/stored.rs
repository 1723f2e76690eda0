//! A subscription in the stored answer of a key: a later use of the key is answered
//! with the same, whatever became of it since.

use domain::{PackageId, Period, SubscriptionId, SubscriptionStatus, Then, UserId};
use ledger::{Credits, Time};
use serde::{Deserialize, Serialize};

use super::figures::Figures;
use super::kept::text;
use super::view::{NextPackage, SubscriptionView};
use crate::error::Error;
use crate::packages;

#[derive(Deserialize, Serialize)]
pub(super) struct Stored {
    id: i64,
    user: i64,
    package: packages::Kept,
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

impl Stored {
    pub(super) fn of(view: &SubscriptionView) -> Self {
        let Period { number, starts_at, ends_at } = view.period;
        let next = view.next.as_ref();
        Self {
            id: view.id.number(),
            user: view.user.number(),
            package: packages::Kept::alone(&view.package),
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
            // What it is confirmed with is kept by who bills alone.
            card_setup: None,
            created_at: Time::from_micros(self.created_at),
            updated_at: Time::from_micros(self.updated_at),
        })
    }
}
