//! `POST /api/credits/holds/{id}/extend`

use testkit::{Answer, TestApp};

use crate::cases::Cases;

async fn hold(app: &TestApp, key: &str) -> String {
    let body = r#"{"user_id":1,"amount":1,"expires_in":60}"#;
    let placed = app.post("/api/credits/holds").key(key).json(body).send().await;
    format!("/api/credits/holds/{}", placed.text("/id"))
}

async fn extend(app: &TestApp, hold: &str, key: &str, body: &str) -> Answer {
    app.post(&format!("{hold}/extend")).key(key).json(body.to_owned()).send().await
}

#[tokio::test]
async fn an_extended_hold_expires_later() {
    let app = TestApp::start().await;
    app.customer_with("ada", "10").await;
    let hold = hold(&app, "h").await;
    app.hands().pass(30_000_000);
    insta::assert_snapshot!(extend(&app, &hold, "e", r#"{"expires_in":120}"#).await);
    let again = extend(&app, &hold, "e", r#"{"expires_in":"120"}"#).await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
}

#[tokio::test]
async fn every_refusal_of_an_extension() {
    let app = TestApp::start().await;
    app.customer_with("ada", "10").await;
    let mut cases = Cases::of("extendHold");
    let open = hold(&app, "open").await;
    let right = app.post(&format!("{open}/extend")).key("k").json(r#"{"expires_in":90}"#);
    cases.add_form(&app, &right).await;
    for (name, body) in [
        ("no-time", "{}"),
        ("none-left", r#"{"expires_in":0}"#),
        ("too-long", r#"{"expires_in":2592001}"#),
    ] {
        cases.add(name, &extend(&app, &open, name, body).await);
    }
    let missing = extend(&app, "/api/credits/holds/hold_1_999", "x", r#"{"expires_in":90}"#).await;
    cases.add("not there", &missing);
    extend(&app, &open, "reused", r#"{"expires_in":90}"#).await;
    cases.add("a key reused", &extend(&app, &open, "reused", r#"{"expires_in":91}"#).await);
    let settled = hold(&app, "settled").await;
    app.post(&format!("{settled}/release")).key("r").send().await;
    cases.add("settled", &extend(&app, &settled, "s", r#"{"expires_in":90}"#).await);
    app.hands().pass(50_000_000);
    let longer = extend(&app, &open, "l", r#"{"expires_in":2592000}"#).await;
    cases.add("a life too long", &longer);
    app.hands().pass(60_000_000);
    cases.add("expired", &extend(&app, &open, "late", r#"{"expires_in":90}"#).await);
    insta::assert_snapshot!(cases.finish());
}
