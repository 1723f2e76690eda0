//! `GET /api/admin/credits/system/summary`

use domain::Status;
use testkit::TestApp;

use crate::cases::Cases;

const PATH: &str = "/api/admin/credits/system/summary";
const MINUTE: i64 = 60_000_000;

#[tokio::test]
async fn a_book_of_nobody_is_all_zeros() {
    let app = TestApp::start().await;
    insta::assert_snapshot!(app.get(PATH).send().await);
}

#[tokio::test]
async fn everyone_is_counted_once_and_every_credit_of_theirs() {
    let app = TestApp::start().await;
    app.customer_with("ada", "100").await;
    let bob = app.customer_with("bob", "0.25").await;
    let eve = app.customer_with("eve", "3").await;
    app.customer("mia").await;
    app.set_status(bob, Status::Paused).await;
    app.set_status(eve, Status::Paused).await;
    app.set_status(eve, Status::Suspended).await;
    let all = r#"{"user_id":1,"amount":100}"#;
    app.post("/api/credits/spend").key("s").json(all).send().await;
    insta::assert_snapshot!(app.get(PATH).send().await);
    app.set_status(eve, Status::Active).await;
    let summary = app.get(PATH).send().await.json();
    let distribution = &summary["credit_status_distribution"];
    assert_eq!(*distribution, serde_json::json!({"active": 3, "paused": 1, "suspended": 0}));
}

#[tokio::test]
async fn a_user_whose_wallet_is_not_open_yet_is_active_and_has_nothing() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    // Staff made on the command line get their wallets when they first need one.
    app.walletless("sam").await;
    let summary = app.get(PATH).send().await.json();
    assert_eq!((&summary["total_users"], &summary["users_with_credits"]), (&2.into(), &0.into()));
    assert_eq!(summary["credit_status_distribution"]["active"], 2);
    let listed = app.get("/api/admin/credits/users/status").send().await.json();
    assert_eq!((&listed["total_count"], &listed["users"][0]["name"]), (&2.into(), &"sam".into()));
    assert_eq!(app.get("/api/credits/balance?user_id=2").send().await.status(), 200);
    assert_eq!(app.get(PATH).send().await.json()["total_users"], 2, "opened since");
}

#[tokio::test]
async fn recent_are_the_last_24_hours() {
    let app = TestApp::start().await;
    app.customer_with("ada", "100").await;
    let recent = async || app.get(PATH).send().await.json()["recent_transactions_24h"].clone();
    app.hands().pass(12 * 60 * MINUTE);
    app.post("/api/credits/spend").key("s").json(r#"{"user_id":1,"amount":1}"#).send().await;
    assert_eq!(recent().await, 2);
    app.hands().pass(12 * 60 * MINUTE);
    assert_eq!(recent().await, 2, "to the minute");
    app.hands().pass(MINUTE);
    assert_eq!(recent().await, 1);
    app.hands().pass(24 * 60 * MINUTE);
    assert_eq!(recent().await, 0);
}

#[tokio::test]
async fn every_refusal_of_a_system_summary() {
    let app = TestApp::start().await;
    let mut cases = Cases::of("getSystemSummary");
    cases.add_form(&app, &app.get(PATH)).await;
    insta::assert_snapshot!(cases.finish());
}
