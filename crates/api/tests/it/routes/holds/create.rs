//! `POST /api/credits/holds`

use domain::Status;
use testkit::{Answer, TestApp};

use crate::cases::Cases;

const PATH: &str = "/api/credits/holds";

async fn hold(app: &TestApp, key: &str, body: &str) -> Answer {
    app.post(PATH).key(key).json(body.to_owned()).send().await
}

#[tokio::test]
async fn a_hold_reserves_credits_and_keeps_all_that_was_said() {
    let app = TestApp::start().await;
    app.customer_with("ada", "10").await;
    let body = r#"{
        "user_id": 1, "service": "llm", "quantities": {"input_tokens": 1000, "output_tokens": 500},
        "description": "A chat", "job_id": "run-7", "labels": {"team": "search"},
        "metadata": {"row": 12}, "expires_in": 600, "on_expiry": "capture",
        "over_capture": "up_to_available"
    }"#;
    insta::assert_snapshot!(hold(&app, "k", body).await);
}

#[tokio::test]
async fn a_hold_below_another_draws_on_it() {
    let app = TestApp::start().await;
    app.customer_with("ada", "10").await;
    let parent = hold(&app, "p", r#"{"user_id":1,"amount":8}"#).await.text("/id");
    let child = format!(r#"{{"user_id":1,"amount":3,"parent_id":"{parent}"}}"#);
    let child = hold(&app, "c", &child).await;
    assert_eq!(child.text("/parent_id"), parent);
    let balance = app.get("/api/credits/balance?user_id=1").send().await.json();
    assert_eq!((&balance["held"], &balance["available"]), (&8.into(), &2.into()));
}

#[tokio::test]
async fn the_same_key_gives_the_stored_answer() {
    let app = TestApp::start().await;
    app.customer_with("ada", "10").await;
    let body = r#"{"user_id":1,"amount":4}"#;
    let first = hold(&app, "k", body).await;
    let release = format!("{PATH}/{}/release", first.text("/id"));
    assert_eq!(app.post(&release).key("r").send().await.status(), 200);
    let again = hold(&app, "k", body).await;
    assert_eq!(again.body(), first.body(), "a stored answer holds nothing live");
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
}

#[tokio::test]
async fn every_refusal_of_a_hold() {
    let app = TestApp::start().await;
    app.customer_with("ada", "10").await;
    let mut cases = Cases::of("createHold");
    cases.add_form(&app, &app.post(PATH).key("k").json(r#"{"user_id":1,"amount":1}"#)).await;
    for (name, body) in [
        ("no-amount", r#"{"user_id":1}"#),
        ("no-time-to-live", r#"{"user_id":1,"amount":1,"expires_in":0}"#),
        ("too-long", r#"{"user_id":1,"amount":1,"expires_in":2592001}"#),
        ("half-a-second", r#"{"user_id":1,"amount":1,"expires_in":0.5}"#),
        ("no-such-policy", r#"{"user_id":1,"amount":1,"on_expiry":"keep"}"#),
        ("a-parent-that-is-no-id", r#"{"user_id":1,"amount":1,"parent_id":"tx_1_2"}"#),
        ("a-parent-that-is-not-there", r#"{"user_id":1,"amount":1,"parent_id":"hold_1_999"}"#),
        ("nobody-there", r#"{"user_id":99,"amount":1}"#),
        ("more-than-there-is", r#"{"user_id":1,"amount":10.5}"#),
    ] {
        cases.add(name, &hold(&app, name, body).await);
    }
    hold(&app, "reused", r#"{"user_id":1,"amount":1,"expires_in":60}"#).await;
    cases.add("a key reused", &hold(&app, "reused", r#"{"user_id":1,"amount":2}"#).await);
    add_parents(&app, &mut cases).await;
    for (name, status) in [("paused", Status::Paused), ("suspended", Status::Suspended)] {
        app.set_status(domain::UserId::from_number(1), status).await;
        cases.add(name, &hold(&app, name, r#"{"user_id":1,"amount":1}"#).await);
    }
    insta::assert_snapshot!(cases.finish());
}

/// Parents that can't have a child: one too deep, a settled one, an expired one.
async fn add_parents(app: &TestApp, cases: &mut Cases) {
    let mut parent = hold(app, "level-1", r#"{"user_id":1,"amount":2}"#).await.text("/id");
    for level in 2..=9 {
        let body = format!(r#"{{"user_id":1,"amount":1,"parent_id":"{parent}"}}"#);
        let child = hold(app, &format!("level-{level}"), &body).await;
        if level == 9 {
            cases.add("nested too deep", &child);
        } else {
            parent = child.text("/id");
        }
    }
    let settled = hold(app, "settled", r#"{"user_id":1,"amount":1}"#).await.text("/id");
    app.post(&format!("{PATH}/{settled}/release")).key("settle").send().await;
    let expired =
        hold(app, "expired", r#"{"user_id":1,"amount":1,"expires_in":1}"#).await.text("/id");
    app.hands().pass(2_000_000);
    for (name, parent) in [("below-a-settled", settled), ("below-an-expired", expired)] {
        let body = format!(r#"{{"user_id":1,"amount":1,"parent_id":"{parent}"}}"#);
        cases.add(name, &hold(app, name, &body).await);
    }
}
