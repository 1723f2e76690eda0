//! `GET /api/credits/transactions/{id}/explain`

use testkit::TestApp;

use crate::cases::Cases;

#[tokio::test]
async fn a_capture_is_explained_down_to_its_grants_and_its_record() {
    let app = TestApp::start().await;
    app.customer_with("ada", "1").await;
    let second = r#"{"user_id":1,"amount":10,"source":"admin","description":"More"}"#;
    app.post("/api/credits/grants").key("g").json(second).send().await;
    let hold = r#"{"user_id":1,"service":"llm",
        "quantities":{"input_tokens":1000,"output_tokens":200},"job_id":"run-7"}"#;
    let hold = app.post("/api/credits/holds").key("h").json(hold).send().await;
    let path = format!("/api/credits/holds/{}/capture", hold.text("/id"));
    let used = r#"{"quantities":{"input_tokens":900,"output_tokens":100.5}}"#;
    let captured = app.post(&path).key("c").json(used).send().await;
    let id = captured.text("/transaction/id");
    let path = format!("/api/credits/transactions/{id}/explain");
    insta::assert_snapshot!(app.get(&path).send().await);
}

#[tokio::test]
async fn every_refusal_of_an_explanation() {
    let app = TestApp::start().await;
    app.customer_with("ada", "100").await;
    let mut cases = Cases::of("explainTransaction");
    cases.add_form(&app, &app.get("/api/credits/transactions/tx_1_3/explain")).await;
    for (name, id) in [("not there", "tx_1_999"), ("no id", "last")] {
        let path = format!("/api/credits/transactions/{id}/explain");
        cases.add(name, &app.get(&path).send().await);
    }
    insta::assert_snapshot!(cases.finish());
}
