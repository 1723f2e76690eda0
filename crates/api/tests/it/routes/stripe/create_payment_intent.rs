//! `POST /api/stripe/create-payment-intent`

use domain::{Mode, Status, UserId};
use testkit::{Answer, TestApp, TestBook};

use super::shop;
use crate::cases::Cases;

const PATH: &str = "/api/stripe/create-payment-intent";
const RIGHT: &str = r#"{"user_id":1,"amount":1000}"#;

async fn begin(app: &TestApp, body: &str) -> Answer {
    app.post(PATH).json(body.to_owned()).send().await
}

#[tokio::test]
async fn a_payment_is_begun_confirmed_elsewhere_and_named_with_the_purchase() {
    let (app, fake) = shop().await;
    app.customer("ada").await;
    let begun = app.post(PATH).key("k").json(RIGHT).send().await;
    insta::assert_snapshot!(begun);
    let intent = begun.text("/payment_intent_id");
    let purchase = format!(
        r#"{{"user_id":1,"amount":1000,"description":"x","stripe_payment_intent_id":"{intent}"}}"#
    );
    let buy = || app.post("/api/credits/purchase").json(purchase.clone()).send();
    insta::assert_snapshot!("a_purchase_that_names_what_is_unpaid", buy().await);
    fake.pay(&intent);
    assert_eq!(buy().await.status(), 200);
    let again = app.post(PATH).key("k").json(RIGHT).send().await;
    assert_eq!(again.text("/status"), "succeeded");
}

#[tokio::test]
async fn in_a_test_book_it_is_paid_at_once() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let begun = begin(&app, RIGHT).await;
    assert_eq!(begun.text("/status"), "succeeded");
    let balance = app.get("/api/credits/balance?user_id=1").send().await.json();
    assert_eq!(balance["current_credits"], 1000);
}

#[tokio::test]
async fn every_refusal_of_a_payment() {
    let (app, fake) = shop().await;
    app.customer("ada").await;
    app.customer("bob").await;
    let mut cases = Cases::of("createPaymentIntent");
    cases.add_form(&app, &app.post(PATH).key("k").json(RIGHT)).await;
    for (name, body) in [
        ("nothing", r#"{"user_id":1,"amount":0}"#),
        ("too little", r#"{"user_id":1,"amount":4.9}"#),
        ("a key names nobody", r#"{"amount":10}"#),
        ("nobody there", r#"{"user_id":99,"amount":10}"#),
    ] {
        cases.add(name, &begin(&app, body).await);
    }
    app.post(PATH).key("reused").json(RIGHT).send().await;
    let other = app.post(PATH).key("reused").json(r#"{"user_id":1,"amount":11}"#);
    cases.add("a key reused", &other.send().await);
    let intent = app.post(PATH).key("ended").json(RIGHT).send().await.text("/payment_intent_id");
    fake.cancel(&intent);
    cases.add("a payment that was ended", &app.post(PATH).key("ended").json(RIGHT).send().await);
    let with = |code: &str| {
        let body = format!(r#"{{"user_id":1,"amount":100,"promotion_code":"{code}"}}"#);
        app.post(PATH).json(body)
    };
    cases.add_codes(&app, with).await;
    app.fill(UserId::from_number(2)).await;
    let full = r#"{"user_id":2,"amount":10}"#;
    cases.add("no room for another grant", &begin(&app, full).await);
    for (name, status) in [("paused", Status::Paused), ("suspended", Status::Suspended)] {
        app.set_status(UserId::from_number(2), status).await;
        cases.add(name, &begin(&app, full).await);
    }
    let live = TestApp::start_with(TestBook { mode: Mode::Live, ..TestBook::default() }).await;
    live.customer("ada").await;
    cases.add("a live book that nobody pays in", &begin(&live, RIGHT).await);
    insta::assert_snapshot!(cases.finish());
}
