//! `GET /api/admin/credits/user/{user_id}/summary`

use testkit::TestApp;

use crate::cases::Cases;

#[tokio::test]
async fn it_is_what_the_user_gets() {
    let app = TestApp::start().await;
    app.customer_with("ada", "100").await;
    app.post("/api/credits/spend").key("s").json(r#"{"user_id":1,"amount":1}"#).send().await;
    let reader = app.key("reader", "credits:read").await;
    let own = app.get("/api/credits/summary?user_id=1").send().await;
    let path = "/api/admin/credits/user/1/summary";
    for call in [app.get(path), app.get(path).by(&reader)] {
        let answer = call.send().await;
        assert_eq!((answer.status(), answer.body()), (200, own.body()), "{answer}");
    }
}

#[tokio::test]
async fn every_refusal_of_the_summary_of_a_user() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let mut cases = Cases::of("getUserSummary");
    let path = |user: &str| format!("/api/admin/credits/user/{user}/summary");
    cases.add_form(&app, &app.get(&path("1"))).await;
    for (name, user, query) in [("nobody there", "99", ""), ("no id", "ada", "")] {
        cases.add(name, &app.get(&path(user)).and_query(query).send().await);
    }
    insta::assert_snapshot!(cases.finish());
}
