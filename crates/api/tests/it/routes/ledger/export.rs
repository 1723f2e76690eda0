//! `GET /api/admin/ledger/export`

use serde_json::Value;
use testkit::TestApp;

use crate::cases::Cases;

const PATH: &str = "/api/admin/ledger/export";

#[tokio::test]
async fn the_journal_comes_record_by_record() {
    let app = TestApp::start().await;
    app.customer_with("ada", "10").await;
    app.post("/api/credits/spend").key("s").json(r#"{"user_id":1,"amount":1}"#).send().await;
    insta::assert_snapshot!(app.get(PATH).send().await);
    let rest = app.get("/api/admin/ledger/export?from_seq=4").send().await;
    assert_eq!(rest.body().lines().count(), 1);
    let behind = app.get("/api/admin/ledger/export?from_seq=5").send().await;
    assert_eq!((behind.status(), behind.body()), (200, ""));
}

#[tokio::test]
async fn a_long_journal_comes_whole() {
    let app = TestApp::start().await;
    app.customer_with("ada", "5000").await;
    for part in 0..3 {
        let one = |n: u32| format!(r#"{{"op":"spend","key":"{part}-{n}","user_id":1,"amount":1}}"#);
        let operations: Vec<_> = (0..1_000).map(one).collect();
        let body = format!(r#"{{"operations":[{}]}}"#, operations.join(","));
        assert_eq!(app.post("/api/credits/batch").json(body).send().await.status(), 200);
    }
    let export = app.get(PATH).send().await;
    let line = |line: &str| serde_json::from_str::<Value>(line).unwrap()["seq"].as_i64().unwrap();
    let seqs: Vec<_> = export.body().lines().map(line).collect();
    assert_eq!(seqs, (1..=3_003).collect::<Vec<_>>());
}

#[tokio::test]
async fn every_refusal_of_an_export() {
    let app = TestApp::start().await;
    let mut cases = Cases::of("exportLedger");
    cases.add_form(&app, &app.get(PATH)).await;
    for (name, query) in [("before the first", "from_seq=0"), ("no number", "from_seq=first")] {
        cases.add(name, &app.get(PATH).and_query(query).send().await);
    }
    insta::assert_snapshot!(cases.finish());
}
