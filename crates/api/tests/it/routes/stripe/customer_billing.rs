//! `GET /api/stripe/customer-billing`

use domain::Role;
use testkit::TestApp;

use super::shop;
use crate::cases::Cases;

const PATH: &str = "/api/stripe/customer-billing";

#[tokio::test]
async fn what_was_paid_and_what_is_to_be_paid_is_told_with_what_went_back() {
    let (app, fake) = shop().await;
    app.customer("ada").await;
    let begin = |key: &str| {
        let begun = app.post("/api/stripe/create-payment-intent").key(key);
        begun.json(r#"{"user_id":1,"amount":100}"#).send()
    };
    let paid = begin("paid").await.text("/payment_intent_id");
    fake.pay(&paid);
    fake.cancel(&begin("cancelled").await.text("/payment_intent_id"));
    begin("open").await;
    fake.refund(&paid, 250);
    for post in fake.events() {
        let told = app.post("/api/stripe/webhook").without("authorization");
        let told = told.header("stripe-signature", &post.signature).body(post.body).send().await;
        assert_eq!(told.status(), 204, "{told}");
    }
    app.run_jobs().await;
    insta::assert_snapshot!(app.get(PATH).and_query("user_id=1").send().await);
}

#[tokio::test]
async fn customers_see_their_own() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let buy = r#"{"user_id":1,"amount":10,"description":"More"}"#;
    app.post("/api/credits/purchase").json(buy).send().await;
    let bob = app.sign_in("bob@example.com", Role::Customer).await;
    assert_eq!(bob.get(PATH).send().await.json()["total_count"], 0);
    assert_eq!(app.get(PATH).and_query("user_id=1").send().await.json()["total_count"], 1);
}

#[tokio::test]
async fn every_refusal_of_billing() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let mut cases = Cases::of("getCustomerBilling");
    cases.add_form(&app, &app.get(PATH).and_query("user_id=1")).await;
    for (name, query) in [("no page", "user_id=1&page=0"), ("nobody there", "user_id=99")] {
        cases.add(name, &app.get(PATH).and_query(query).send().await);
    }
    insta::assert_snapshot!(cases.finish());
}
