//! `POST /api/admin/services/{key}/versions`

use testkit::TestApp;

use crate::cases::Cases;

const PATH: &str = "/api/admin/services/ai_chat/versions";

#[tokio::test]
async fn a_new_price_holds_at_once_and_holds_keep_theirs() {
    let app = TestApp::start().await;
    app.customer_with("ada", "100").await;
    let hold = r#"{"user_id":1,"service":"ai_chat","quantities":{"requests":2}}"#;
    let hold = app.post("/api/credits/holds").key("h").json(hold).send().await;
    let body = r#"{"minimum":0.5,"dimensions":{"requests":7}}"#;
    insta::assert_snapshot!(app.post(PATH).key("k").json(body).send().await);
    let spend = r#"{"user_id":1,"service":"ai_chat","quantities":{"requests":1}}"#;
    let spent = app.post("/api/credits/spend").key("s").json(spend).send().await.json();
    assert_eq!((&spent["amount"], &spent["price_version"]), (&(-7).into(), &2.into()));
    let path = format!("/api/credits/holds/{}/capture", hold.text("/id"));
    let used = r#"{"quantities":{"requests":1}}"#;
    let captured = app.post(&path).key("c").json(used).send().await.json();
    assert_eq!(captured["transaction"]["amount"], -5);
}

#[tokio::test]
async fn every_refusal_of_a_new_price() {
    let app = TestApp::start().await;
    let mut cases = Cases::of("repriceService");
    let right = r#"{"dimensions":{"requests":6}}"#;
    cases.add_form(&app, &app.post(PATH).key("k").json(right)).await;
    let minimum = r#"{"minimum":-1,"dimensions":{"requests":6}}"#;
    cases.add("no minimum", &app.post(PATH).json(minimum).send().await);
    let nowhere = "/api/admin/services/nope/versions";
    cases.add("not there", &app.post(nowhere).json(right).send().await);
    app.post(PATH).key("reused").json(right).send().await;
    let other = r#"{"dimensions":{"requests":8}}"#;
    cases.add("a key reused", &app.post(PATH).key("reused").json(other).send().await);
    insta::assert_snapshot!(cases.finish());
}
