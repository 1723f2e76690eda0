//! `GET /api/credits/holds`

use testkit::TestApp;

use crate::cases::Cases;

#[tokio::test]
async fn holds_come_newest_first_and_by_status() {
    let app = TestApp::start().await;
    app.customer_with("ada", "10").await;
    for key in ["a", "b"] {
        app.post("/api/credits/holds").key(key).json(r#"{"user_id":1,"amount":1}"#).send().await;
    }
    app.post("/api/credits/holds/hold_1_4/release").key("r").send().await;
    insta::assert_snapshot!(app.get("/api/credits/holds?user_id=1").send().await);
    for (status, count) in [("open", 1), ("released", 1), ("captured", 0), ("expired", 0)] {
        let path = format!("/api/credits/holds?user_id=1&status={status}");
        let listed = app.get(&path).send().await;
        assert_eq!(listed.json()["total_count"], count, "{status}: {listed}");
    }
}

#[tokio::test]
async fn every_refusal_of_a_list_of_holds() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let mut cases = Cases::of("listHolds");
    cases.add_form(&app, &app.get("/api/credits/holds?user_id=1")).await;
    for (name, query) in [
        ("no status", "user_id=1&status=lost"),
        ("an empty page", "user_id=1&page_size=0"),
        ("nobody there", "user_id=99"),
    ] {
        cases.add(name, &app.get("/api/credits/holds").and_query(query).send().await);
    }
    insta::assert_snapshot!(cases.finish());
}
