//! `POST /api/admin/credits/add`

use testkit::TestApp;

use crate::cases::Cases;

const PATH: &str = "/api/admin/credits/add";
const RIGHT: &str =
    r#"{"user_id":1,"amount":25.5,"reason":"Goodwill","admin_notes":"asked for by bob"}"#;

#[tokio::test]
async fn credits_are_added_for_a_reason_and_never_expire() {
    let app = TestApp::start().await;
    app.customer_with("ada", "10").await;
    insta::assert_snapshot!(app.post(PATH).json(RIGHT).send().await);
    let grants = app.get("/api/credits/grants?user_id=1&page_size=1").send().await.json();
    let grant = &grants["grants"][0];
    assert_eq!((&grant["source"], &grant["priority"]), (&"admin".into(), &50.into()));
    assert!(grant["expires_at"].is_null() && grant["cost_basis"].is_null(), "{grant}");
}

#[tokio::test]
async fn with_a_key_it_is_done_once_and_without_one_each_time() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let call = app.post(PATH).json(r#"{"user_id":1,"amount":5,"reason":"x"}"#);
    let first = call.again().key("k").send().await;
    let again = call.again().key("k").send().await;
    assert_eq!((again.status(), again.body()), (200, first.body()));
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    for balance in [10, 15] {
        assert_eq!(call.again().send().await.json()["new_balance"], balance);
    }
}

#[tokio::test]
async fn no_amount_that_is_wrong_reaches_the_ledger() {
    let app = TestApp::start().await;
    app.customer_with("ada", "100").await;
    let head = app.app().ledger().head();
    for path in [PATH, "/api/admin/credits/remove"] {
        for amount in [
            "0",
            "-1",
            "0.0000001",
            "1.1234567",
            "1000000000.000001",
            "1e3",
            "\"\"",
            "null",
            "true",
        ] {
            let body = format!(r#"{{"user_id":1,"amount":{amount},"reason":"x"}}"#);
            let refused = app.post(path).key("k").json(body).send().await;
            assert_eq!(refused.code(), "invalid_request", "{path} {amount}: {refused}");
            assert_eq!(refused.text("/errors/0/pointer"), "/amount", "{path} {amount}");
        }
    }
    assert_eq!(app.app().ledger().head(), head);
}

#[tokio::test]
async fn notes_of_staff_reach_no_customer() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let answers = [
        app.post(PATH).key("k").json(RIGHT).send().await,
        app.post(PATH).key("k").json(RIGHT).send().await,
        app.post("/api/admin/credits/remove").json(RIGHT).send().await,
        app.get("/api/credits/transactions?user_id=1").send().await,
        app.get("/api/credits/grants?user_id=1").send().await,
    ];
    let id = answers[0].text("/transaction/id");
    let path = format!("/api/credits/transactions/{id}");
    let one = [app.get(&path).send().await, app.get(&format!("{path}/explain")).send().await];
    for answer in answers.iter().chain(&one) {
        assert_eq!(answer.status(), 200, "{answer}");
        assert!(
            !answer.body().contains("bob") && !answer.body().contains("admin_notes"),
            "{answer}"
        );
    }
    let log = app.get("/api/admin/audit?action=credits.add").send().await;
    assert_eq!(log.text("/entries/0/admin_notes"), "asked for by bob");
}

#[tokio::test]
async fn every_refusal_of_an_addition() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let mut cases = Cases::of("addCredits");
    let right = r#"{"user_id":1,"amount":1,"reason":"x"}"#;
    cases.add_form(&app, &app.post(PATH).key("k").json(right)).await;
    for (name, body) in [
        ("no reason", r#"{"user_id":1,"amount":1}"#.to_owned()),
        ("a reason of nothing", right.replace('x', " ")),
        ("nobody", r#"{"amount":1,"reason":"x"}"#.to_owned()),
        ("nobody there", right.replace(":1,\"a", ":99,\"a")),
    ] {
        cases.add(name, &app.post(PATH).json(body).send().await);
    }
    app.post(PATH).key("reused").json(right).send().await;
    let other = app.post(PATH).key("reused").json(right.replace('x', "y")).send().await;
    cases.add("a key reused", &other);
    let grant = r#""user_id":1,"amount":1,"source":"admin","description":"x""#;
    for part in 0..2 {
        let one = |n: u32| format!(r#"{{"op":"grant","key":"g{part}-{n}",{grant}}}"#);
        let many: Vec<_> = (0..500).map(one).collect();
        let body = format!(r#"{{"operations":[{}]}}"#, many.join(","));
        app.post("/api/credits/batch").json(body).send().await;
    }
    cases.add("one too many", &app.post(PATH).json(right).send().await);
    insta::assert_snapshot!(cases.finish());
}
