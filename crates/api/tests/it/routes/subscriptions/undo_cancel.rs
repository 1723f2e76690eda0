//! `POST /api/subscriptions/undo-cancel`

use testkit::TestApp;

use crate::cases::Cases;

const PATH: &str = "/api/subscriptions/undo-cancel";
const RIGHT: &str = r#"{"user_id":1}"#;

#[tokio::test]
async fn it_goes_on_after_all() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    app.subscribe("1", 1).await;
    app.post("/api/subscriptions/cancel").key("c").json(r#"{"user_id":1}"#).send().await;
    insta::assert_snapshot!(app.post(PATH).key("k").json(RIGHT).send().await);
    let again = app.post(PATH).key("k").json(RIGHT).send().await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"), "{again}");
}

#[tokio::test]
async fn every_refusal_of_an_undone_cancellation() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    app.subscribe("1", 1).await;
    app.customer("bob").await;
    let mut cases = Cases::of("undoCancelSubscription");
    cases.add_form(&app, &app.post(PATH).key("k").json(RIGHT)).await;
    cases.add("it can't", &app.post(PATH).key("cant").json(RIGHT).send().await);
    let none = app.post(PATH).key("none").json(r#"{"user_id":2}"#);
    cases.add("no subscription", &none.send().await);
    insta::assert_snapshot!(cases.finish());
}
