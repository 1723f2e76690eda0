//! `POST /api/credits/grants`

use testkit::{Answer, TestApp};

use crate::cases::Cases;

const PATH: &str = "/api/credits/grants";

async fn grant(app: &TestApp, key: &str, body: &str) -> Answer {
    app.post(PATH).key(key).json(body.to_owned()).send().await
}

#[tokio::test]
async fn a_grant_keeps_its_terms() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let body = r#"{
        "user_id": 1, "amount": 200, "source": "purchase", "description": "Starter",
        "priority": 10, "effective_at": "2026-12-01T00:00:00Z",
        "expires_at": "2027-12-01T00:00:00Z", "cost_basis": 19.99
    }"#;
    let made = grant(&app, "k", body).await;
    let again = grant(&app, "k", &body.replace("19.99", "\"19.990\"")).await;
    assert_eq!(again.body(), made.body());
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    insta::assert_snapshot!(made);
}

#[tokio::test]
async fn every_refusal_of_a_grant() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let mut cases = Cases::of("createGrant");
    let right = r#"{"user_id":1,"amount":1,"source":"admin","description":"x"}"#;
    cases.add_form(&app, &app.post(PATH).key("k").json(right)).await;
    let with = |more: &str| right.replace('}', &format!(",{more}}}"));
    for (name, body) in [
        ("no-amount", r#"{"user_id":1,"source":"admin","description":"x"}"#.to_owned()),
        ("no-source", right.replace("admin", "gift")),
        ("a-priority-too-high", with(r#""priority":101"#)),
        ("a-cost-below-nothing", with(r#""cost_basis":-0.01"#)),
        ("an-end-in-the-past", with(r#""expires_at":"2026-01-01T00:00:00Z""#)),
        ("no-time", with(r#""effective_at":"2026-01-01""#)),
        ("nobody-there", right.replace(":1,\"a", ":99,\"a")),
    ] {
        cases.add(name, &grant(&app, name, &body).await);
    }
    grant(&app, "reused", right).await;
    let other = right.replace("\"x\"", "\"y\"");
    cases.add("a key reused", &grant(&app, "reused", &other).await);
    for part in 0..2 {
        let one = |n: u32| format!(r#"{{"op":"grant","key":"g{part}-{n}",{}"#, &right[1..]);
        let many: Vec<_> = (0..500).map(one).collect();
        let body = format!(r#"{{"operations":[{}]}}"#, many.join(","));
        app.post("/api/credits/batch").json(body).send().await;
    }
    cases.add("one too many", &grant(&app, "last", right).await);
    insta::assert_snapshot!(cases.finish());
}
