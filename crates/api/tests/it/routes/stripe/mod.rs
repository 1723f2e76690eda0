//! As `src/routes/stripe`.

mod create_checkout_session;
mod create_payment_intent;
mod customer_billing;
mod customer_portal;
mod products;
mod reconciliation;
mod test_page;
mod user_subscriptions;
mod webhook;

use domain::Time;
use testkit::stripe::FakeStripe;
use testkit::{NOON, TestApp, TestBook};

/// A test book whose payments a double of Stripe takes.
pub(crate) async fn shop() -> (TestApp, FakeStripe) {
    let fake = FakeStripe::start(NOON.micros() / Time::SECOND).await;
    let book = TestBook { stripe: Some(fake.settings()), ..TestBook::default() };
    (TestApp::start_with(book).await, fake)
}
