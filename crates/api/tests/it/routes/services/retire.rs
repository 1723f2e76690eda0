//! `POST /api/admin/services/{key}/retire`

use testkit::TestApp;

use crate::cases::Cases;

const PATH: &str = "/api/admin/services/ai_chat/retire";

#[tokio::test]
async fn nothing_new_is_priced_by_a_retired_service() {
    let app = TestApp::start().await;
    app.customer_with("ada", "100").await;
    insta::assert_snapshot!(app.post(PATH).key("k").send().await);
    let quote = r#"{"service":"ai_chat","quantities":{"requests":1}}"#;
    let refused = app.post("/api/credits/quote").json(quote).send().await;
    assert!(refused.status() >= 400, "{refused}");
}

#[tokio::test]
async fn every_refusal_of_a_retirement() {
    let app = TestApp::start().await;
    let mut cases = Cases::of("retireService");
    cases.add_form(&app, &app.post(PATH).key("k")).await;
    cases.add("not there", &app.post("/api/admin/services/nope/retire").send().await);
    app.post(PATH).key("reused").send().await;
    let other = "/api/admin/services/workflow/retire";
    cases.add("a key reused", &app.post(other).key("reused").send().await);
    insta::assert_snapshot!(cases.finish());
}
