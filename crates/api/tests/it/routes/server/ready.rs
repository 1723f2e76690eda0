//! `GET /readyz`

use testkit::TestApp;

#[tokio::test]
async fn a_ledger_that_takes_mutations_is_ready() {
    let app = TestApp::start().await;
    let ready = app.get("/readyz").without("authorization").send().await;
    insta::assert_snapshot!(ready);
}

#[tokio::test]
async fn a_stopped_ledger_is_not_ready_and_says_so_to_mutations() {
    let app = TestApp::start().await;
    app.customer_with("ada", "10").await;
    app.app().close().await;
    let spend = r#"{"user_id":1,"amount":1}"#;
    let refused = app.post("/api/credits/spend").key("s").json(spend).send().await;
    insta::assert_snapshot!(refused);
}
