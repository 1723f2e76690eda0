//! `POST /api/admin/subscriptions/{id}/grant`

use testkit::TestApp;

use crate::cases::Cases;

const PATH: &str = "/api/admin/subscriptions/1/grant";

#[tokio::test]
async fn a_period_that_is_not_paid_is_given_once() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let declining =
        r#"{"user_id":1,"package_id":1,"payment_method":"pm_test_declined_on_renewal"}"#;
    app.post("/api/subscriptions").key("s").json(declining).send().await;
    app.get("/api/credits/rate").header("x-test-clock", "2026-12-23T12:00:00Z").send().await;
    app.run_jobs().await;
    let late = app.get("/api/subscriptions/current?user_id=1").send().await;
    assert_eq!(late.text("/status"), "past_due");
    let done = app.post(PATH).key("k").json(r#"{"reason":"Paid by bank transfer"}"#).send().await;
    assert_eq!(done.status(), 200, "{done}");
    assert_eq!(done.text("/status"), "active");
    app.post("/api/admin/subscriptions/1/grant").key("l").json(r#"{"reason":"x"}"#).send().await;
    let balance = app.get("/api/credits/balance?user_id=1").send().await.json();
    assert_eq!(balance["current_credits"], 200);
}

#[tokio::test]
async fn every_refusal_of_a_periods_grant() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    app.subscribe("1", 1).await;
    let mut cases = Cases::of("grantSubscriptionPeriod");
    cases
        .add_form(&app, &app.post(PATH).key("k").json(r#"{"reason":"Paid by bank transfer"}"#))
        .await;
    app.post(PATH).key("first").json(r#"{"reason":"x"}"#).send().await;
    let other = app.post(PATH).key("first").json(r#"{"reason":"y"}"#);
    cases.add("a key reused", &other.send().await);
    cases.add("no reason", &app.post(PATH).key("n").json("{}").send().await);
    let none = app
        .post("/api/admin/subscriptions/9/grant")
        .key("k")
        .json(r#"{"reason":"Paid by bank transfer"}"#);
    cases.add("none there", &none.send().await);
    app.post("/api/subscriptions/pause").key("p").json(r#"{"user_id":1}"#).send().await;
    app.get("/api/credits/rate").header("x-test-clock", "2026-12-23T12:00:00Z").send().await;
    app.run_jobs().await;
    let paused = app.post(PATH).key("paused").json(r#"{"reason":"A favour"}"#);
    cases.add("nothing is owed", &paused.send().await);
    insta::assert_snapshot!(cases.finish());
}
