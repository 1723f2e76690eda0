//! `POST /api/admin/promotions/{id}/end`

use testkit::TestApp;

use super::promotion;
use crate::cases::Cases;

const GIFT: &str = r#""code":"GIFT","discount_type":"free_credits","discount_value":5"#;

#[tokio::test]
async fn what_was_ended_holds_no_longer() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let path = format!("{}/end", promotion(&app, GIFT).await);
    let ended = app.post(&path).key("k").send().await;
    let again = app.post(&path).key("k").send().await;
    assert_eq!(again.body(), ended.body());
    let later = app.post(&path).send().await;
    assert_eq!(later.body(), ended.body(), "what has ended is ended");
    let redeem = app.post("/api/credits/promotions/redeem").key("r");
    let redeemed = redeem.json(r#"{"user_id":1,"code":"GIFT"}"#).send().await;
    assert_eq!(redeemed.code(), "promotion_not_applicable");
    insta::assert_snapshot!(ended);
}

#[tokio::test]
async fn one_that_had_not_begun_never_does() {
    let app = TestApp::start().await;
    let body = format!(
        r#"{{"name":"X","start_date":"2027-01-01T00:00:00Z","end_date":"2027-02-01T00:00:00Z",{GIFT}}}"#
    );
    let made = app.post("/api/admin/promotions").json(body).send().await.json();
    let path = format!("/api/admin/promotions/{}/end", made["id"]);
    let ended = app.post(&path).send().await.json();
    assert_eq!((&ended["is_active"], &ended["end_date"]), (&false.into(), &made["end_date"]));
}

#[tokio::test]
async fn every_refusal_of_an_end() {
    let app = TestApp::start().await;
    let path = format!("{}/end", promotion(&app, GIFT).await);
    let mut cases = Cases::of("endPromotion");
    cases.add_form(&app, &app.post(&path).key("k")).await;
    cases.add("not there", &app.post("/api/admin/promotions/9/end").send().await);
    app.post(&path).key("reused").send().await;
    let second = format!("{}/end", promotion(&app, &GIFT.replace("GIFT", "B")).await);
    cases.add("a key reused", &app.post(&second).key("reused").send().await);
    insta::assert_snapshot!(cases.finish());
}
