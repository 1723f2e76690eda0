//! Many clients at once: no credit is spent twice, and a key has one outcome.

use std::collections::BTreeMap;

use testkit::{Answer, Call, TestApp};
use tokio::task::JoinSet;

async fn all(calls: impl IntoIterator<Item = Call>) -> Vec<Answer> {
    let mut sending = JoinSet::new();
    for call in calls {
        sending.spawn(call.send());
    }
    sending.join_all().await
}

fn count(answers: &[Answer]) -> BTreeMap<u16, usize> {
    let mut counts = BTreeMap::new();
    for answer in answers {
        *counts.entry(answer.status()).or_default() += 1;
    }
    counts
}

async fn balance(app: &TestApp) -> serde_json::Value {
    app.get("/api/credits/balance?user_id=1").send().await.json()["current_credits"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_spends_of_one_take_the_five_hundred_there_are() {
    let app = TestApp::start().await;
    app.customer_with("ada", "500").await;
    let spend = app.post("/api/credits/spend").json(r#"{"user_id":1,"amount":1}"#);
    let answers = all((0..1_000).map(|n| spend.again().key(&format!("spend-{n}")))).await;
    assert_eq!(count(&answers), BTreeMap::from([(201, 500), (402, 500)]));
    assert_eq!(balance(&app).await, 0);
    let report = app.post("/api/admin/ledger/verify").send().await;
    assert_eq!(report.json()["sound"], true, "{report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_uses_of_one_key_have_one_effect_and_one_answer() {
    let app = TestApp::start().await;
    app.customer_with("ada", "500").await;
    let spend = app.post("/api/credits/spend").key("the-key").json(r#"{"user_id":1,"amount":7}"#);
    let answers = all((0..64).map(|_| spend.again())).await;
    assert_eq!(count(&answers), BTreeMap::from([(201, 64)]));
    assert!(answers.iter().all(|answer| answer.body() == answers[0].body()));
    let replayed = |answer: &&Answer| answer.header("idempotency-replayed").is_some();
    assert_eq!(answers.iter().filter(replayed).count(), 63);
    assert_eq!(balance(&app).await, 493);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_settlements_of_a_hold_one_wins() {
    let app = TestApp::start().await;
    app.customer_with("ada", "10").await;
    let hold = app.post("/api/credits/holds").key("h").json(r#"{"user_id":1,"amount":10}"#);
    let path = format!("/api/credits/holds/{}", hold.send().await.text("/id"));
    let capture = app.post(&format!("{path}/capture")).json(r#"{"amount":4}"#);
    let release = app.post(&format!("{path}/release"));
    let calls = (0..32).flat_map(|n| {
        let key = format!("settle-{n}");
        [capture.again().key(&key), release.again().key(&key)]
    });
    let answers = all(calls).await;
    assert_eq!(count(&answers), BTreeMap::from([(200, 1), (409, 63)]));
    let won = answers.iter().find(|answer| answer.status() == 200).unwrap();
    let captured = won.json().get("transaction").is_some();
    assert_eq!(balance(&app).await, if captured { 6 } else { 10 });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_requests_with_one_payment_have_one_grant() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let body = r#"{"user_id":1,"amount":10,"description":"x","stripe_payment_intent_id":"pi_1"}"#;
    let call = app.post("/api/credits/purchase").json(body);
    let calls = (0..64).map(|n| if n % 2 == 0 { call.again() } else { call.again().key("k") });
    let answers = all(calls).await;
    assert_eq!(count(&answers), BTreeMap::from([(200, 64)]));
    assert!(answers.iter().all(|answer| answer.body() == answers[0].body()));
    let replayed = |answer: &&Answer| answer.header("idempotency-replayed").is_some();
    assert_eq!(answers.iter().filter(replayed).count(), 63);
    assert_eq!(balance(&app).await, 10);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_eight_removals_of_sixty_from_a_hundred_one_succeeds() {
    let app = TestApp::start().await;
    app.customer_with("ada", "100").await;
    let remove = app.post("/api/admin/credits/remove");
    let remove = remove.json(r#"{"user_id":1,"amount":60,"reason":"x"}"#);
    let answers = all((0..8).map(|_| remove.again())).await;
    assert_eq!(count(&answers), BTreeMap::from([(200, 1), (402, 7)]));
    assert_eq!(balance(&app).await, 40);
    let log = app.get("/api/admin/audit?action=credits.remove").send().await;
    assert_eq!(log.json()["total_count"], 1, "what was refused is not in it: {log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_pauses_at_once_one_leaves_a_record() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let pause = app.post("/api/admin/credits/pause").json(r#"{"user_id":1,"reason":"x"}"#);
    let answers = all((0..16).map(|_| pause.again())).await;
    assert_eq!(count(&answers), BTreeMap::from([(200, 16)]));
    let log = app.get("/api/admin/audit?action=credits.pause").send().await;
    assert_eq!(log.json()["total_count"], 1, "{log}");
}
