//! `GET /api/admin/keys`

use testkit::TestApp;

use crate::cases::Cases;

const PATH: &str = "/api/admin/keys";

#[tokio::test]
async fn keys_come_newest_first_without_their_secrets() {
    let app = TestApp::start().await;
    app.key("worker", "credits:spend").await;
    insta::assert_snapshot!(app.get(PATH).send().await);
}

#[tokio::test]
async fn every_refusal_of_a_list_of_keys() {
    let app = TestApp::start().await;
    let mut cases = Cases::of("listKeys");
    cases.add_form(&app, &app.get(PATH)).await;
    insta::assert_snapshot!(cases.finish());
}
