//! `POST /api/subscriptions/preview`

use std::fmt::Write as _;

use testkit::TestApp;

use crate::cases::Cases;

const PATH: &str = "/api/subscriptions/preview";

#[tokio::test]
async fn each_action_has_its_preview() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    app.subscribe("1", 1).await;
    app.customer("bob").await;
    let mut all = String::new();
    for body in [
        r#"{"user_id":2,"action":"subscribe","package_id":2}"#,
        r#"{"user_id":1,"action":"change","package_id":3}"#,
        r#"{"user_id":1,"action":"cancel"}"#,
        r#"{"user_id":1,"action":"pause"}"#,
        r#"{"user_id":1,"action":"resume"}"#,
        r#"{"user_id":1,"action":"subscribe","package_id":1}"#,
    ] {
        let preview = app.post(PATH).json(body).send().await;
        writeln!(all, "{body}\n{preview}\n").unwrap();
    }
    insta::assert_snapshot!(all);
}

#[tokio::test]
async fn every_refusal_of_a_preview() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    app.subscribe("1", 1).await;
    app.customer("bob").await;
    let mut cases = Cases::of("previewSubscription");
    cases.add_form(&app, &app.post(PATH).json(r#"{"user_id":1,"action":"cancel"}"#)).await;
    for (name, body) in [
        ("an action that is none", r#"{"user_id":1,"action":"x"}"#),
        ("no package", r#"{"user_id":1,"action":"change"}"#),
        ("a package too many", r#"{"user_id":1,"action":"cancel","package_id":1}"#),
        ("the package it has", r#"{"user_id":1,"action":"change","package_id":1}"#),
        ("no subscription", r#"{"user_id":2,"action":"cancel"}"#),
    ] {
        cases.add(name, &app.post(PATH).json(body).send().await);
    }
    insta::assert_snapshot!(cases.finish());
}
