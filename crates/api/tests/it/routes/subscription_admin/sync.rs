//! `POST /api/admin/subscriptions/{id}/sync`

use testkit::TestApp;

use crate::cases::Cases;

const PATH: &str = "/api/admin/subscriptions/1/sync";

#[tokio::test]
async fn a_subscription_is_brought_up_to_date() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    app.subscribe("1", 1).await;
    app.get("/api/credits/rate").header("x-test-clock", "2026-12-23T12:00:00Z").send().await;
    let done = app.post(PATH).send().await;
    assert_eq!(done.status(), 200, "{done}");
    assert_eq!(done.json()["current_period"]["number"], 2, "{done}");
}

#[tokio::test]
async fn every_refusal_of_a_synchronisation() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    app.subscribe("1", 1).await;
    let mut cases = Cases::of("syncSubscription");
    cases.add_form(&app, &app.post(PATH)).await;
    let none = app.post("/api/admin/subscriptions/9/sync");
    cases.add("none there", &none.send().await);
    insta::assert_snapshot!(cases.finish());
}
