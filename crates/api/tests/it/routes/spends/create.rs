//! `POST /api/credits/spend`

use domain::Status;
use testkit::{Answer, TestApp};

use crate::cases::Cases;

const PATH: &str = "/api/credits/spend";

async fn spend(app: &TestApp, key: &str, body: &str) -> Answer {
    app.post(PATH).key(key).json(body.to_owned()).send().await
}

#[tokio::test]
async fn a_spend_takes_an_amount_and_keeps_all_that_was_said() {
    let app = TestApp::start().await;
    app.customer_with("ada", "10").await;
    let body = r#"{
        "user_id": 1, "amount": "2.500001", "service": "ai_chat", "description": "One \u201creport\u201d",
        "job_id": "run-7", "labels": {"team": "search", "model": "large"},
        "metadata": {"z": 12345678901234567890.10, "a": [1, null]},
        "occurred_at": "2026-11-23T12:30:00.5+01:00"
    }"#;
    insta::assert_snapshot!(spend(&app, "k", body).await);
}

#[tokio::test]
async fn a_spend_of_quantities_costs_what_the_price_says() {
    let app = TestApp::start().await;
    app.customer_with("ada", "10").await;
    let body =
        r#"{"user_id":1,"service":"llm","quantities":{"input_tokens":1500,"output_tokens":0}}"#;
    insta::assert_snapshot!(spend(&app, "k", body).await);
}

#[tokio::test]
async fn the_same_key_gives_the_stored_answer() {
    let app = TestApp::start().await;
    app.customer_with("ada", "10").await;
    let body = r#"{"user_id":1,"amount":4}"#;
    let first = spend(&app, "k", body).await;
    let other_form = r#" { "amount" : "4.000", "user_id" : "1", "job_id": null } "#;
    for again in [body, other_form] {
        let again = spend(&app, "k", again).await;
        assert_eq!((again.status(), again.body()), (201, first.body()), "{again}");
        assert_eq!(again.header("idempotency-replayed"), Some("true"));
    }
    assert_eq!(first.header("idempotency-replayed"), None);
}

#[tokio::test]
async fn a_refusal_is_the_outcome_of_its_key_for_ever() {
    let app = TestApp::start().await;
    app.customer_with("ada", "10").await;
    let body = r#"{"user_id":1,"amount":11}"#;
    let refused = spend(&app, "k", body).await;
    let more = r#"{"user_id":1,"amount":100,"source":"admin","description":"More"}"#;
    app.post("/api/credits/grants").key("g").json(more).send().await;
    let again = spend(&app, "k", body).await;
    assert_eq!((again.status(), again.body()), (402, refused.body()));
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(spend(&app, "another", body).await.status(), 201);
}

#[tokio::test]
async fn every_refusal_of_a_spend() {
    let app = TestApp::start().await;
    app.customer_with("ada", "10").await;
    let mut cases = Cases::of("spend");
    cases.add_form(&app, &app.post(PATH).key("k").json(r#"{"user_id":1,"amount":1}"#)).await;
    let service = r#"{"user_id":1,"service":"nope","quantities":{"requests":1}}"#;
    let dimension = r#"{"user_id":1,"service":"ai_chat","quantities":{"minutes":1}}"#;
    for (name, body) in [
        ("no amount", r#"{"user_id":1}"#),
        ("an amount and quantities", r#"{"user_id":1,"amount":1,"quantities":{"requests":1}}"#),
        ("quantities of nothing", r#"{"user_id":1,"quantities":{"requests":1}}"#),
        ("quantities of a service that is not there", service),
        ("quantities that have no price", dimension),
        ("a key names nobody", r#"{"amount":1}"#),
        ("nobody there", r#"{"user_id":99,"amount":1}"#),
        ("more than there is", r#"{"user_id":1,"amount":10.000001}"#),
    ] {
        cases.add(name, &spend(&app, name.replace(' ', "-").as_str(), body).await);
    }
    spend(&app, "reused", r#"{"user_id":1,"amount":1}"#).await;
    cases.add("a key reused", &spend(&app, "reused", r#"{"user_id":1,"amount":2}"#).await);
    for (name, status) in [("paused", Status::Paused), ("suspended", Status::Suspended)] {
        app.set_status(domain::UserId::from_number(1), status).await;
        cases.add(name, &spend(&app, name, r#"{"user_id":1,"amount":1}"#).await);
    }
    insta::assert_snapshot!(cases.finish());
}
