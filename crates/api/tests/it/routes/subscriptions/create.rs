//! `POST /api/subscriptions`

use domain::{Mode, Status, UserId};
use testkit::{TestApp, TestBook};

use crate::cases::Cases;

const PATH: &str = "/api/subscriptions";
const RIGHT: &str = r#"{"user_id":1,"package_id":1}"#;

#[tokio::test]
async fn a_subscription_is_paid_and_its_credits_are_there() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    insta::assert_snapshot!(app.post(PATH).key("k").json(RIGHT).send().await);
    let again = app.post(PATH).key("k").json(RIGHT).send().await;
    assert_eq!((again.status(), again.header("idempotency-replayed")), (201, Some("true")));
    let balance = app.get("/api/credits/balance?user_id=1").send().await.json();
    assert_eq!(balance["current_credits"], 200);
    assert_eq!(balance["next_billing_date"], "2026-12-23T12:00:00Z");
    assert_eq!(balance["subscription"]["package"]["name"], "Starter");
    let summary = app.get("/api/credits/summary?user_id=1").send().await.json();
    assert_eq!(summary["subscription"]["id"], 1);
    let users = app.get("/api/admin/credits/users/status").send().await.json();
    let row = (&users["users"][0]["subscription_status"], &users["users"][0]["package"]);
    assert_eq!((row.0.as_str(), row.1.as_str()), (Some("active"), Some("Starter")));
    let history = app.get("/api/credits/transactions?user_id=1").send().await.json();
    let first = &history["transactions"][0];
    assert_eq!(first["subscription_id"], 1, "{first}");
    assert_eq!(first["dollar_amount"].to_string(), "19.99");
    assert_eq!(first["transaction_type"], "subscription");
}

#[tokio::test]
async fn a_trial_says_what_its_owner_confirms_until_they_did() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let trial = r#"{"trial":{"days":14,"credits":50}}"#;
    assert_eq!(app.patch("/api/admin/packages/1").json(trial).send().await.status(), 200);
    let late = r#"{"user_id":1,"package_id":1,"payment_method":"pm_test_confirms_late"}"#;
    let begun = app.post(PATH).key("k").json(late).send().await;
    insta::assert_snapshot!("a_trial_with_a_card_to_confirm", begun);
    let setup = &begun.json()["card_setup"];
    let current = || async {
        app.get("/api/subscriptions/current?user_id=1").send().await.json()["card_setup"].clone()
    };
    assert_eq!(&current().await, setup);
    let again = app.post(PATH).key("k").json(late).send().await;
    assert_eq!(&again.json()["card_setup"], setup);
    let listed = app.get("/api/subscriptions?user_id=1").send().await.json();
    assert!(listed["subscriptions"][0]["card_setup"].is_null(), "{listed}");
    let later = app.get("/api/subscriptions/current?user_id=1");
    let later = later.header("x-test-clock", "2026-11-23T13:00:00Z").send().await;
    assert!(later.json()["card_setup"].is_null(), "{later}");
}

#[tokio::test]
async fn every_refusal_of_a_subscription() {
    let app = TestApp::start().await;
    for name in ["ada", "bob", "eve"] {
        app.customer(name).await;
    }
    let mut cases = Cases::of("subscribe");
    cases.add_form(&app, &app.post(PATH).key("k").json(RIGHT)).await;
    app.post(PATH).key("first").json(RIGHT).send().await;
    for (name, body) in [
        ("no package", r#"{"user_id":2}"#),
        ("a package that is none", r#"{"user_id":2,"package_id":"x"}"#),
        ("a package nobody offers", r#"{"user_id":2,"package_id":9}"#),
        ("a payment method that is none", r#"{"user_id":2,"package_id":1,"payment_method":"x"}"#),
        ("a key names nobody", r#"{"package_id":1}"#),
        ("nobody there", r#"{"user_id":99,"package_id":1}"#),
        ("subscribed already", RIGHT),
        ("declined", r#"{"user_id":2,"package_id":1,"payment_method":"pm_test_declined"}"#),
        (
            "not confirmed yet",
            r#"{"user_id":2,"package_id":1,"payment_method":"pm_test_confirms_late"}"#,
        ),
    ] {
        cases.add(name, &app.post(PATH).key(&name.replace(' ', "_")).json(body).send().await);
    }
    let other = app.post(PATH).key("first").json(r#"{"user_id":1,"package_id":2}"#);
    cases.add("a key reused", &other.send().await);
    for (name, status) in [("paused", Status::Paused), ("suspended", Status::Suspended)] {
        app.set_status(UserId::from_number(3), status).await;
        let call = app.post(PATH).key(name).json(r#"{"user_id":3,"package_id":1}"#);
        cases.add(name, &call.send().await);
    }
    app.customer("max").await;
    app.fill(UserId::from_number(4)).await;
    let full = app.post(PATH).key("full").json(r#"{"user_id":4,"package_id":1}"#);
    cases.add("a full wallet", &full.send().await);
    let live = TestApp::start_with(TestBook { mode: Mode::Live, ..TestBook::default() }).await;
    live.customer("ada").await;
    let call = live.post(PATH).key("k").json(RIGHT);
    cases.add("a live book that nobody pays in", &call.send().await);
    insta::assert_snapshot!(cases.finish());
}
