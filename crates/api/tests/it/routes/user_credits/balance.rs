//! `GET /api/admin/credits/user/{user_id}/balance`

use testkit::TestApp;

use crate::cases::Cases;

#[tokio::test]
async fn it_is_what_the_user_gets() {
    let app = TestApp::start().await;
    app.customer_with("ada", "100").await;
    app.post("/api/credits/spend").key("s").json(r#"{"user_id":1,"amount":1}"#).send().await;
    let reader = app.key("reader", "credits:read").await;
    let own = app.get("/api/credits/balance?user_id=1").send().await;
    let path = "/api/admin/credits/user/1/balance";
    for call in [app.get(path), app.get(path).by(&reader)] {
        let answer = call.send().await;
        assert_eq!((answer.status(), answer.body()), (200, own.body()), "{answer}");
    }
}

#[tokio::test]
async fn every_refusal_of_the_balance_of_a_user() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let mut cases = Cases::of("getUserBalance");
    let path = |user: &str| format!("/api/admin/credits/user/{user}/balance");
    cases.add_form(&app, &app.get(&path("1"))).await;
    for (name, user, query) in [
        ("nobody there", "99", ""),
        ("no id", "ada", ""),
        ("in the future", "1", "at=2026-11-24T00:00:00Z"),
        ("no time", "1", "at=yesterday"),
        ("a record that never comes", "1", "min_seq=1000000"),
        ("nobody there and no time", "99", "at=yesterday"),
    ] {
        cases.add(name, &app.get(&path(user)).and_query(query).send().await);
    }
    insta::assert_snapshot!(cases.finish());
}
