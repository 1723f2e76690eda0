//! What is wrong is looked for in one order: the caller (401), their scope
//! (403), the form (400, 413, 415), the values (422), the key, the thing (404),
//! its state (402, 409). So who may not ask learns nothing, and a key's outcome
//! comes before whatever has changed since.

use testkit::{Call, TestApp};

async fn code(call: &Call) -> String {
    call.again().send().await.code()
}

#[tokio::test]
async fn everything_wrong_at_once_is_told_one_by_one() {
    let app = TestApp::start().await;
    app.customer_with("ada", "1").await;
    let reader = app.key("reader", "credits:read").await;
    let spender = app.key("spender", "credits:spend").await;
    let large = format!("{{{}", " ".repeat(65_536));
    let call = app.post("/api/credits/holds/no-id/capture").body(large.clone());
    let call = call.without("authorization");
    assert_eq!(code(&call).await, "unauthenticated");
    let call = call.by(&reader);
    assert_eq!(code(&call).await, "forbidden");
    let call = call.by(&spender);
    assert_eq!(code(&call).await, "idempotency_key_missing");
    let call = call.key("k");
    assert_eq!(code(&call).await, "unsupported_media_type");
    let call = call.json(large);
    assert_eq!(code(&call).await, "body_too_large");
    let call = call.json(r#"{"amount": -1, "#);
    assert_eq!(code(&call).await, "malformed_json");
    let call = call.json(r#"{"amount": -1}"#);
    assert_eq!(code(&call).await, "invalid_request");
    let call = call.json(r#"{"amount": 1}"#);
    assert_eq!(code(&call).await, "not_found");
}

#[tokio::test]
async fn values_are_looked_at_before_the_thing_is_looked_for() {
    let app = TestApp::start().await;
    for (path, body) in [
        ("/api/admin/services/N-O/versions", r#"{"dimensions":{}}"#),
        ("/api/credits/holds/hold_1_999/extend", r#"{"expires_in":-1}"#),
    ] {
        let call = app.post(path).key("k").json(body);
        assert_eq!(code(&call).await, "invalid_request", "{path}");
    }
    let call = app.patch("/api/admin/users/no-id").json(r#"{"role":"owner"}"#);
    assert_eq!(code(&call).await, "invalid_request");
}

#[tokio::test]
async fn a_key_is_looked_up_before_what_has_changed_since() {
    let app = TestApp::start().await;
    app.customer_with("ada", "10").await;
    let hold = app.post("/api/credits/holds").key("h").json(r#"{"user_id":1,"amount":5}"#);
    let id = hold.again().send().await.text("/id");
    let path = format!("/api/credits/holds/{id}/capture");
    let capture = app.post(&path).key("c").json(r#"{"amount":5}"#);
    let done = capture.again().send().await;
    let spend = app.post("/api/credits/spend").key("s").json(r#"{"user_id":1,"amount":5}"#);
    let spent = spend.again().send().await;
    // The hold is settled by now, and the credits are gone.
    for (call, first) in [(capture, done), (spend, spent)] {
        let again = call.send().await;
        assert_eq!((again.status(), again.body()), (first.status(), first.body()));
        assert_eq!(again.header("idempotency-replayed"), Some("true"));
    }
    let reused = app.post(&path).key("c").json(r#"{"amount":4}"#);
    assert_eq!(code(&reused).await, "idempotency_key_reused", "before hold_settled");
}

#[tokio::test]
async fn the_thing_is_looked_for_before_its_state() {
    let app = TestApp::start().await;
    app.customer_with("ada", "1").await;
    let id = app.post("/api/credits/holds").key("h").json(r#"{"user_id":1,"amount":1}"#);
    let path = format!("/api/credits/holds/{}/release", id.send().await.text("/id"));
    assert_eq!(app.post(&path).key("r").send().await.status(), 200);
    assert_eq!(code(&app.post(&path).key("r2")).await, "hold_settled");
    assert_eq!(code(&app.post("/api/credits/holds/hold_1_99/release").key("r")).await, "not_found");
}
