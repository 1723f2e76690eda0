//! `GET /api/admin/promotions`

use testkit::TestApp;

use super::promotion;
use crate::cases::Cases;

const PATH: &str = "/api/admin/promotions";

#[tokio::test]
async fn promotions_come_newest_first_with_their_uses() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    promotion(&app, r#""code":"GIFT","discount_type":"free_credits","discount_value":5"#).await;
    promotion(&app, r#""discount_type":"fixed_amount","discount_value":1"#).await;
    let redeem = app.post("/api/credits/promotions/redeem").key("r");
    redeem.json(r#"{"user_id":1,"code":"GIFT"}"#).send().await;
    insta::assert_snapshot!(app.get(PATH).send().await);
    let second = app.get(&format!("{PATH}?page=2&page_size=1")).send().await.json();
    assert_eq!((&second["promotions"][0]["id"], &second["total_count"]), (&1.into(), &2.into()));
}

#[tokio::test]
async fn every_refusal_of_a_list_of_promotions() {
    let app = TestApp::start().await;
    let mut cases = Cases::of("listPromotions");
    cases.add_form(&app, &app.get(PATH)).await;
    cases.add("no page", &app.get(&format!("{PATH}?page=0")).send().await);
    insta::assert_snapshot!(cases.finish());
}
