//! `GET /api/credits/promotions/redemptions`

use domain::Role;
use testkit::TestApp;

use super::promotion;
use crate::cases::Cases;

const PATH: &str = "/api/credits/promotions/redemptions";

#[tokio::test]
async fn a_user_sees_what_they_used() {
    let app = TestApp::start().await;
    promotion(&app, r#""code":"GIFT","discount_type":"free_credits","discount_value":5"#).await;
    promotion(&app, r#""discount_type":"percentage","discount_value":0.1"#).await;
    let ada = app.sign_in("ada@example.com", Role::Customer).await;
    let redeem = ada.post("/api/credits/promotions/redeem").key("r");
    redeem.json(r#"{"code":"GIFT"}"#).send().await;
    let buy = ada.post("/api/credits/purchase").key("b");
    let bought = buy.json(r#"{"amount":100,"description":"x"}"#).send().await;
    assert_eq!(bought.json()["dollar_amount"], 9, "{bought}");
    insta::assert_snapshot!(ada.get(PATH).send().await);
    let bob = app.sign_in("bob@example.com", Role::Customer).await;
    assert_eq!(bob.get(PATH).send().await.json()["total_count"], 0);
}

#[tokio::test]
async fn every_refusal_of_a_list_of_uses() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let path = format!("{PATH}?user_id=1");
    let mut cases = Cases::of("listRedemptions");
    cases.add_form(&app, &app.get(&path)).await;
    cases.add("nobody there", &app.get(&format!("{PATH}?user_id=9")).send().await);
    cases.add("a key names nobody", &app.get(PATH).send().await);
    insta::assert_snapshot!(cases.finish());
}
