//! `POST /api/stripe/customer-portal`

use domain::Mode;
use testkit::{TestApp, TestBook};

use super::shop;
use crate::cases::Cases;

const PATH: &str = "/api/stripe/customer-portal";
const RIGHT: &str = r#"{"user_id":1,"return_url":"https://a.example/billing"}"#;

#[tokio::test]
async fn a_portal_is_stripes_and_a_test_book_has_none() {
    let (app, fake) = shop().await;
    app.customer("ada").await;
    let opened = app.post(PATH).json(RIGHT).send().await;
    insta::assert_snapshot!(opened.to_string().replace(&fake.base(), "https://stripe.example"));
    let app = TestApp::start().await;
    app.customer("ada").await;
    let opened = app.post(PATH).json(RIGHT).send().await;
    assert_eq!(opened.text("/url"), "https://a.example/billing");
}

#[tokio::test]
async fn every_refusal_of_a_portal() {
    let (app, _fake) = shop().await;
    app.customer("ada").await;
    let mut cases = Cases::of("openCustomerPortal");
    cases.add_form(&app, &app.post(PATH).json(RIGHT)).await;
    let nobody = app.post(PATH).json(r#"{"user_id":99,"return_url":"/billing"}"#);
    cases.add("nobody there", &nobody.send().await);
    let live = TestApp::start_with(TestBook { mode: Mode::Live, ..TestBook::default() }).await;
    live.customer("ada").await;
    cases.add("a live book that nobody pays in", &live.post(PATH).json(RIGHT).send().await);
    insta::assert_snapshot!(cases.finish());
}
