//! `POST /api/admin/subscriptions/{id}/end`

use testkit::TestApp;

use crate::cases::Cases;

const PATH: &str = "/api/admin/subscriptions/1/end";

#[tokio::test]
async fn an_end_is_at_once_and_leaves_the_credits() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    app.subscribe("1", 1).await;
    let done = app.post(PATH).key("k").send().await;
    assert_eq!(done.status(), 200, "{done}");
    assert_eq!(done.text("/status"), "cancelled");
    let balance = app.get("/api/credits/balance?user_id=1").send().await.json();
    assert_eq!(balance["current_credits"], 200);
    let log = app.get("/api/admin/audit?action=subscriptions.end").send().await.json();
    assert_eq!(log["total_count"], 1);
}

#[tokio::test]
async fn every_refusal_of_an_end() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    app.subscribe("1", 1).await;
    let mut cases = Cases::of("endSubscription");
    cases.add_form(&app, &app.post(PATH).key("k")).await;
    app.customer("bob").await;
    app.subscribe("2", 1).await;
    app.post(PATH).key("first").send().await;
    cases.add("ended", &app.post(PATH).key("again").send().await);
    app.subscribe("1", 2).await;
    let other = app.post("/api/admin/subscriptions/3/end").key("first");
    cases.add("a key reused", &other.send().await);
    let none = app.post("/api/admin/subscriptions/9/end").key("k");
    cases.add("none there", &none.send().await);
    insta::assert_snapshot!(cases.finish());
}
