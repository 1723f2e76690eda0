//! `POST /api/credits/purchase`

use domain::{Mode, Status, UserId};
use testkit::{Answer, TestApp, TestBook};

use crate::cases::Cases;

const PATH: &str = "/api/credits/purchase";

async fn purchase(app: &TestApp, body: &str) -> Answer {
    app.post(PATH).json(body.to_owned()).send().await
}

#[tokio::test]
async fn a_purchase_of_a_payment_is_a_transaction_with_what_was_paid() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let body = r#"{
        "user_id": 1, "amount": 1000, "description": "More credits",
        "stripe_payment_intent_id": "pi_3Pq9"
    }"#;
    insta::assert_snapshot!(purchase(&app, body).await);
    let again = purchase(&app, body).await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"), "one payment, one grant");
    let balance = app.get("/api/credits/balance?user_id=1").send().await.json();
    assert_eq!(balance["current_credits"], 1000);
}

#[tokio::test]
async fn without_a_payment_the_test_gateway_makes_one() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let path = format!("{PATH}?user_id=1&amount=5&description=More+credits");
    let bought = app.post(&path).key("k").send().await;
    assert_eq!(bought.header("credits-mode"), Some("test"));
    let intent = bought.text("/stripe_payment_intent_id");
    assert!(intent.starts_with("pi_test_"), "{bought}");
    assert_eq!(bought.json()["dollar_amount"].to_string(), "0.5");
    let again = app.post(&path).key("k").send().await;
    assert_eq!((again.status(), again.body()), (200, bought.body()));
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    let another = app.post(&path).send().await;
    assert_ne!(another.text("/id"), bought.text("/id"), "without a key every request is new");
}

#[tokio::test]
async fn a_quote_is_charged_exactly() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let offer = app.post("/api/credits/purchase/validate").json(r#"{"user_id":1,"amount":99.96}"#);
    let offer = offer.send().await;
    let quote = offer.text("/quote");
    let body = format!(r#"{{"user_id":1,"amount":99.96,"description":"","quote":"{quote}"}}"#);
    let bought = purchase(&app, &body).await;
    let figures = (&bought.json()["dollar_amount"], &offer.json()["estimated_cost"]);
    assert_eq!(figures.0.to_string(), "10");
    assert_eq!(figures.0, figures.1);
}

#[tokio::test]
async fn a_live_book_that_nobody_pays_in_sells_nothing() {
    let app = TestApp::start_with(TestBook { mode: Mode::Live, ..TestBook::default() }).await;
    app.customer("ada").await;
    let call = app.post(PATH).key("k").json(r#"{"user_id":1,"amount":10,"description":"x"}"#);
    insta::assert_snapshot!(call.again().send().await);
    let again = call.send().await;
    assert_eq!((again.status(), again.header("idempotency-replayed")), (402, None), "not decided");
}

#[tokio::test]
async fn every_refusal_of_a_purchase() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    app.customer("bob").await;
    let mut cases = Cases::of("purchaseCredits");
    let right = r#"{"user_id":1,"amount":10,"description":"x"}"#;
    cases.add_form(&app, &app.post(PATH).key("k").json(right)).await;
    let paid = r#"{"user_id":1,"amount":10,"description":"x","stripe_payment_intent_id":"pi_1"}"#;
    assert_eq!(purchase(&app, paid).await.status(), 200);
    for (name, rest) in [
        ("no description", r#""user_id":1,"amount":10"#),
        ("nothing", r#""user_id":1,"amount":0,"description":"x""#),
        ("less than nothing", r#""user_id":1,"amount":-1,"description":"x""#),
        ("too fine", r#""user_id":1,"amount":0.0000001,"description":"x""#),
        ("too much", r#""user_id":1,"amount":1000000001,"description":"x""#),
        (
            "a payment that is none",
            r#""user_id":1,"amount":10,"description":"x","stripe_payment_intent_id":"ch_1""#,
        ),
        (
            "a payment for another user",
            r#""user_id":2,"amount":10,"description":"x","stripe_payment_intent_id":"pi_1""#,
        ),
        (
            "a payment for another amount",
            r#""user_id":1,"amount":11,"description":"x","stripe_payment_intent_id":"pi_1""#,
        ),
        (
            "a quote that is none",
            r#""user_id":1,"amount":10,"description":"x","quote":"quote_AAAA""#,
        ),
        ("too little", r#""user_id":1,"amount":4.9,"description":"x""#),
        ("a key names nobody", r#""amount":10,"description":"x""#),
        ("nobody there", r#""user_id":99,"amount":10,"description":"x""#),
    ] {
        cases.add(name, &purchase(&app, &format!("{{{rest}}}")).await);
    }
    app.post(PATH).key("reused").json(right).send().await;
    let other = app.post(PATH).key("reused").json(r#"{"user_id":1,"amount":11,"description":"x"}"#);
    cases.add("a key reused", &other.send().await);
    let with = |code: &str| {
        let body =
            format!(r#"{{"user_id":1,"amount":100,"description":"x","promotion_code":"{code}"}}"#);
        app.post(PATH).json(body)
    };
    cases.add_codes(&app, with).await;
    add_states(&app, &mut cases).await;
    insta::assert_snapshot!(cases.finish());
}

/// Refusals of accounts and of a book.
async fn add_states(app: &TestApp, cases: &mut Cases) {
    let call =
        |app: &TestApp| app.post(PATH).json(r#"{"user_id":2,"amount":10,"description":"x"}"#);
    app.fill(UserId::from_number(2)).await;
    cases.add("no room for another grant", &call(app).send().await);
    for (name, status) in [("paused", Status::Paused), ("suspended", Status::Suspended)] {
        app.set_status(UserId::from_number(2), status).await;
        cases.add(name, &call(app).send().await);
    }
    let live = TestApp::start_with(TestBook { mode: Mode::Live, ..TestBook::default() }).await;
    live.customer("ada").await;
    live.customer("bob").await;
    cases.add("a live book that nobody pays in", &call(&live).send().await);
    let (shop, fake) = crate::routes::stripe::shop().await;
    shop.customer("ada").await;
    shop.customer("bob").await;
    let needed = call(&shop).key("ended").send().await;
    cases.add("a payment that is not made yet", &needed);
    fake.cancel(&needed.text("/payment_intent_id"));
    cases.add("a payment that was ended", &call(&shop).key("ended").send().await);
}
