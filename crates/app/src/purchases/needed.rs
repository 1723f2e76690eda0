//! What there is to do for a payment, as whoever has to do it is told.

use domain::{Cents, Currency, PurchaseId, Time};
use gateway::{Asked, Payment, PaymentState};
use secrecy::SecretString;

/// A payment that is needed, or on its way.
#[derive(Clone, Debug)]
pub struct PaymentNeeded {
    /// What is paid for.
    pub purchase: PurchaseId,
    /// What the provider calls the payment; a page has none until it is paid on.
    pub intent: Option<String>,
    /// What it calls the page.
    pub checkout: Option<String>,
    /// How far it is, in the provider's words: `requires_payment_method`,
    /// `requires_confirmation`, `requires_action`, `processing`, `succeeded`.
    pub status: &'static str,
    /// How much.
    pub amount: Cents,
    /// In which currency.
    pub currency: Currency,
    /// What the client's own page pays with.
    pub client_secret: Option<SecretString>,
    /// The page to pay on.
    pub checkout_url: Option<String>,
    /// Why the last try was refused: `card_declined (insufficient_funds)`.
    pub declined: Option<String>,
    /// Until when it may be begun.
    pub pay_by: Option<Time>,
}

impl PaymentNeeded {
    pub(super) fn of(asked: &Asked, payment: &Payment, pay_by: Option<Time>) -> Self {
        let (status, todo) = match &payment.state {
            PaymentState::Paid => ("succeeded", None),
            PaymentState::Processing => ("processing", None),
            PaymentState::Cancelled => ("canceled", None),
            PaymentState::Open(todo) => (todo.step.as_str(), Some(todo.clone())),
        };
        let declined = todo.as_ref().and_then(|todo| todo.declined.as_ref());
        Self {
            purchase: asked.purchase,
            intent: payment.intent.as_ref().map(ToString::to_string),
            checkout: payment.checkout.as_ref().map(ToString::to_string),
            status,
            amount: asked.amount,
            currency: asked.currency,
            declined: declined.map(ToString::to_string),
            client_secret: todo.as_ref().and_then(|todo| todo.client_secret.clone()),
            checkout_url: todo.and_then(|todo| todo.checkout_url),
            pay_by,
        }
    }
}
