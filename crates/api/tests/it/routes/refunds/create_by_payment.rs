//! `POST /api/stripe/refund`

use testkit::TestApp;

use super::bought;

const PATH: &str = "/api/stripe/refund";

#[tokio::test]
async fn a_refund_by_payment_is_that_of_its_purchase() {
    let app = TestApp::start().await;
    bought(&app, "pi_1").await;
    let body = r#"{"payment_intent_id":"pi_1","amount":"95","reason":"Bought twice"}"#;
    insta::assert_snapshot!(app.post(PATH).key("k").json(body).send().await);
    let purchase = app.get("/api/credits/purchases/1").send().await.json();
    assert_eq!(purchase["refunded"], 95);
    let other = app.post("/api/admin/purchases/1/refund").key("k2").json(r#"{"reason":"x"}"#);
    assert_eq!(other.send().await.code(), "refund_exceeds");
}

#[tokio::test]
async fn a_payment_nobody_knows_is_not_refunded() {
    let app = TestApp::start().await;
    let body = r#"{"payment_intent_id":"pi_9","reason":"x"}"#;
    assert_eq!(app.post(PATH).key("k").json(body).send().await.code(), "not_found");
    let body = r#"{"payment_intent_id":"ch_9","reason":"x"}"#;
    assert_eq!(app.post(PATH).key("k").json(body).send().await.code(), "invalid_request");
}
