//! `GET /api/admin/audit`

use testkit::TestApp;

use crate::cases::Cases;

const PATH: &str = "/api/admin/audit";

#[tokio::test]
async fn everything_that_was_answered_is_in_it_newest_first() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let user = app.get(PATH).and_query("action=users.create").send().await;
    insta::assert_snapshot!("a_user_was_made", user);
    let body = r#"{"user_id":1,"amount":100,"reason":"Welcome","admin_notes":"first"}"#;
    app.post("/api/admin/credits/add").json(body).send().await;
    let body = r#"{"user_id":1,"amount":60.5,"reason":"Too much"}"#;
    app.post("/api/admin/credits/remove").json(body).send().await;
    let bought = r#"{"user_id":1,"amount":5,"source":"purchase","description":"Bought"}"#;
    app.post("/api/credits/grants").key("g").json(bought).send().await;
    let spend = app.post("/api/credits/spend").key("s").json(r#"{"user_id":1,"amount":1}"#);
    assert_eq!(spend.send().await.status(), 201);
    let log = app.get(PATH).and_query("subject=user:1&page_size=3").send().await;
    insta::assert_snapshot!(log);
}

#[tokio::test]
async fn entries_are_found_by_who_did_what_to_whom_and_when() {
    let app = TestApp::start().await;
    app.customer_with("ada", "10").await;
    app.customer_with("bob", "10").await;
    app.hands().pass(86_400_000_000);
    let ops = app.key("ops", "admin").await;
    let body = r#"{"user_id":2,"amount":1,"reason":"x"}"#;
    app.post("/api/admin/credits/remove").by(&ops).json(body).send().await;
    for (query, count) in [
        ("actor=key:ops", 1),
        ("actor=key:ops&subject=user:1", 0),
        ("action=credits.grant", 2),
        ("subject=user:2", 3),
        ("subject=user:2&to=2026-11-23", 2),
        ("from=2026-11-24", 2),
        ("from=2026-11-24&action=credits.remove", 1),
        ("from=2026-11-25", 0),
    ] {
        let found = app.get(PATH).and_query(query).send().await;
        assert_eq!(found.json()["total_count"], count, "{query}: {found}");
    }
}

#[tokio::test]
async fn every_refusal_of_a_look_into_the_log() {
    let app = TestApp::start().await;
    let mut cases = Cases::of("listAudit");
    cases.add_form(&app, &app.get(PATH)).await;
    for (name, query) in [
        ("no time", "from=yesterday"),
        ("an actor of nothing", "actor="),
        ("page 0", "page=0"),
        ("a page too large", "page_size=101"),
    ] {
        cases.add(name, &app.get(PATH).and_query(query).send().await);
    }
    insta::assert_snapshot!(cases.finish());
}
