//! `GET /api/credits/balance`

use testkit::TestApp;

use crate::cases::Cases;

const DAY: i64 = 86_400_000_000;

#[tokio::test]
async fn a_balance_says_what_there_is_and_what_of_it_is_free() {
    let app = TestApp::start().await;
    let user = app.customer_with("ada", "100").await;
    let promotion = format!(
        r#"{{"user_id":{user},"amount":20,"source":"promotion","description":"Welcome",
            "expires_at":"2026-12-01T00:00:00Z"}}"#
    );
    assert_eq!(app.post("/api/credits/grants").key("g").json(promotion).send().await.status(), 201);
    let hold = format!(r#"{{"user_id":{user},"amount":30.5,"expires_in":600}}"#);
    assert_eq!(app.post("/api/credits/holds").key("h").json(hold).send().await.status(), 201);
    insta::assert_snapshot!(app.get("/api/credits/balance?user_id=1").send().await);
}

#[tokio::test]
async fn a_balance_of_the_past_is_what_there_was_then() {
    let app = TestApp::start().await;
    let user = app.customer_with("ada", "100").await;
    app.hands().pass(DAY);
    let spend = format!(r#"{{"user_id":{user},"amount":1}}"#);
    app.post("/api/credits/spend").key("s").json(spend).send().await;
    app.hands().pass(DAY);
    let path = "/api/credits/balance?user_id=1&at=2026-11-24T06:00:00Z";
    insta::assert_snapshot!(app.get(path).send().await);
}

#[tokio::test]
async fn a_balance_is_found_by_the_id_in_the_callers_system() {
    let app = TestApp::start().await;
    let user = r#"{"email":"ada@example.com","name":"Ada","role":"customer","external_id":"u-7"}"#;
    let made = app.post("/api/admin/users").json(user).send().await;
    let found = app.get("/api/credits/balance?external_id=u-7&min_seq=1").send().await;
    assert_eq!(found.json()["user_id"], made.json()["id"], "{found}");
}

#[tokio::test]
async fn every_refusal_of_a_balance() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let mut cases = Cases::of("getBalance");
    cases.add_form(&app, &app.get("/api/credits/balance?user_id=1")).await;
    for (name, query) in [
        ("nobody named", ""),
        ("named twice", "user_id=1&external_id=u-7"),
        ("no id", "user_id=ada"),
        ("in the future", "user_id=1&at=2026-11-24T00:00:00Z"),
        ("no time", "user_id=1&at=yesterday"),
        ("nobody there", "user_id=99"),
        ("nobody there of that id", "external_id=u-99"),
        ("a record that never comes", "user_id=1&min_seq=1000000"),
    ] {
        let answer = app.get("/api/credits/balance").and_query(query).send().await;
        cases.add(name, &answer);
    }
    insta::assert_snapshot!(cases.finish());
}
