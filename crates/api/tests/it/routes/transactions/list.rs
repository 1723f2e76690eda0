//! `GET /api/credits/transactions`

use testkit::{Answer, TestApp};

use crate::cases::Cases;

const DAY: i64 = 86_400_000_000;

async fn spend(app: &TestApp, key: &str, body: &str) -> Answer {
    let spent = app.post("/api/credits/spend").key(key).json(body.to_owned()).send().await;
    assert_eq!(spent.status(), 201, "{spent}");
    spent
}

#[tokio::test]
async fn transactions_come_newest_first_page_by_page() {
    let app = TestApp::start().await;
    app.customer_with("ada", "100").await;
    for key in ["a", "b", "c"] {
        spend(&app, key, r#"{"user_id":1,"amount":1}"#).await;
    }
    let path = "/api/credits/transactions?user_id=1&page=2&page_size=2";
    insta::assert_snapshot!(app.get(path).send().await);
}

#[tokio::test]
async fn transactions_are_found_by_type_and_day() {
    let app = TestApp::start().await;
    app.customer_with("ada", "100").await;
    app.hands().pass(DAY);
    spend(&app, "a", r#"{"user_id":1,"amount":1}"#).await;
    app.hands().pass(DAY);
    spend(&app, "b", r#"{"user_id":1,"amount":2}"#).await;
    for (query, amounts) in [
        ("transaction_type=purchase", vec![100.0]),
        ("transaction_type=service", vec![-2.0, -1.0]),
        ("transaction_type=refund", vec![]),
        ("start_date=2026-11-24&end_date=2026-11-24", vec![-1.0]),
        ("start_date=2026-11-24", vec![-2.0, -1.0]),
        ("end_date=2026-11-23", vec![100.0]),
        ("end_date=2026-11-24T12:00:01Z&transaction_type=service", vec![-1.0]),
    ] {
        let found = app.get("/api/credits/transactions?user_id=1").and_query(query).send().await;
        let found = found.json();
        let transactions = found["transactions"].as_array().unwrap();
        let seen: Vec<_> = transactions.iter().map(|one| one["amount"].as_f64().unwrap()).collect();
        assert_eq!(seen, amounts, "{query}");
        assert_eq!(found["total_count"], amounts.len(), "{query}");
    }
}

#[tokio::test]
async fn every_refusal_of_a_list_of_transactions() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let mut cases = Cases::of("listTransactions");
    cases.add_form(&app, &app.get("/api/credits/transactions?user_id=1")).await;
    for (name, query) in [
        ("page 0", "user_id=1&page=0"),
        ("half a page", "user_id=1&page=1.5"),
        ("a page too long", "user_id=1&page_size=101"),
        ("no type", "user_id=1&transaction_type=gift"),
        ("no day", "user_id=1&start_date=2026-02-30"),
        ("nobody there", "user_id=99"),
    ] {
        let answer = app.get("/api/credits/transactions").and_query(query).send().await;
        cases.add(name, &answer);
    }
    insta::assert_snapshot!(cases.finish());
}
