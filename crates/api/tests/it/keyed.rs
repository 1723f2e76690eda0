//! Every mutation takes an `Idempotency-Key`: the same key and request again is
//! answered the same and does nothing, another request under it is refused.

use domain::Role;
use serde_json::Value;
use testkit::{Answer, Call, PASSWORD, TestApp};

/// What takes no key, and why.
const WITHOUT: &[(&str, &str)] = &[
    ("signIn", "a session more is a session of the caller's own, ended by itself"),
    ("signOut", "what has ended is ended"),
    ("register", "an address has one account: the second is refused"),
    ("receiveStripeEvent", "an event has an id of its own, and is kept once"),
    ("openCustomerPortal", "nothing is changed"),
    ("quote", "nothing is changed"),
    ("validatePurchase", "nothing is changed"),
    ("previewSubscription", "nothing is changed"),
    ("syncSubscription", "what is due is done once, whoever asks"),
    ("batch", "each of its operations has its own"),
    ("verifyLedger", "nothing is changed"),
    ("syncPayment", "what a provider says is applied once, however often it is asked"),
];

#[tokio::test]
async fn every_operation_that_changes_something_takes_a_key() {
    let app = TestApp::start().await;
    let document = app.get("/openapi.json").send().await.json();
    let mut without = Vec::new();
    for (_, item) in document["paths"].as_object().unwrap() {
        for method in ["post", "put", "patch", "delete"] {
            let Some(operation) = item.get(method) else { continue };
            let takes = |one: &Value| one["name"] == "Idempotency-Key" && one["in"] == "header";
            let parameters = operation["parameters"].as_array();
            if !parameters.is_some_and(|all| all.iter().any(takes)) {
                without.push(operation["operationId"].as_str().unwrap().to_owned());
            }
        }
    }
    without.sort();
    let mut known: Vec<_> = WITHOUT.iter().map(|(id, _)| (*id).to_owned()).collect();
    known.sort();
    assert_eq!(without, known);
}

/// Sends a call twice with one key; the second answer is the first, and says so.
async fn twice(call: &Call, key: &str) -> (Answer, Answer) {
    let first = call.again().key(key).send().await;
    let second = call.again().key(key).send().await;
    assert!(!is_replayed(&first) && is_replayed(&second), "{first}\n{second}");
    assert_eq!(first.status(), second.status());
    (first, second)
}

fn is_replayed(answer: &Answer) -> bool {
    answer.header("idempotency-replayed") == Some("true")
}

#[tokio::test]
async fn a_key_is_made_once_and_its_secret_is_in_the_first_answer_alone() {
    let app = TestApp::start().await;
    let call = app.post("/api/admin/keys").json(r#"{"name":"w","scopes":["credits:read"]}"#);
    let (first, second) = twice(&call, "make").await;
    assert!(first.text("/secret").starts_with("sk_"));
    assert_eq!(second.json()["secret"], Value::Null);
    assert_eq!(first.json()["key"], second.json()["key"]);
    let other = call.again().json(r#"{"name":"v","scopes":["credits:read"]}"#).key("make");
    assert_eq!(other.send().await.code(), "idempotency_key_reused");
    let listed = app.get("/api/admin/keys").send().await.json();
    let named = listed["keys"].as_array().unwrap().iter().filter(|one| one["name"] == "w");
    assert_eq!(named.count(), 1);
}

#[tokio::test]
async fn of_eight_that_make_a_key_at_once_with_one_key_one_has_the_secret() {
    let app = TestApp::start().await;
    let call = app.post("/api/admin/keys").json(r#"{"name":"w","scopes":["credits:read"]}"#);
    let calls = (0..8).map(|_| call.again().key("make").send());
    let answers = futures::future::join_all(calls).await;
    assert!(answers.iter().all(|answer| answer.status() == 201));
    let with_secret = answers.iter().filter(|answer| !answer.json()["secret"].is_null());
    assert_eq!(with_secret.count(), 1);
}

#[tokio::test]
async fn a_revocation_is_done_once_and_spares_the_keys_successor() {
    let app = TestApp::start().await;
    app.key("w", "credits:read").await;
    let call = app.delete("/api/admin/keys/w");
    let first = call.again().key("gone").send().await;
    assert_eq!((first.status(), is_replayed(&first)), (204, false));
    let successor = app.key("w", "credits:read").await;
    app.customer("ada").await;
    let again = call.again().key("gone").send().await;
    assert_eq!((again.status(), is_replayed(&again)), (204, true));
    let read = app.get("/api/credits/balance?user_id=1").by(&successor).send().await;
    assert_eq!(read.status(), 200, "the retry did not revoke it");
}

#[tokio::test]
async fn a_confirmation_of_one_jump_does_not_confirm_the_next() {
    let app = TestApp::start().await;
    let call = app.post("/api/admin/clock/confirm");
    app.hands().set_wall_by(3_600_000_000);
    twice(&call, "first-jump").await;
    assert_eq!(app.get("/readyz").send().await.status(), 200);
    app.hands().set_wall_by(7_200_000_000);
    assert_eq!(call.again().key("first-jump").send().await.status(), 204);
    assert_eq!(app.get("/readyz").send().await.code(), "clock_jump");
    let log = app.get("/api/admin/audit?action=clock.confirm").send().await.json();
    assert_eq!(log["total_count"], 1);
}

#[tokio::test]
async fn a_password_is_changed_once_and_the_key_keeps_nothing_of_it() {
    let app = TestApp::start().await;
    let ada = app.sign_in("ada@example.com", Role::Customer).await;
    let body = |current: &str, new: &str| {
        format!(r#"{{"current_password":"{current}","new_password":"{new}"}}"#)
    };
    let call = ada.post("/api/auth/password").json(body(PASSWORD, "battery staple"));
    twice(&call, "change").await;
    let other = ada.post("/api/auth/password").json(body(PASSWORD, "horse battery"));
    let other = other.key("change").send().await;
    assert!(is_replayed(&other), "{other}");
    let login = r#"{"email":"ada@example.com","password":"battery staple"}"#;
    assert_eq!(app.post("/api/auth/login").json(login).send().await.status(), 200);
}

#[tokio::test]
async fn pausing_and_resuming_for_one_job_may_use_its_name_for_both() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let change = |what: &str| {
        app.post(&format!("/api/admin/credits/{what}")).json(r#"{"user_id":1,"reason":"job"}"#)
    };
    let resume = app.post("/api/admin/credits/resume").json(r#"{"user_id":1}"#);
    for call in [change("pause"), resume, change("suspend")] {
        let (first, _) = twice(&call, "job-7").await;
        assert_eq!(first.status(), 200, "{first}");
    }
}

#[tokio::test]
async fn a_purchase_with_a_renewed_quote_is_the_same_purchase() {
    let app = TestApp::start().await;
    let ada = app.sign_in("ada@example.com", Role::Customer).await;
    let quote = async || {
        let asked = ada.post("/api/credits/purchase/validate").json(r#"{"amount":100}"#);
        asked.send().await.text("/quote")
    };
    let buy = |quote: &str| {
        ada.post("/api/credits/purchase")
            .json(format!(r#"{{"amount":100,"description":"Credits","quote":"{quote}"}}"#))
            .key("buy")
            .send()
    };
    let first = buy(&quote().await).await;
    assert_eq!((first.status(), is_replayed(&first)), (200, false), "{first}");
    app.hands().pass(domain::Time::SECOND);
    let again = buy(&quote().await).await;
    assert_eq!((again.status(), is_replayed(&again)), (200, true), "{again}");
    assert_eq!(first.json(), again.json());
}

#[tokio::test]
async fn a_moved_clock_is_in_the_audit_log() {
    let app = TestApp::start().await;
    let read = app.get("/api/admin/users").header("x-test-clock", "2027-01-01T00:00:00Z");
    assert_eq!(read.again().send().await.status(), 200);
    assert_eq!(read.send().await.status(), 200, "the same time again moves nothing");
    let log = app.get("/api/admin/audit?action=clock.advance").send().await.json();
    assert_eq!(log["total_count"], 1);
    assert_eq!(log["entries"][0]["after"]["at"], "2027-01-01T00:00:00Z");
}
