//! `GET /api/admin/credits/user/{user_id}/transactions`

use testkit::TestApp;

use crate::cases::Cases;

#[tokio::test]
async fn it_is_what_the_user_gets() {
    let app = TestApp::start().await;
    app.customer_with("ada", "100").await;
    app.post("/api/credits/spend").key("s").json(r#"{"user_id":1,"amount":1}"#).send().await;
    let reader = app.key("reader", "credits:read").await;
    let own = app.get("/api/credits/transactions?user_id=1").send().await;
    let path = "/api/admin/credits/user/1/transactions";
    for call in [app.get(path), app.get(path).by(&reader)] {
        let answer = call.send().await;
        assert_eq!((answer.status(), answer.body()), (200, own.body()), "{answer}");
    }
}

#[tokio::test]
async fn every_refusal_of_the_transactions_of_a_user() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let mut cases = Cases::of("getUserTransactions");
    let path = |user: &str| format!("/api/admin/credits/user/{user}/transactions");
    cases.add_form(&app, &app.get(&path("1"))).await;
    for (name, user, query) in [
        ("nobody there", "99", ""),
        ("no id", "ada", ""),
        ("page 0", "1", "page=0"),
        ("a page too long", "1", "page_size=101"),
        ("no type", "1", "transaction_type=gift"),
        ("no day", "1", "end_date=2026-02-30"),
        ("named once more", "1", "user_id=1"),
    ] {
        cases.add(name, &app.get(&path(user)).and_query(query).send().await);
    }
    insta::assert_snapshot!(cases.finish());
}
