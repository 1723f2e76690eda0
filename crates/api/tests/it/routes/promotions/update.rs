//! `PATCH /api/admin/promotions/{id}`

use testkit::TestApp;

use super::promotion;
use crate::cases::Cases;

const QUARTER: &str = r#""code":"A","discount_type":"percentage","discount_value":0.25"#;

#[tokio::test]
async fn a_promotion_changes_from_now_on() {
    let app = TestApp::start().await;
    let path = promotion(&app, QUARTER).await;
    let body = r#"{"discount_type":"fixed_amount","discount_value":5,"code":"b","max_uses":9,
        "user_groups":["vip"],"description":"Less","end_date":"2028-01-01T00:00:00Z"}"#;
    let changed = app.patch(&path).key("k").json(body).send().await;
    let again = app.patch(&path).key("k").json(body).send().await;
    assert_eq!(again.body(), changed.body());
    insta::assert_snapshot!(changed);
    let same = app.patch(&path).json(body).send().await.json();
    assert_eq!(
        same["updated_at"],
        changed.json()["updated_at"],
        "what changes nothing leaves no trace"
    );
    let log = app.get("/api/admin/audit?action=promotions.update").send().await.json();
    assert_eq!(log["total_count"], 1);
}

#[tokio::test]
async fn what_may_be_nothing_is_taken_away() {
    let app = TestApp::start().await;
    let path = promotion(
        &app,
        r#""code":"A","discount_type":"percentage","discount_value":0.25,
        "max_discount":5,"min_purchase":5,"package_ids":[1],"user_groups":["vip"],"max_uses":7"#,
    )
    .await;
    let body = r#"{"code":null,"max_discount":null,"min_purchase":null,"package_ids":null,
        "user_groups":null,"max_uses":null}"#;
    let changed = app.patch(&path).json(body).send().await.json();
    for field in ["code", "max_discount", "min_purchase", "package_ids", "user_groups", "max_uses"]
    {
        assert!(changed[field].is_null(), "{field}");
    }
}

#[tokio::test]
async fn every_refusal_of_a_change_of_a_promotion() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let path = promotion(&app, QUARTER).await;
    promotion(&app, &QUARTER.replace(r#""A""#, r#""B""#)).await;
    let gift = promotion(
        &app,
        r#""code":"G","discount_type":"free_credits","discount_value":5,
        "max_uses_per_user":9"#,
    )
    .await;
    for number in 0..2 {
        let redeem = app.post("/api/credits/promotions/redeem").key(&format!("r{number}"));
        let redeemed = redeem.json(r#"{"user_id":1,"code":"g"}"#).send().await;
        assert_eq!(redeemed.status(), 201, "{redeemed}");
    }
    let mut cases = Cases::of("updatePromotion");
    let right = r#"{"max_uses":5}"#;
    cases.add_form(&app, &app.patch(&path).key("k").json(right)).await;
    for (name, body) in [
        ("a type without a value", r#"{"discount_type":"fixed_amount"}"#),
        ("a value without a type", r#"{"discount_value":5}"#),
        ("an end before its start", r#"{"end_date":"2026-10-01T00:00:00Z"}"#),
        ("a code that is taken", r#"{"code":"b"}"#),
        ("a bound of nothing", r#"{"max_discount":0}"#),
    ] {
        cases.add(name, &app.patch(&path).json(body).send().await);
    }
    let fewer = app.patch(&gift).json(r#"{"max_uses":1}"#).send().await;
    cases.add("fewer uses than there were", &fewer);
    cases.add("not there", &app.patch("/api/admin/promotions/9").json(right).send().await);
    app.patch(&path).key("reused").json(right).send().await;
    let other = app.patch(&path).key("reused").json(r#"{"max_uses":6}"#).send().await;
    cases.add("a key reused", &other);
    insta::assert_snapshot!(cases.finish());
}
