//! `POST /api/admin/purchases/{id}/refund`

use domain::Mode;
use testkit::{TestApp, TestBook};

use super::bought;
use crate::cases::Cases;

const PATH: &str = "/api/admin/purchases/1/refund";

#[tokio::test]
async fn a_refund_takes_its_share_of_the_credits_and_stands_in_the_history_and_the_log() {
    let app = TestApp::start().await;
    bought(&app, "pi_3Pq9").await;
    let body = r#"{"amount":9.5,"reason":"Bought twice","admin_notes":"Ticket 12"}"#;
    let made = app.post(PATH).key("k").json(body).send().await;
    insta::assert_snapshot!(made);
    let again = app.post(PATH).key("k").json(body).send().await;
    assert_eq!((again.status(), again.body()), (201, made.body()));
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    let history = app.get("/api/credits/transactions?user_id=1&page_size=1").send().await;
    insta::assert_snapshot!("the_credits_that_went_with_it", history);
    let log = app.get("/api/admin/audit?action=refunds.create").send().await;
    insta::assert_snapshot!("the_refund_in_the_audit_log", log);
}

#[tokio::test]
async fn all_that_is_left_goes_back_and_what_is_spent_is_owed_if_staff_say_so() {
    let app = TestApp::start().await;
    bought(&app, "pi_1").await;
    app.post("/api/credits/spend").key("s").json(r#"{"user_id":1,"amount":400}"#).send().await;
    let body = r#"{"owe_shortfall":true,"reason":"x"}"#;
    let made = app.post(PATH).key("k").json(body).send().await;
    assert_eq!(
        (made.json()["amount"].to_string(), &made.json()["credits_taken"]),
        ("95".to_owned(), &1000.into()),
        "{made}"
    );
    let balance = app.get("/api/credits/balance?user_id=1").send().await.json();
    assert_eq!((&balance["available"], &balance["debt"]), (&0.into(), &400.into()));
}

#[tokio::test]
async fn every_refusal_of_a_refund() {
    let app = TestApp::start().await;
    bought(&app, "pi_1").await;
    let mut cases = Cases::of("refundPurchase");
    let right = r#"{"amount":5,"reason":"x"}"#;
    cases.add_form(&app, &app.post(PATH).key("form").json(right)).await;
    for (place, (name, body)) in [
        ("no reason", r#"{"amount":5}"#),
        ("nothing", r#"{"amount":0,"reason":"x"}"#),
        ("less than a cent", r#"{"amount":0.001,"reason":"x"}"#),
        ("more than was paid", r#"{"amount":95.01,"reason":"x"}"#),
    ]
    .into_iter()
    .enumerate()
    {
        let call = app.post(PATH).key(&format!("k{place}")).json(body);
        cases.add(name, &call.send().await);
    }
    app.post(PATH).key("reused").json(right).send().await;
    let other = app.post(PATH).key("reused").json(r#"{"amount":6,"reason":"x"}"#).send().await;
    cases.add("a key reused", &other);
    for (name, path) in [("nobody bought it", "9/refund"), ("no id", "x/refund")] {
        let path = format!("/api/admin/purchases/{path}");
        cases.add(name, &app.post(&path).key("n").json(right).send().await);
    }
    add_states(&mut cases).await;
    insta::assert_snapshot!(cases.finish());
}

/// Refusals of payments and of a book.
async fn add_states(cases: &mut Cases) {
    let right = r#"{"reason":"x"}"#;
    let app = TestApp::start().await;
    bought(&app, "pi_test_refund_declined").await;
    cases.add("declined", &app.post(PATH).key("d").json(right).send().await);
    let paying = TestApp::start_with(TestBook { mode: Mode::Live, ..TestBook::default() }).await;
    let ada = paying.customer("ada").await;
    paying.left_purchase(ada, None).await;
    cases.add("not paid", &paying.post(PATH).key("u").json(right).send().await);
    paying.left_purchase(ada, Some("pi_live")).await;
    let nobody = paying.post("/api/admin/purchases/2/refund").key("p").json(right).send().await;
    cases.add("a live book that nobody pays in", &nobody);
}
