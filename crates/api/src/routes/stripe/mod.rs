//! Payments begun, and what Stripe tells of them. One endpoint a file.

pub(super) mod create_checkout_session;
pub(super) mod create_payment_intent;
pub(super) mod customer_billing;
pub(super) mod customer_portal;
pub(super) mod products;
pub(super) mod reconciliation;
pub(super) mod test_page;
pub(super) mod user_subscriptions;
pub(super) mod webhook;
