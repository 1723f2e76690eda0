//! `POST /api/subscriptions/pause`

use testkit::TestApp;

use crate::cases::Cases;

const PATH: &str = "/api/subscriptions/pause";
const RIGHT: &str = r#"{"user_id":1,"reason":"On holiday"}"#;

#[tokio::test]
async fn it_pauses_at_the_periods_end() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    app.subscribe("1", 1).await;
    insta::assert_snapshot!(app.post(PATH).key("k").json(RIGHT).send().await);
    let again = app.post(PATH).key("k").json(RIGHT).send().await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"), "{again}");
}

#[tokio::test]
async fn every_refusal_of_a_pause_of_a_subscription() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    app.subscribe("1", 1).await;
    app.customer("bob").await;
    let mut cases = Cases::of("pauseSubscription");
    cases.add_form(&app, &app.post(PATH).key("k").json(RIGHT)).await;
    app.post("/api/subscriptions/pause").key("p").json(r#"{"user_id":1}"#).send().await;
    cases.add("it can't", &app.post(PATH).key("cant").json(RIGHT).send().await);
    let none = app.post(PATH).key("none").json(r#"{"user_id":2}"#);
    cases.add("no subscription", &none.send().await);
    let other = app.post(PATH).key("cant").json(r#"{"user_id":1}"#);
    cases.add("a key reused", &other.send().await);
    insta::assert_snapshot!(cases.finish());
}
