//! `GET /api/subscriptions`

use testkit::TestApp;

use crate::cases::Cases;

const PATH: &str = "/api/subscriptions?user_id=1";

#[tokio::test]
async fn subscriptions_that_ended_stay_in_the_list() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    app.subscribe("1", 1).await;
    let ended = app.post("/api/admin/subscriptions/1/end").key("e").send().await;
    assert_eq!(ended.status(), 200, "{ended}");
    app.subscribe("1", 2).await;
    let listed = app.get(PATH).send().await.json();
    assert_eq!(listed["total_count"], 2);
    let statuses = [&listed["subscriptions"][0]["status"], &listed["subscriptions"][1]["status"]];
    assert_eq!(statuses, ["active", "cancelled"]);
}

#[tokio::test]
async fn every_refusal_of_a_list_of_subscriptions() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    app.subscribe("1", 1).await;
    let mut cases = Cases::of("listOwnSubscriptions");
    cases.add_form(&app, &app.get(PATH)).await;
    cases.add("a page of none", &app.get(&format!("{PATH}&page_size=0")).send().await);
    cases.add("nobody there", &app.get("/api/subscriptions?user_id=99").send().await);
    insta::assert_snapshot!(cases.finish());
}
