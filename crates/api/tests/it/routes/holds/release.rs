//! `POST /api/credits/holds/{id}/release`

use testkit::TestApp;

use crate::cases::Cases;

async fn hold(app: &TestApp, key: &str, more: &str) -> String {
    let body = format!(r#"{{"user_id":1,"amount":1,"expires_in":60{more}}}"#);
    app.post("/api/credits/holds").key(key).json(body).send().await.text("/id")
}

fn path(hold: &str) -> String {
    format!("/api/credits/holds/{hold}/release")
}

#[tokio::test]
async fn a_released_hold_gives_everything_back() {
    let app = TestApp::start().await;
    app.customer_with("ada", "10").await;
    let hold = hold(&app, "h", "").await;
    let released = app.post(&path(&hold)).key("r").send().await;
    let again = app.post(&path(&hold)).key("r").json("{}").send().await;
    assert_eq!(again.body(), released.body());
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    insta::assert_snapshot!(released);
}

#[tokio::test]
async fn a_release_says_nothing_in_its_body() {
    let app = TestApp::start().await;
    app.customer_with("ada", "10").await;
    let hold = hold(&app, "h", "").await;
    for (body, code) in [("{", "malformed_json"), (r#"{"all":true}"#, "invalid_request")] {
        let answer = app.post(&path(&hold)).key("r").json(body).send().await;
        assert_eq!(answer.code(), code);
    }
}

#[tokio::test]
async fn every_refusal_of_a_release() {
    let app = TestApp::start().await;
    app.customer_with("ada", "10").await;
    let mut cases = Cases::of("releaseHold");
    let open = hold(&app, "open", "").await;
    cases.add_form(&app, &app.post(&path(&open)).key("k")).await;
    cases.add("not there", &app.post(&path("hold_1_999")).key("x").send().await);
    cases.add("no id", &app.post(&path("x")).key("x").send().await);
    let child = hold(&app, "child", &format!(r#","parent_id":"{open}""#)).await;
    cases.add("with an open child", &app.post(&path(&open)).key("early").send().await);
    app.post(&path(&child)).key("r").send().await;
    cases.add("released before", &app.post(&path(&child)).key("twice").send().await);
    cases.add("a key reused", &app.post(&path(&open)).key("r").send().await);
    app.hands().pass(61_000_000);
    cases.add("expired", &app.post(&path(&open)).key("late").send().await);
    insta::assert_snapshot!(cases.finish());
}
