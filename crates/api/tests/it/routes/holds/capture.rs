//! `POST /api/credits/holds/{id}/capture`

use testkit::{Answer, TestApp};

use crate::cases::Cases;

async fn hold(app: &TestApp, key: &str, body: &str) -> String {
    let placed = app.post("/api/credits/holds").key(key).json(body.to_owned()).send().await;
    format!("/api/credits/holds/{}", placed.text("/id"))
}

async fn capture(app: &TestApp, hold: &str, key: &str, body: &str) -> Answer {
    app.post(&format!("{hold}/capture")).key(key).json(body.to_owned()).send().await
}

#[tokio::test]
async fn a_final_capture_charges_and_gives_the_rest_back() {
    let app = TestApp::start().await;
    app.customer_with("ada", "10").await;
    let body = r#"{"user_id":1,"service":"ai_chat","quantities":{"requests":2},"job_id":"run-7"}"#;
    let hold = hold(&app, "h", body).await;
    let used = r#"{"quantities":{"requests":1},"description":"One answer"}"#;
    insta::assert_snapshot!(capture(&app, &hold, "c", used).await);
}

#[tokio::test]
async fn a_partial_capture_leaves_the_hold_open() {
    let app = TestApp::start().await;
    app.customer_with("ada", "10").await;
    let hold = hold(&app, "h", r#"{"user_id":1,"amount":5}"#).await;
    let part = capture(&app, &hold, "c", r#"{"amount":1.5,"final":false}"#).await;
    let json = part.json();
    assert_eq!(
        (&json["hold"]["status"], &json["hold"]["remaining"]),
        (&"open".into(), &3.5.into())
    );
    let again = capture(&app, &hold, "c", r#"{"amount":"1.50","final":false}"#).await;
    assert_eq!(again.body(), part.body());
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
}

#[tokio::test]
async fn every_refusal_of_a_capture() {
    let app = TestApp::start().await;
    app.customer_with("ada", "10").await;
    let mut cases = Cases::of("captureHold");
    let open = hold(&app, "open", r#"{"user_id":1,"amount":2}"#).await;
    let right = app.post(&format!("{open}/capture")).key("k").json(r#"{"amount":1}"#);
    cases.add_form(&app, &right).await;
    for (name, body) in [
        ("no amount", "{}"),
        ("an amount and quantities", r#"{"amount":1,"quantities":{"requests":1}}"#),
        ("quantities of a hold without a price", r#"{"quantities":{"requests":1}}"#),
        ("final is no truth", r#"{"amount":1,"final":"yes"}"#),
        ("more than it may", r#"{"amount":2.000001}"#),
    ] {
        cases.add(name, &capture(&app, &open, &name.replace(' ', "-"), body).await);
    }
    let child =
        format!(r#"{{"user_id":1,"amount":1,"parent_id":"{}"}}"#, open.rsplit('/').next().unwrap());
    let child = hold(&app, "child", &child).await;
    cases.add("with an open child", &capture(&app, &open, "early", r#"{"amount":1}"#).await);
    capture(&app, &child, "once", r#"{"amount":0.5}"#).await;
    cases.add("a key reused", &capture(&app, &child, "once", r#"{"amount":0.6}"#).await);
    cases.add("settled before", &capture(&app, &child, "twice", r#"{"amount":0.5}"#).await);
    for (name, path) in
        [("not-there", "/api/credits/holds/hold_1_999"), ("no-id", "/api/credits/holds/first")]
    {
        cases.add(name, &capture(&app, path, name, r#"{"amount":1}"#).await);
    }
    app.hands().pass(901_000_000);
    cases.add("expired", &capture(&app, &open, "late", r#"{"amount":1}"#).await);
    insta::assert_snapshot!(cases.finish());
}
