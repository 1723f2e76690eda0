//! `POST /api/admin/ledger/verify`

use testkit::TestApp;

use crate::cases::Cases;

const PATH: &str = "/api/admin/ledger/verify";

#[tokio::test]
async fn a_book_that_nobody_touched_is_sound() {
    let app = TestApp::start().await;
    app.customer_with("ada", "10").await;
    app.get("/api/admin/ledger/checkpoint").send().await;
    app.post("/api/credits/spend").key("s").json(r#"{"user_id":1,"amount":1}"#).send().await;
    insta::assert_snapshot!(app.post(PATH).send().await);
}

#[tokio::test]
async fn every_refusal_of_a_verification() {
    let app = TestApp::start().await;
    let mut cases = Cases::of("verifyLedger");
    cases.add_form(&app, &app.post(PATH)).await;
    insta::assert_snapshot!(cases.finish());
}
