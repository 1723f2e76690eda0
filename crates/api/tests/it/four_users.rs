//! What four users look like, field by field: one who did nothing, a busy one, one
//! who is paused, one who is suspended. The same answers for themselves and for
//! staff, and everyone together.

use std::fmt::Write as _;

use domain::{Role, Status};
use testkit::{Person, TestApp};

/// A user who bought, spent, held, captured and was corrected.
async fn live(app: &TestApp, email: &str) -> Person {
    let person = app.sign_in(email, Role::Customer).await;
    let id = person.id;
    for (path, body) in [
        ("purchase", r#"{"amount":1000,"description":"1000 credits"}"#.to_owned()),
        ("spend", r#"{"amount":2.5,"description":"A picture","job_id":"job-1"}"#.to_owned()),
        (
            "spend",
            r#"{"service":"llm","quantities":{"input_tokens":100},"labels":{"team":"x"}}"#.into(),
        ),
        ("holds", r#"{"amount":10,"expires_in":900}"#.to_owned()),
    ] {
        let call =
            person.post(&format!("/api/credits/{path}")).key(&format!("{path}-{}", body.len()));
        let done = call.json(body).send().await;
        assert!(done.status() < 300, "{path}: {done}");
    }
    let body = format!(r#"{{"user_id":{id},"amount":50,"reason":"Sorry"}}"#);
    assert_eq!(app.post("/api/admin/credits/add").json(body).send().await.status(), 200);
    person
}

#[tokio::test]
async fn an_empty_a_busy_a_paused_and_a_suspended_user_look_like_this() {
    let app = TestApp::start().await;
    let empty = app.sign_in("empty@example.com", Role::Customer).await;
    let busy = live(&app, "busy@example.com").await;
    let paused = live(&app, "paused@example.com").await;
    let suspended = live(&app, "suspended@example.com").await;
    app.set_status(paused.id, Status::Paused).await;
    app.set_status(suspended.id, Status::Suspended).await;
    let mut text = String::new();
    for (name, person) in
        [("empty", &empty), ("busy", &busy), ("paused", &paused), ("suspended", &suspended)]
    {
        for what in ["balance", "summary", "transactions"] {
            let of = app.get(&format!("/api/admin/credits/user/{}/{what}", person.id)).send().await;
            writeln!(text, "## {name}: {what}\n\n{of}\n").unwrap();
            if name != "suspended" {
                let own = person.get(&format!("/api/credits/{what}")).send().await;
                assert_eq!(own.body(), of.body(), "{name}: {what}");
            }
        }
    }
    for what in ["users/status", "system/summary"] {
        let all = app.get(&format!("/api/admin/credits/{what}")).send().await;
        writeln!(text, "## everyone: {what}\n\n{all}\n").unwrap();
    }
    insta::assert_snapshot!(text);
}
