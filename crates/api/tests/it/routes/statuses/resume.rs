//! `POST /api/admin/credits/resume`

use testkit::TestApp;

use crate::cases::Cases;

const PATH: &str = "/api/admin/credits/resume";
const RIGHT: &str = r#"{"user_id":1,"admin_notes":"They answered"}"#;

#[tokio::test]
async fn whatever_stopped_a_user_they_go_on() {
    let app = TestApp::start().await;
    app.customer_with("ada", "10").await;
    for (stop, key) in [("pause", "s1"), ("suspend", "s2")] {
        let path = format!("/api/admin/credits/{stop}");
        app.post(&path).json(r#"{"user_id":1,"reason":"x"}"#).send().await;
        let resumed = app.post(PATH).json(RIGHT).send().await;
        assert_eq!(resumed.text("/message"), "User 1 is active.");
        let spend = app.post("/api/credits/spend").key(key).json(r#"{"user_id":1,"amount":1}"#);
        assert_eq!(spend.send().await.status(), 201, "{stop}");
    }
    insta::assert_snapshot!(app.post(PATH).json(RIGHT).send().await);
    let log = app.get("/api/admin/audit?action=credits.resume").send().await;
    assert_eq!(log.json()["total_count"], 2, "{log}");
    assert_eq!(log.text("/entries/0/admin_notes"), "They answered");
    assert!(log.json()["entries"][0]["reason"].is_null(), "{log}");
}

#[tokio::test]
async fn every_refusal_of_a_resumption() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let mut cases = Cases::of("resumeCredits");
    cases.add_form(&app, &app.post(PATH).key("k").json(RIGHT)).await;
    cases.add("nobody there", &app.post(PATH).json(r#"{"user_id":99}"#).send().await);
    app.post(PATH).key("reused").json(RIGHT).send().await;
    let other = app.post(PATH).key("reused").json(r#"{"user_id":1}"#).send().await;
    cases.add("a key reused", &other);
    insta::assert_snapshot!(cases.finish());
}
