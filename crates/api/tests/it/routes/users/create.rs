//! `POST /api/admin/users`

use testkit::TestApp;

use crate::cases::Cases;

const PATH: &str = "/api/admin/users";
const RIGHT: &str =
    r#"{"email":"Ada@example.com","name":"Ada","role":"customer","external_id":"u-1815"}"#;

#[tokio::test]
async fn a_user_is_made_once_and_brought_up_to_date_by_their_external_id() {
    let app = TestApp::start().await;
    let made = app.post(PATH).key("k").json(RIGHT).send().await;
    let again = app.post(PATH).key("k").json(RIGHT).send().await;
    assert_eq!(again.body(), made.body());
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    let renamed = RIGHT.replace("\"Ada\"", "\"Ada Lovelace\"");
    let updated = app.post(PATH).json(renamed).send().await;
    assert_eq!(updated.json()["id"], made.json()["id"]);
    assert_eq!(updated.text("/name"), "Ada Lovelace");
    insta::assert_snapshot!(made);
}

#[tokio::test]
async fn every_refusal_of_a_user() {
    let app = TestApp::start().await;
    let mut cases = Cases::of("createUser");
    cases.add_form(&app, &app.post(PATH).key("k").json(RIGHT)).await;
    app.post(PATH).key("reused").json(RIGHT).send().await;
    for (name, body) in [
        ("no address", RIGHT.replace("Ada@example.com", "Ada")),
        ("no name", RIGHT.replace("\"Ada\"", "\"\"")),
        ("no role", RIGHT.replace("customer", "owner")),
        ("an address that is taken", RIGHT.replace("u-1815", "u-2").replace("Ada@", "ADA@")),
    ] {
        cases.add(name, &app.post(PATH).json(body).send().await);
    }
    let other = RIGHT.replace("\"Ada\"", "\"Eve\"");
    cases.add("a key reused", &app.post(PATH).key("reused").json(other).send().await);
    insta::assert_snapshot!(cases.finish());
}
