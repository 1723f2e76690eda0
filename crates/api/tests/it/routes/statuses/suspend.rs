//! `POST /api/admin/credits/suspend`

use testkit::TestApp;

use crate::cases::Cases;

const PATH: &str = "/api/admin/credits/suspend";
const RIGHT: &str = r#"{"user_id":1,"reason":"Chargeback"}"#;

#[tokio::test]
async fn a_suspension_is_more_than_a_pause_and_a_pause_does_not_lessen_it() {
    let app = TestApp::start().await;
    app.customer_with("ada", "10").await;
    app.post("/api/admin/credits/pause").json(RIGHT).send().await;
    insta::assert_snapshot!(app.post(PATH).json(RIGHT).send().await);
    let spend = app.post("/api/credits/spend").key("s").json(r#"{"user_id":1,"amount":1}"#);
    assert_eq!(spend.send().await.code(), "account_suspended");
    let paused = app.post("/api/admin/credits/pause").json(RIGHT).send().await;
    assert_eq!(paused.text("/message"), "User 1 is suspended already; nothing changed.");
    let log = app.get("/api/admin/audit?subject=user:1&action=credits.suspend").send().await;
    assert_eq!(log.json()["entries"][0]["before"]["status"], "paused", "{log}");
    assert_eq!(log.json()["entries"][0]["after"]["status"], "suspended", "{log}");
}

#[tokio::test]
async fn every_refusal_of_a_suspension() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let mut cases = Cases::of("suspendCredits");
    cases.add_form(&app, &app.post(PATH).key("k").json(RIGHT)).await;
    let nobody = app.post(PATH).json(r#"{"user_id":99,"reason":"x"}"#).send().await;
    cases.add("nobody there", &nobody);
    let admin = r#"{"role":"admin"}"#;
    app.customer("root").await;
    app.patch("/api/admin/users/2").json(admin).send().await;
    let last = app.post(PATH).json(r#"{"user_id":2,"reason":"x"}"#).send().await;
    cases.add("the last admin", &last);
    app.post(PATH).key("reused").json(RIGHT).send().await;
    let other = RIGHT.replace("Charge", "Draw");
    cases.add("a key reused", &app.post(PATH).key("reused").json(other).send().await);
    insta::assert_snapshot!(cases.finish());
}
