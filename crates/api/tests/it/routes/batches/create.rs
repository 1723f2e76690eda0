//! `POST /api/credits/batch`

use domain::Status;
use testkit::{Answer, TestApp};

use crate::cases::Cases;

const PATH: &str = "/api/credits/batch";

async fn batch(app: &TestApp, operations: &str) -> Answer {
    app.post(PATH).json(format!(r#"{{"operations":[{operations}]}}"#)).send().await
}

async fn atomic(app: &TestApp, operations: &str) -> Answer {
    app.post(PATH).json(format!(r#"{{"atomic":true,"operations":[{operations}]}}"#)).send().await
}

#[tokio::test]
async fn every_operation_answers_for_itself() {
    let app = TestApp::start().await;
    app.customer_with("ada", "10").await;
    let holds = r#"{"op":"hold","key":"h1","user_id":1,"amount":2},
        {"op":"hold","key":"h2","user_id":1,"amount":3,"job_id":"run-7"}"#;
    batch(&app, holds).await;
    let all = r#"
        {"op":"spend","key":"s1","user_id":1,"amount":1.5,"labels":{"team":"search"}},
        {"op":"hold","key":"h1","user_id":1,"amount":2},
        {"op":"capture","key":"c1","hold_id":"hold_1_4","amount":1},
        {"op":"release","key":"r1","hold_id":"hold_1_5"},
        {"op":"grant","key":"g1","user_id":1,"amount":5,"source":"admin","description":"More"},
        {"op":"spend","key":"s2","user_id":1,"amount":100},
        {"op":"capture","key":"c2","hold_id":"hold_1_999","amount":1}"#;
    insta::assert_snapshot!(batch(&app, all).await);
}

#[tokio::test]
async fn an_atomic_batch_is_done_whole_or_not_at_all() {
    let app = TestApp::start().await;
    app.customer_with("ada", "10").await;
    let fits = r#"{"op":"spend","key":"a","user_id":1,"amount":4},
        {"op":"spend","key":"b","user_id":1,"amount":4}"#;
    let breaks = r#"{"op":"spend","key":"c","user_id":1,"amount":1},
        {"op":"spend","key":"d","user_id":1,"amount":4}"#;
    assert_eq!(atomic(&app, fits).await.status(), 200);
    insta::assert_snapshot!(atomic(&app, breaks).await);
    let balance = app.get("/api/credits/balance?user_id=1").send().await;
    assert_eq!(balance.json()["current_credits"], 2);
}

#[tokio::test]
async fn an_operation_needs_the_scope_of_its_own_endpoint() {
    let app = TestApp::start().await;
    app.customer_with("ada", "10").await;
    let spender = app.key("spender", "credits:spend").await;
    let both = r#"{"operations":[
        {"op":"spend","key":"a","user_id":1,"amount":1},
        {"op":"grant","key":"b","user_id":1,"amount":1,"source":"admin","description":"More"}]}"#;
    let answer = app.post(PATH).by(&spender).json(both).send().await.json();
    assert_eq!(answer["results"][0]["status"], 201);
    assert_eq!(answer["results"][1]["problem"]["code"], "forbidden");
}

#[tokio::test]
async fn a_thousand_operations_are_one_batch_and_one_more_is_none() {
    let app = TestApp::start().await;
    app.customer_with("ada", "2000").await;
    let of = |count: u32| {
        let one = |n: u32| format!(r#"{{"op":"spend","key":"s{n}","user_id":1,"amount":1}}"#);
        (0..count).map(one).collect::<Vec<_>>().join(",")
    };
    let done = batch(&app, &of(1_000)).await;
    assert_eq!(done.json()["results"].as_array().unwrap().len(), 1_000);
    assert_eq!(batch(&app, &of(1_001)).await.code(), "invalid_request");
    let balance = app.get("/api/credits/balance?user_id=1").send().await;
    assert_eq!(balance.json()["current_credits"], 1_000);
}

#[tokio::test]
async fn every_refusal_of_a_batch() {
    let app = TestApp::start().await;
    app.customer_with("ada", "10").await;
    let mut cases = Cases::of("batch");
    let right = r#"{"operations":[{"op":"spend","key":"k","user_id":1,"amount":1}]}"#;
    cases.add_form(&app, &app.post(PATH).json(right)).await;
    for (name, operations) in [
        ("nothing to do", ""),
        ("no object", "7"),
        ("no op", r#"{"key":"a"}"#),
        ("an unknown op", r#"{"op":"refund","key":"a"}"#),
        ("no key", r#"{"op":"spend","user_id":1,"amount":1}"#),
        ("a key in two words", r#"{"op":"spend","key":"two words","user_id":1,"amount":1}"#),
        ("no hold", r#"{"op":"release","key":"a"}"#),
        ("a hold that is none", r#"{"op":"release","key":"a","hold_id":"tx_1_2"}"#),
        ("a field of another op", r#"{"op":"release","key":"a","hold_id":"hold_1_2","amount":1}"#),
        ("an op twice", r#"{"op":"spend","op":"spend","key":"a","user_id":1,"amount":1}"#),
        (
            "several wrong values",
            r#"{"op":"spend","key":"a","user_id":1,"amount":-1},
               {"op":"hold","key":"b","user_id":1},
               {"op":"spend","key":"c","user_id":1,"quantities":{"x":1e3},"service":"llm"}"#,
        ),
    ] {
        cases.add(name, &batch(&app, operations).await);
    }
    add_atomic(&app, &mut cases).await;
    insta::assert_snapshot!(cases.finish());
}

/// What an atomic batch is refused for: whatever any of its operations is.
async fn add_atomic(app: &TestApp, cases: &mut Cases) {
    let holds = r#"{"op":"hold","key":"open","user_id":1,"amount":1},
        {"op":"hold","key":"child","user_id":1,"amount":1,"parent_id":"hold_1_4"},
        {"op":"hold","key":"done","user_id":1,"amount":1},
        {"op":"release","key":"end","hold_id":"hold_1_6"},
        {"op":"hold","key":"short","user_id":1,"amount":1,"expires_in":1}"#;
    for hold in holds.split("},") {
        let hold = if hold.ends_with('}') { hold.to_owned() } else { format!("{hold}}}") };
        let placed = batch(app, &hold).await;
        assert!(placed.json()["results"][0]["problem"].is_null(), "{placed}");
    }
    app.hands().pass(2_000_000);
    for (name, operation) in [
        ("more than there is", r#"{"op":"spend","key":"a","user_id":1,"amount":100}"#),
        ("nobody there", r#"{"op":"spend","key":"b","user_id":99,"amount":1}"#),
        ("settled", r#"{"op":"release","key":"c","hold_id":"hold_1_6"}"#),
        ("expired", r#"{"op":"capture","key":"d","hold_id":"hold_1_8","amount":1}"#),
        ("with an open child", r#"{"op":"release","key":"e","hold_id":"hold_1_4"}"#),
        ("more than it may", r#"{"op":"capture","key":"f","hold_id":"hold_1_5","amount":2}"#),
        ("a key reused", r#"{"op":"spend","key":"again","user_id":1,"amount":2}"#),
    ] {
        let first = r#"{"op":"spend","key":"again","user_id":1,"amount":1}"#;
        assert_eq!(batch(app, first).await.status(), 200);
        cases.add(name, &atomic(app, operation).await);
    }
    add_limit(app, cases).await;
    for (name, status) in [("paused", Status::Paused), ("suspended", Status::Suspended)] {
        app.set_status(domain::UserId::from_number(1), status).await;
        let spend = format!(r#"{{"op":"spend","key":"{name}","user_id":1,"amount":1}}"#);
        cases.add(name, &atomic(app, &spend).await);
    }
}

async fn add_limit(app: &TestApp, cases: &mut Cases) {
    let grant = |n: u32| {
        format!(
            r#"{{"op":"grant","key":"g{n}","user_id":1,"amount":1,"source":"admin","description":"x"}}"#
        )
    };
    let many: Vec<_> = (0..1_000).map(grant).collect();
    cases.add("more grants than there may be", &atomic(app, &many.join(",")).await);
}
