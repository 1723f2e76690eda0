//! `GET /api/credits/transactions/{id}`

use testkit::TestApp;

use crate::cases::Cases;

#[tokio::test]
async fn a_transaction_is_what_its_spend_was_answered_with() {
    let app = TestApp::start().await;
    app.customer_with("ada", "100").await;
    let body = r#"{"user_id":1,"amount":0.25,"description":"One page","job_id":"run-7"}"#;
    let spent = app.post("/api/credits/spend").key("s").json(body).send().await;
    let path = format!("/api/credits/transactions/{}", spent.text("/id"));
    let found = app.get(&path).send().await;
    assert_eq!(found.body(), spent.body());
    insta::assert_snapshot!(found);
}

#[tokio::test]
async fn a_transaction_shows_the_subscription_that_caused_it() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    app.subscribe("1", 1).await;
    let listed = app.get("/api/credits/transactions?user_id=1").send().await.json();
    let of = &listed["transactions"][0];
    assert_eq!((&of["subscription_id"], &of["subscription"]["id"]), (&1.into(), &1.into()));
    let path = format!("/api/credits/transactions/{}", of["id"].as_str().unwrap());
    insta::assert_snapshot!(app.get(&path).send().await);
}

#[tokio::test]
async fn every_refusal_of_a_transaction() {
    let app = TestApp::start().await;
    app.customer_with("ada", "100").await;
    let mut cases = Cases::of("getTransaction");
    cases.add_form(&app, &app.get("/api/credits/transactions/tx_1_3")).await;
    for (name, id) in [
        ("not there", "tx_1_999"),
        ("a record that is no transaction", "tx_1_2"),
        ("another thing's id", "hold_1_3"),
        ("no id", "7"),
        ("no id at all", "%00%ff"),
    ] {
        let path = format!("/api/credits/transactions/{id}");
        cases.add(name, &app.get(&path).send().await);
    }
    insta::assert_snapshot!(cases.finish());
}
