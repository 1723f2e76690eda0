//! `POST /api/credits/promotions/redeem`

use domain::{Role, Status, UserId};
use testkit::TestApp;

use super::promotion;
use crate::cases::Cases;

const PATH: &str = "/api/credits/promotions/redeem";
const GIFT: &str = r#""code":"GIFT","discount_type":"free_credits","discount_value":5"#;

#[tokio::test]
async fn a_code_gives_its_credits_once() {
    let app = TestApp::start().await;
    promotion(&app, GIFT).await;
    let ada = app.sign_in("ada@example.com", Role::Customer).await;
    let given = ada.post(PATH).key("k").json(r#"{"code":"gift"}"#).send().await;
    let again = ada.post(PATH).key("k").json(r#"{"code":"GIFT"}"#).send().await;
    assert_eq!(again.body(), given.body());
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    let second = ada.post(PATH).key("l").json(r#"{"code":"gift"}"#).send().await;
    assert_eq!((second.status(), second.code().as_str()), (409, "promotion_exhausted"));
    let balance = ada.get("/api/credits/balance").send().await.json();
    assert_eq!(balance["current_credits"], 5);
    insta::assert_snapshot!(given);
}

#[tokio::test]
async fn what_is_redeemed_for_somebody_else_is_in_the_audit_log_once() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    promotion(&app, GIFT).await;
    for _ in 0..2 {
        let given = app.post(PATH).key("k").json(r#"{"user_id":1,"code":"gift"}"#).send().await;
        assert_eq!(given.status(), 201);
    }
    let log = app.get("/api/admin/audit?action=promotions.redeem").send().await.json();
    assert_eq!((&log["total_count"], &log["entries"][0]["subject"]), (&1.into(), &"user:1".into()));
}

#[tokio::test]
async fn no_code_gives_anything_after_its_end() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    promotion(&app, GIFT).await;
    let redeem = |key: &str| app.post(PATH).key(key).json(r#"{"user_id":1,"code":"GIFT"}"#);
    let late = redeem("k").header("x-test-clock", "2027-01-01T00:00:00Z").send().await;
    assert_eq!((late.status(), late.code().as_str()), (422, "promotion_not_applicable"));
    let buy = r#"{"user_id":1,"amount":100,"description":"x","promotion_code":"GIFT"}"#;
    let late = app.post("/api/credits/purchase").json(buy).send().await;
    assert_eq!((late.status(), late.code().as_str()), (422, "promotion_not_applicable"));
}

#[tokio::test]
async fn every_refusal_of_a_redemption() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    app.customer("bob").await;
    promotion(&app, GIFT).await;
    for terms in [
        r#""code":"OFF","discount_type":"percentage","discount_value":0.5"#,
        r#""code":"BESIDE","discount_type":"free_credits","discount_value":5,"min_purchase":10"#,
        r#""code":"VIP","discount_type":"free_credits","discount_value":5,"user_groups":["vip"]"#,
        r#""code":"STOPPED","discount_type":"free_credits","discount_value":5,"is_active":false"#,
    ] {
        promotion(&app, terms).await;
    }
    let later = r#"{"name":"L","code":"LATER","discount_type":"free_credits","discount_value":5,
        "start_date":"2027-01-01T00:00:00Z","end_date":"2027-02-01T00:00:00Z"}"#;
    app.post("/api/admin/promotions").json(later).send().await;
    let mut cases = Cases::of("redeemPromotion");
    let right = r#"{"user_id":1,"code":"GIFT"}"#;
    cases.add_form(&app, &app.post(PATH).key("k").json(right)).await;
    for code in ["NONE", "OFF", "BESIDE", "VIP", "STOPPED", "LATER"] {
        let body = format!(r#"{{"user_id":1,"code":"{code}"}}"#);
        cases.add(code, &app.post(PATH).key(code).json(body).send().await);
    }
    for (name, body) in [
        ("a code that is none", r#"{"user_id":1,"code":"two words"}"#),
        ("a key names nobody", r#"{"code":"GIFT"}"#),
        ("nobody there", r#"{"user_id":99,"code":"GIFT"}"#),
    ] {
        cases.add(name, &app.post(PATH).key("k").json(body).send().await);
    }
    assert_eq!(app.post(PATH).key("first").json(right).send().await.status(), 201);
    cases.add("used before", &app.post(PATH).key("second").json(right).send().await);
    let other = r#"{"user_id":1,"code":"VIP"}"#;
    cases.add("a key reused", &app.post(PATH).key("first").json(other).send().await);
    let bob = r#"{"user_id":2,"code":"GIFT"}"#;
    app.fill(UserId::from_number(2)).await;
    cases.add("no room for another grant", &app.post(PATH).key("full").json(bob).send().await);
    for (name, status) in [("paused", Status::Paused), ("suspended", Status::Suspended)] {
        app.set_status(UserId::from_number(2), status).await;
        cases.add(name, &app.post(PATH).key(name).json(bob).send().await);
    }
    let with =
        |code: &str| app.post(PATH).key(code).json(format!(r#"{{"user_id":1,"code":"{code}"}}"#));
    cases.add_guesses(with).await;
    insta::assert_snapshot!(cases.finish());
}
