//! `POST /api/admin/keys`

use testkit::TestApp;

use crate::cases::Cases;

const PATH: &str = "/api/admin/keys";
const RIGHT: &str = r#"{"name":"worker","scopes":["credits:spend","credits:read"]}"#;

#[tokio::test]
async fn a_key_is_shown_once_and_works_at_once() {
    let app = TestApp::start().await;
    let made = app.post(PATH).json(RIGHT).send().await;
    let secret = made.text("/secret");
    assert!(secret.starts_with("sk_") && secret.len() == 67, "{secret}");
    let hidden = made.to_string().replace(&secret, "sk_…");
    insta::assert_snapshot!(hidden);
    let listed = app.get(PATH).send().await;
    assert!(!listed.body().contains(&secret), "the secret is nowhere else");
    app.customer("ada").await;
    let balance = app.get("/api/credits/balance?user_id=1").by(&secret).send().await;
    assert_eq!(balance.status(), 200);
}

#[tokio::test]
async fn every_refusal_of_a_key() {
    let app = TestApp::start().await;
    let mut cases = Cases::of("createKey");
    cases.add_form(&app, &app.post(PATH).json(RIGHT)).await;
    app.post(PATH).json(RIGHT).key("used").send().await;
    let other = app.post(PATH).json(r#"{"name":"v","scopes":["admin"]}"#).key("used");
    cases.add("a key used for another", &other.send().await);
    for (name, body) in [
        ("no scopes", r#"{"name":"w","scopes":[]}"#),
        ("an unknown scope", r#"{"name":"w","scopes":["credits:read","root"]}"#),
        ("scopes as a text", r#"{"name":"w","scopes":"admin"}"#),
        ("no name", r#"{"name":"","scopes":["admin"]}"#),
        ("a name that is taken", r#"{"name":"admin","scopes":["admin"]}"#),
    ] {
        cases.add(name, &app.post(PATH).json(body).send().await);
    }
    insta::assert_snapshot!(cases.finish());
}
