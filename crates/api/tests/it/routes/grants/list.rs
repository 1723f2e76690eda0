//! `GET /api/credits/grants`

use testkit::TestApp;

use crate::cases::Cases;

#[tokio::test]
async fn grants_come_newest_first_and_by_status() {
    let app = TestApp::start().await;
    app.customer_with("ada", "1").await;
    let later = r#"{"user_id":1,"amount":5,"source":"promotion","description":"Later",
        "effective_at":"2026-12-01T00:00:00Z"}"#;
    app.post("/api/credits/grants").key("g").json(later).send().await;
    app.post("/api/credits/spend").key("s").json(r#"{"user_id":1,"amount":1}"#).send().await;
    insta::assert_snapshot!(app.get("/api/credits/grants?user_id=1").send().await);
    for (status, count) in [("pending", 1), ("spent", 1), ("open", 0), ("frozen", 0)] {
        let path = format!("/api/credits/grants?user_id=1&status={status}");
        let listed = app.get(&path).send().await;
        assert_eq!(listed.json()["total_count"], count, "{status}: {listed}");
    }
}

#[tokio::test]
async fn every_refusal_of_a_list_of_grants() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let mut cases = Cases::of("listGrants");
    cases.add_form(&app, &app.get("/api/credits/grants?user_id=1")).await;
    for (name, query) in [("no status", "user_id=1&status=x"), ("nobody there", "user_id=99")] {
        cases.add(name, &app.get("/api/credits/grants").and_query(query).send().await);
    }
    insta::assert_snapshot!(cases.finish());
}
