//! Refunds by staff.

mod create;
mod create_by_payment;

use testkit::TestApp;

/// Ada buys 1 000 credits for 95 dollars, by a payment of that name.
pub(crate) async fn bought(app: &TestApp, intent: &str) {
    app.customer("ada").await;
    let body = format!(
        r#"{{"user_id":1,"amount":1000,"description":"More","stripe_payment_intent_id":"{intent}"}}"#
    );
    let bought = app.post("/api/credits/purchase").json(body).send().await;
    assert_eq!(bought.status(), 200, "{bought}");
}
