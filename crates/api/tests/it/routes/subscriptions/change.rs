//! `POST /api/subscriptions/change`

use domain::{Status, UserId};
use testkit::TestApp;

use crate::cases::Cases;

const PATH: &str = "/api/subscriptions/change";
const UP: &str = r#"{"user_id":1,"package_id":2}"#;

#[tokio::test]
async fn a_larger_package_is_taken_at_once_and_a_smaller_one_at_the_periods_end() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    app.subscribe("1", 1).await;
    insta::assert_snapshot!(app.post(PATH).key("up").json(UP).send().await);
    let down = r#"{"user_id":1,"package_id":1}"#;
    insta::assert_snapshot!("smaller", app.post(PATH).key("down").json(down).send().await);
    let kept = app.post(PATH).key("kept").json(UP).send().await.json();
    assert!(kept["next_package"].is_null(), "undone: {kept}");
}

#[tokio::test]
async fn every_refusal_of_a_change() {
    let app = TestApp::start().await;
    for name in ["ada", "bob", "eve"] {
        app.customer(name).await;
    }
    app.subscribe("1", 1).await;
    app.subscribe("2", 1).await;
    let mut cases = Cases::of("changeSubscription");
    cases.add_form(&app, &app.post(PATH).key("k").json(UP)).await;
    for (name, body) in [
        ("the package it has", r#"{"user_id":1,"package_id":1}"#),
        ("a package nobody offers", r#"{"user_id":1,"package_id":9}"#),
        ("nobody there", r#"{"user_id":99,"package_id":1}"#),
        ("no subscription", r#"{"user_id":3,"package_id":1}"#),
    ] {
        cases.add(name, &app.post(PATH).key(&name.replace(' ', "_")).json(body).send().await);
    }
    let declining =
        r#"{"user_id":3,"package_id":1,"payment_method":"pm_test_declined_on_renewal"}"#;
    app.post("/api/subscriptions").key("s").json(declining).send().await;
    let call = app.post(PATH).key("d").json(r#"{"user_id":3,"package_id":2}"#);
    cases.add("declined", &call.send().await);
    app.post(PATH).key("done").json(UP).send().await;
    let other = app.post(PATH).key("done").json(r#"{"user_id":1,"package_id":3}"#);
    cases.add("a key reused", &other.send().await);
    for (name, status) in [("paused", Status::Paused), ("suspended", Status::Suspended)] {
        app.set_status(UserId::from_number(2), status).await;
        let call = app.post(PATH).key(name).json(r#"{"user_id":2,"package_id":3}"#);
        cases.add(name, &call.send().await);
    }
    app.customer("max").await;
    app.subscribe("4", 1).await;
    app.post("/api/credits/spend").key("s4").json(r#"{"user_id":4,"amount":200}"#).send().await;
    app.fill(UserId::from_number(4)).await;
    let full = app.post(PATH).key("full").json(r#"{"user_id":4,"package_id":2}"#);
    cases.add("a full wallet", &full.send().await);
    app.post("/api/subscriptions/cancel").key("c").json(r#"{"user_id":1}"#).send().await;
    let smaller = app.post(PATH).key("late").json(r#"{"user_id":1,"package_id":1}"#);
    cases.add("it ends", &smaller.send().await);
    insta::assert_snapshot!(cases.finish());
}
