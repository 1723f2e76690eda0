//! `GET /api/admin/subscriptions/{id}`

use testkit::TestApp;

use crate::cases::Cases;

const PATH: &str = "/api/admin/subscriptions/1";

#[tokio::test]
async fn anybodys_is_what_its_owner_sees() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    app.subscribe("1", 1).await;
    let own = app.get("/api/subscriptions/current?user_id=1").send().await;
    assert_eq!(app.get(PATH).send().await.body(), own.body());
}

#[tokio::test]
async fn every_refusal_of_anybodys_subscription() {
    let app = TestApp::start().await;
    let mut cases = Cases::of("getSubscription");
    cases.add_form(&app, &app.get(PATH)).await;
    cases.add("none there", &app.get(PATH).send().await);
    insta::assert_snapshot!(cases.finish());
}
