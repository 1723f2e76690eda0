//! `GET /api/admin/stripe/reconciliation`

use testkit::TestApp;

use super::shop;
use crate::cases::Cases;

const PATH: &str = "/api/admin/stripe/reconciliation";

#[tokio::test]
async fn a_cent_without_its_record_is_shown() {
    let (app, fake) = shop().await;
    app.customer("ada").await;
    let begun = app.post("/api/stripe/create-payment-intent").json(r#"{"user_id":1,"amount":9}"#);
    fake.pay(&begun.send().await.text("/payment_intent_id"));
    fake.pay_from_elsewhere(700);
    app.app().reconcile_stripe().await.unwrap();
    insta::assert_snapshot!(app.get(PATH).send().await);
    let balance = app.get("/api/credits/balance?user_id=1").send().await.json();
    assert_eq!(balance["current_credits"], 9, "what nobody told of is granted by the way");
}

#[tokio::test]
async fn every_refusal_of_a_reconciliation() {
    let app = TestApp::start().await;
    let mut cases = Cases::of("getStripeReconciliation");
    cases.add_form(&app, &app.get(PATH)).await;
    cases.add("none was made yet", &app.get(PATH).send().await);
    insta::assert_snapshot!(cases.finish());
}
