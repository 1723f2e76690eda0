//! `POST /api/admin/credits/remove`

use testkit::TestApp;

use crate::cases::Cases;

const PATH: &str = "/api/admin/credits/remove";

#[tokio::test]
async fn credits_are_removed_for_a_reason_from_a_paused_wallet_too() {
    let app = TestApp::start().await;
    let ada = app.customer_with("ada", "10").await;
    app.set_status(ada, domain::Status::Paused).await;
    let body = r#"{"user_id":1,"amount":"2.25","reason":"Granted twice"}"#;
    insta::assert_snapshot!(app.post(PATH).json(body).send().await);
}

#[tokio::test]
async fn what_a_hold_reserves_is_not_removed() {
    let app = TestApp::start().await;
    app.customer_with("ada", "10").await;
    app.post("/api/credits/holds").key("h").json(r#"{"user_id":1,"amount":4}"#).send().await;
    let beyond = app.post(PATH).json(r#"{"user_id":1,"amount":7,"reason":"x"}"#).send().await;
    assert_eq!(beyond.code(), "insufficient_credits");
    let rest = app.post(PATH).json(r#"{"user_id":1,"amount":6,"reason":"x"}"#).send().await;
    assert_eq!((rest.status(), &rest.json()["new_balance"]), (200, &4.into()), "{rest}");
}

#[tokio::test]
async fn a_key_that_gives_credits_takes_none() {
    let app = TestApp::start().await;
    app.customer_with("ada", "10").await;
    let giver = app.key("giver", "credits:grant,credits:spend,credits:read").await;
    let body = r#"{"user_id":1,"amount":1,"reason":"x"}"#;
    assert_eq!(app.post(PATH).by(&giver).json(body).send().await.code(), "forbidden");
    let added = app.post("/api/admin/credits/add").by(&giver).json(body).send().await;
    assert_eq!(added.status(), 200, "{added}");
}

#[tokio::test]
async fn every_refusal_of_a_removal() {
    let app = TestApp::start().await;
    app.customer_with("ada", "5").await;
    let mut cases = Cases::of("removeCredits");
    let right = r#"{"user_id":1,"amount":1,"reason":"x"}"#;
    cases.add_form(&app, &app.post(PATH).key("k").json(right)).await;
    for (name, body) in [
        ("no reason", r#"{"user_id":1,"amount":1}"#.to_owned()),
        (
            "notes too long",
            right.replace('}', &format!(r#","admin_notes":"{}"}}"#, "n".repeat(501))),
        ),
        ("nobody there", right.replace(":1,\"a", ":99,\"a")),
        ("more than there is", right.replace("amount\":1", "amount\":60")),
    ] {
        cases.add(name, &app.post(PATH).json(body).send().await);
    }
    app.post(PATH).key("reused").json(right).send().await;
    let other = app.post(PATH).key("reused").json(right.replace('x', "y")).send().await;
    cases.add("a key reused", &other);
    insta::assert_snapshot!(cases.finish());
}
