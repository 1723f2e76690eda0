//! `GET /api/admin/ledger/trial-balance`

use testkit::TestApp;

use crate::cases::Cases;

const PATH: &str = "/api/admin/ledger/trial-balance";

#[tokio::test]
async fn every_account_has_its_totals() {
    let app = TestApp::start().await;
    app.customer_with("ada", "10").await;
    let spend = r#"{"user_id":1,"service":"llm","quantities":{"input_tokens":1}}"#;
    app.post("/api/credits/spend").key("s").json(spend).send().await;
    insta::assert_snapshot!(app.get(PATH).send().await);
}

#[tokio::test]
async fn every_refusal_of_a_trial_balance() {
    let app = TestApp::start().await;
    let mut cases = Cases::of("getTrialBalance");
    cases.add_form(&app, &app.get(PATH)).await;
    insta::assert_snapshot!(cases.finish());
}
