//! `GET /api/subscriptions/current`

use testkit::TestApp;

use crate::cases::Cases;

const PATH: &str = "/api/subscriptions/current?user_id=1";

#[tokio::test]
async fn the_current_subscription_says_what_of_its_credits_is_used() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    app.subscribe("1", 1).await;
    let spend = app.post("/api/credits/spend").key("s").json(r#"{"user_id":1,"amount":12.5}"#);
    assert_eq!(spend.send().await.status(), 201);
    insta::assert_snapshot!(app.get(PATH).send().await);
}

#[tokio::test]
async fn every_refusal_of_the_current_subscription() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let mut cases = Cases::of("getCurrentSubscription");
    cases.add_form(&app, &app.get(PATH)).await;
    cases.add("there is none", &app.get(PATH).send().await);
    insta::assert_snapshot!(cases.finish());
}
