//! `GET /api/admin/promotions/{id}`

use testkit::TestApp;

use super::promotion;
use crate::cases::Cases;

const GIFT: &str = r#""code":"GIFT","discount_type":"free_credits","discount_value":5"#;

#[tokio::test]
async fn a_promotion_is_seen_with_who_used_it() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let path = promotion(&app, GIFT).await;
    let redeem = app.post("/api/credits/promotions/redeem").key("r");
    redeem.json(r#"{"user_id":1,"code":"GIFT"}"#).send().await;
    insta::assert_snapshot!(app.get(&path).send().await);
}

#[tokio::test]
async fn every_refusal_of_a_promotion_to_see() {
    let app = TestApp::start().await;
    let path = promotion(&app, GIFT).await;
    let mut cases = Cases::of("getPromotion");
    cases.add_form(&app, &app.get(&path)).await;
    cases.add("not there", &app.get("/api/admin/promotions/9").send().await);
    insta::assert_snapshot!(cases.finish());
}
