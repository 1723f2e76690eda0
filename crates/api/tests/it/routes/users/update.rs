//! `PATCH /api/admin/users/{id}`

use testkit::TestApp;

use crate::cases::Cases;

const PATH: &str = "/api/admin/users/1";

#[tokio::test]
async fn what_is_left_out_stays_and_null_clears() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let all = r#"{"name":"Ada","email":"al@example.com","role":"support","external_id":"u-7"}"#;
    insta::assert_snapshot!(app.patch(PATH).key("k").json(all).send().await);
    let nothing = app.patch(PATH).json("{}").send().await;
    assert_eq!(nothing.text("/external_id"), "u-7");
    let cleared = app.patch(PATH).json(r#"{"external_id":null}"#).send().await;
    assert!(cleared.json()["external_id"].is_null());
    assert_eq!(cleared.text("/role"), "support");
    let replayed = app.patch(PATH).key("k").json(all).send().await;
    assert_eq!(replayed.header("idempotency-replayed"), Some("true"));
    assert_eq!(replayed.text("/external_id"), "u-7");
}

#[tokio::test]
async fn every_refusal_of_a_change_of_a_user() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    app.customer("bob").await;
    let mut cases = Cases::of("updateUser");
    let right = r#"{"name":"Ada"}"#;
    cases.add_form(&app, &app.patch(PATH).key("k").json(right)).await;
    for (name, body) in [
        ("no role", r#"{"role":"owner"}"#),
        ("an address that is taken", r#"{"email":"BOB@example.com"}"#),
    ] {
        cases.add(name, &app.patch(PATH).json(body).send().await);
    }
    cases.add("not there", &app.patch("/api/admin/users/99").json(right).send().await);
    app.patch(PATH).key("reused").json(right).send().await;
    let other = app.patch(PATH).key("reused").json(r#"{"name":"Eve"}"#).send().await;
    cases.add("a key reused", &other);
    insta::assert_snapshot!(cases.finish());
}
