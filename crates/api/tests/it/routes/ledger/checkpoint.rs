//! `GET /api/admin/ledger/checkpoint`

use testkit::TestApp;

use crate::cases::Cases;

const PATH: &str = "/api/admin/ledger/checkpoint";

#[tokio::test]
async fn a_checkpoint_is_signed_by_the_book() {
    let app = TestApp::start().await;
    app.customer_with("ada", "10").await;
    insta::assert_snapshot!(app.get(PATH).send().await);
}

#[tokio::test]
async fn every_refusal_of_a_checkpoint() {
    let app = TestApp::start().await;
    let mut cases = Cases::of("getCheckpoint");
    cases.add_form(&app, &app.get(PATH)).await;
    insta::assert_snapshot!(cases.finish());
}
