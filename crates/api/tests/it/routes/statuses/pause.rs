//! `POST /api/admin/credits/pause`

use domain::UserId;
use testkit::TestApp;

use crate::cases::Cases;

const PATH: &str = "/api/admin/credits/pause";
const RIGHT: &str = r#"{"user_id":1,"reason":"Unusual usage","admin_notes":"for bob"}"#;

#[tokio::test]
async fn a_pause_is_a_message_and_an_entry_and_no_transaction() {
    let app = TestApp::start().await;
    app.customer_with("ada", "10").await;
    insta::assert_snapshot!(app.post(PATH).json(RIGHT).send().await);
    let balance = app.get("/api/credits/balance?user_id=1").send().await;
    assert_eq!(balance.text("/credit_status"), "paused");
    let history = app.get("/api/credits/transactions?user_id=1").send().await;
    assert_eq!(history.json()["total_count"], 1, "{history}");
    let log = app.get("/api/admin/audit?action=credits.pause").send().await;
    insta::assert_snapshot!("entry", log);
}

#[tokio::test]
async fn a_pause_stops_what_spends_at_once_and_nothing_else() {
    let app = TestApp::start().await;
    app.customer_with("ada", "20").await;
    let hold = |key: &'static str, more: &'static str| {
        let body = format!(r#"{{"user_id":1,"amount":5{more}}}"#);
        app.post("/api/credits/holds").key(key).json(body)
    };
    let plain = hold("h1", "").send().await.text("/id");
    let open_ended = hold("h2", r#","over_capture":"up_to_available""#).send().await.text("/id");
    let released = hold("h3", "").send().await.text("/id");
    let spend = r#"{"user_id":1,"amount":1}"#;
    let spent = app.post("/api/credits/spend").key("before").json(spend).send().await.text("/id");
    assert_eq!(app.post(PATH).json(RIGHT).send().await.status(), 200);

    let refused = app.post("/api/credits/spend").key("s").json(spend).send().await;
    assert_eq!((refused.status(), refused.code().as_str()), (409, "account_paused"));
    assert_eq!(hold("h4", "").send().await.code(), "account_paused");
    let purchase = r#"{"user_id":1,"amount":10,"description":"x"}"#;
    let refused = app.post("/api/credits/purchase").key("p").json(purchase).send().await;
    assert_eq!((refused.status(), refused.code().as_str()), (409, "account_paused"));
    let quote = r#"{"user_id":1,"service":"ai_chat","quantities":{"requests":1}}"#;
    assert_eq!(app.post("/api/credits/quote").json(quote).send().await.status(), 200);

    let capture = |id: &str, amount: u8| {
        let path = format!("/api/credits/holds/{id}/capture");
        app.post(&path).key(id).json(format!(r#"{{"amount":{amount}}}"#))
    };
    // Up to what it holds: the rest of the wallet stays where it is.
    let captured = capture(&open_ended, 9).send().await;
    assert_eq!(captured.json()["hold"]["captured"], 5, "{captured}");
    assert_eq!(capture(&plain, 5).send().await.status(), 200);
    let path = format!("/api/credits/holds/{released}/release");
    assert_eq!(app.post(&path).key("r").send().await.status(), 200);
    for path in ["add", "remove"] {
        let body = r#"{"user_id":1,"amount":1,"reason":"x"}"#;
        let done = app.post(&format!("/api/admin/credits/{path}")).json(body).send().await;
        assert_eq!(done.status(), 200, "{path}: {done}");
    }
    app.refund(UserId::from_number(1), &spent, 1).await;
    for path in ["balance", "transactions", "holds", "grants"] {
        let read = app.get(&format!("/api/credits/{path}?user_id=1")).send().await;
        assert_eq!(read.status(), 200, "{path}: {read}");
    }
    // Granted 20, captured 5 twice, corrected to and fro, spent 1 and got it back.
    let balance = app.get("/api/credits/balance?user_id=1").send().await;
    assert_eq!(balance.json()["current_credits"], 10, "{balance}");
    let resumed = app.post("/api/admin/credits/resume").json(r#"{"user_id":1}"#).send().await;
    assert_eq!(resumed.status(), 200, "{resumed}");
    let bought = app.post("/api/credits/purchase").key("p2").json(purchase).send().await;
    assert_eq!(bought.status(), 200, "{bought}");
}

#[tokio::test]
async fn who_is_paused_stays_so_without_a_second_record() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    app.post(PATH).json(RIGHT).send().await;
    let head = app.app().ledger().head();
    insta::assert_snapshot!(app.post(PATH).json(RIGHT).send().await);
    assert_eq!(app.app().ledger().head(), head);
    let log = app.get("/api/admin/audit?subject=user:1&action=credits.pause").send().await;
    assert_eq!(log.json()["total_count"], 1, "{log}");
}

#[tokio::test]
async fn a_key_has_one_outcome_whether_it_paused_or_found_it_so() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let resume = || app.post("/api/admin/credits/resume").json(r#"{"user_id":1}"#).send();
    let pause = |key: &str| app.post(PATH).key(key).json(RIGHT).send();
    let (paused, was_so) = (pause("did").await, pause("found").await);
    resume().await;
    let head = app.app().ledger().head();
    for (key, first) in [("did", paused), ("found", was_so)] {
        let again = pause(key).await;
        assert_eq!((again.status(), again.body()), (200, first.body()), "{key}");
        assert_eq!(again.header("idempotency-replayed"), Some("true"), "{key}");
        assert_eq!(first.header("idempotency-replayed"), None, "{key}");
        let other = app.post(PATH).key(key).json(r#"{"user_id":1,"reason":"other"}"#).send().await;
        assert_eq!(other.code(), "idempotency_key_reused", "{key}");
    }
    assert_eq!(app.app().ledger().head(), head, "ada is active still");
}

#[tokio::test]
async fn every_refusal_of_a_pause() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let mut cases = Cases::of("pauseCredits");
    cases.add_form(&app, &app.post(PATH).key("k").json(RIGHT)).await;
    for (name, body) in [
        ("no reason", r#"{"user_id":1}"#),
        ("a reason of nothing", r#"{"user_id":1,"reason":""}"#),
        ("nobody there", r#"{"user_id":99,"reason":"x"}"#),
    ] {
        cases.add(name, &app.post(PATH).json(body).send().await);
    }
    app.post(PATH).key("reused").json(RIGHT).send().await;
    let other = RIGHT.replace("Unusual", "Usual");
    cases.add("a key reused", &app.post(PATH).key("reused").json(other).send().await);
    insta::assert_snapshot!(cases.finish());
}
