//! Stripe's objects, with the fields that are used. `spec.tsv` beside this file
//! holds each with its type, as Stripe publishes them; a test compares the two
//! with what the double in `testkit` answers.

use serde::Deserialize;

use super::error::{Decline, StripeError};
use crate::ids::CustomerId;
use domain::{Cents, Currency, PaymentIntent};

/// A payment.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Intent {
    pub(super) id: String,
    pub(super) amount: i64,
    /// Absent from doubles that know older versions of the API.
    #[serde(default)]
    pub(super) amount_received: Option<i64>,
    pub(super) currency: String,
    #[serde(default)]
    pub(super) customer: Option<String>,
    pub(super) status: String,
    #[serde(default)]
    pub(super) client_secret: Option<String>,
    #[serde(default)]
    pub(super) last_payment_error: Option<LastError>,
}

/// Why a payment was refused.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct LastError {
    #[serde(default)]
    pub(super) code: Option<String>,
    #[serde(default)]
    pub(super) decline_code: Option<String>,
}

impl From<LastError> for Decline {
    fn from(error: LastError) -> Self {
        let code = error.code.unwrap_or_else(|| "card_declined".to_owned());
        Self { code, reason: error.decline_code }
    }
}

/// A page that is paid on, its payment with it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Checkout {
    pub(super) id: String,
    pub(super) status: Option<String>,
    pub(super) payment_status: String,
    #[serde(default)]
    pub(super) payment_intent: Option<Intent>,
    pub(super) amount_total: Option<i64>,
    pub(super) currency: Option<String>,
    #[serde(default)]
    pub(super) customer: Option<String>,
    #[serde(default)]
    pub(super) url: Option<String>,
}

/// Anything that has an id.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Named {
    pub(super) id: String,
}

/// A page of something.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Page<T> {
    pub(super) data: Vec<T>,
    #[serde(default)]
    pub(super) has_more: bool,
}

/// A page that leads somewhere.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Portal {
    pub(super) url: String,
}

/// What an answer holds that can't be.
pub(super) fn unreadable(what: &str) -> StripeError {
    StripeError::Unreadable(what.to_owned())
}

pub(super) fn currency(code: &str) -> Result<Currency, StripeError> {
    Currency::parse(&code.to_ascii_uppercase()).ok_or_else(|| unreadable("a currency"))
}

pub(super) fn customer(id: Option<&str>) -> Result<Option<CustomerId>, StripeError> {
    let id = id.map(CustomerId::parse).transpose();
    id.map_err(|_| unreadable("the id of a customer"))
}

pub(super) fn intent(id: &str) -> Result<PaymentIntent, StripeError> {
    PaymentIntent::parse(id).map_err(|_| unreadable("the id of a payment"))
}

impl Intent {
    /// What came in, or what is asked for while nothing has.
    pub(super) fn paid(&self) -> Cents {
        let received = self.amount_received.filter(|_| self.status == "succeeded");
        Cents::from_count(received.unwrap_or(self.amount))
    }
}
