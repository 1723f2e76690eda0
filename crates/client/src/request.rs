//! What is asked. Optional fields are left out rather than sent as null.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::amount::Credits;

/// An idempotency key: 1 to 255 visible ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key(String);

impl Key {
    /// A key of the caller's choice; best the id of what causes the call.
    pub fn new(key: impl Into<String>) -> Self {
        Self(key.into())
    }

    /// Its characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How much was used, by dimension of the service's price.
pub type Quantities = BTreeMap<String, u64>;

/// What to charge: an amount, or quantities of a service.
#[derive(Clone, Debug, Serialize)]
pub struct Charge {
    user_id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<Credits>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quantities: Option<Quantities>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    job_id: Option<String>,
}

impl Charge {
    /// An amount of a user's credits.
    pub fn amount(user_id: i64, amount: Credits) -> Self {
        Self { amount: Some(amount), ..Self::of(user_id) }
    }

    /// What quantities of a service cost.
    pub fn service(user_id: i64, service: impl Into<String>, quantities: Quantities) -> Self {
        let service = Some(service.into());
        Self { service, quantities: Some(quantities), ..Self::of(user_id) }
    }

    fn of(user_id: i64) -> Self {
        Self {
            user_id,
            amount: None,
            service: None,
            quantities: None,
            description: None,
            job_id: None,
        }
    }

    /// Says what it is for.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Says which job it is for.
    #[must_use]
    pub fn job(mut self, job_id: impl Into<String>) -> Self {
        self.job_id = Some(job_id.into());
        self
    }
}

/// A hold to be placed.
#[derive(Clone, Debug, Serialize)]
pub struct NewHold {
    /// What to set aside.
    #[serde(flatten)]
    pub charge: Charge,
    /// For how many seconds; 15 minutes if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<i64>,
}

/// What of a hold was used.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Capture {
    /// An amount.
    Amount(Credits),
    /// Quantities, at the price the hold was quoted with.
    Quantities(Quantities),
}

/// Credits to be granted.
#[derive(Clone, Debug, Serialize)]
pub struct NewGrant {
    /// To whom.
    pub user_id: i64,
    /// How much.
    pub amount: Credits,
    /// `purchase`, `subscription`, `admin`, `promotion`, `dispute`, `refund` or `trial`.
    pub source: String,
    /// What the user reads.
    pub description: String,
}

/// A user to be made, or found by `external_id`.
#[derive(Clone, Debug, Serialize)]
pub struct NewUser {
    /// Their address.
    pub email: String,
    /// What to call them.
    pub name: String,
    /// `customer`, `support`, `finance` or `admin`.
    pub role: String,
    /// Their id in the caller's system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
}

/// One operation of a batch.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Operation {
    /// A spend.
    Spend {
        /// Its key.
        key: String,
        /// What to charge.
        #[serde(flatten)]
        charge: Charge,
    },
    /// A grant.
    Grant {
        /// Its key.
        key: String,
        /// What to grant.
        #[serde(flatten)]
        grant: NewGrant,
    },
}
