//! `GET /api/credits/holds/{id}`

use testkit::TestApp;

use crate::cases::Cases;

#[tokio::test]
async fn a_hold_past_its_expiry_is_settled_without_anybody_doing_it() {
    let app = TestApp::start().await;
    app.customer_with("ada", "10").await;
    let body = r#"{"user_id":1,"amount":4,"expires_in":60}"#;
    let placed = app.post("/api/credits/holds").key("h").json(body).send().await;
    let path = format!("/api/credits/holds/{}", placed.text("/id"));
    assert_eq!(app.get(&path).send().await.body(), placed.body());
    app.hands().pass(61_000_000);
    insta::assert_snapshot!(app.get(&path).send().await);
}

#[tokio::test]
async fn every_refusal_of_a_hold_that_is_looked_at() {
    let app = TestApp::start().await;
    app.customer_with("ada", "10").await;
    let body = r#"{"user_id":1,"amount":4}"#;
    let placed = app.post("/api/credits/holds").key("h").json(body).send().await;
    let mut cases = Cases::of("getHold");
    let path = format!("/api/credits/holds/{}", placed.text("/id"));
    cases.add_form(&app, &app.get(&path)).await;
    for (name, id) in [("not there", "hold_1_999"), ("no hold", "hold_1_3"), ("no id", "hold")] {
        cases.add(name, &app.get(&format!("/api/credits/holds/{id}")).send().await);
    }
    insta::assert_snapshot!(cases.finish());
}
