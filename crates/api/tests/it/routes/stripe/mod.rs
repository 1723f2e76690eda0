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

/// Stripe bills by a clock that nobody moves.
#[tokio::test]
async fn nobody_moves_the_clock_where_stripe_counts_the_months() {
    let (app, _fake) = shop().await;
    let read = app.get("/api/admin/users").header("x-test-clock", "2027-01-01T00:00:00Z");
    insta::assert_snapshot!(read.send().await);
}

/// A test book whose payments a double of Stripe takes.
pub(crate) async fn shop() -> (TestApp, FakeStripe) {
    let fake = FakeStripe::start(NOON.micros() / Time::SECOND).await;
    let book = TestBook { stripe: Some(fake.settings()), ..TestBook::default() };
    (TestApp::start_with(book).await, fake)
}
