//! `POST /api/stripe/create-checkout-session`

use domain::{Mode, Status, UserId};
use testkit::{Answer, TestApp, TestBook};

use super::shop;
use crate::cases::Cases;

const PATH: &str = "/api/stripe/create-checkout-session";
const RIGHT: &str = r#"{
    "user_id": 1, "amount": 1000,
    "success_url": "https://a.example/yes", "cancel_url": "https://a.example/no"
}"#;

fn body(user: i64, amount: &str, cancel_url: &str) -> String {
    format!(
        r#"{{"user_id":{user},"amount":{amount},"success_url":"https://a.example/yes","cancel_url":"{cancel_url}"}}"#
    )
}

async fn begin(app: &TestApp, body: &str) -> Answer {
    app.post(PATH).json(body.to_owned()).send().await
}

#[tokio::test]
async fn a_page_is_begun_and_paid_on() {
    let (app, fake) = shop().await;
    app.customer("ada").await;
    let begun = app.post(PATH).key("k").json(RIGHT).send().await;
    let shown = begun.to_string().replace(&fake.base(), "https://stripe.example");
    insta::assert_snapshot!(shown);
    fake.pay_page(&begun.text("/session_id"));
    let again = app.post(PATH).key("k").json(RIGHT).send().await;
    assert_eq!(again.text("/status"), "succeeded");
    let balance = app.get("/api/credits/balance?user_id=1").send().await.json();
    assert_eq!(balance["current_credits"], 1000);
}

#[tokio::test]
async fn every_refusal_of_a_page() {
    let (app, fake) = shop().await;
    app.customer("ada").await;
    app.customer("bob").await;
    let mut cases = Cases::of("createCheckoutSession");
    cases.add_form(&app, &app.post(PATH).key("k").json(RIGHT)).await;
    cases.add("nowhere to lead to", &begin(&app, r#"{"user_id":1,"amount":10}"#).await);
    for url in ["javascript:alert(1)", "//a.example", "https://", "ftp://a.example", "a b", ""] {
        let refused = begin(&app, &body(1, "10", url)).await;
        assert_eq!(refused.code(), "invalid_request", "{url}");
    }
    cases.add("an address that is none", &begin(&app, &body(1, "10", "javascript:x")).await);
    cases.add("too little", &begin(&app, &body(1, "4.9", "/no")).await);
    cases.add("nobody there", &begin(&app, &body(99, "10", "/no")).await);
    app.post(PATH).key("reused").json(RIGHT).send().await;
    let other = app.post(PATH).key("reused").json(body(1, "1000", "/another"));
    cases.add("a key reused", &other.send().await);
    let page = app.post(PATH).key("ended").json(RIGHT).send().await.text("/session_id");
    fake.expire(&page);
    cases.add("a page that has ended", &app.post(PATH).key("ended").json(RIGHT).send().await);
    let with = |code: &str| {
        let coded = format!(r#"{{"promotion_code":"{code}","#);
        app.post(PATH).json(body(1, "100", "/no").replacen('{', &coded, 1))
    };
    cases.add_codes(&app, with).await;
    app.fill(UserId::from_number(2)).await;
    cases.add("no room for another grant", &begin(&app, &body(2, "10", "/no")).await);
    for (name, status) in [("paused", Status::Paused), ("suspended", Status::Suspended)] {
        app.set_status(UserId::from_number(2), status).await;
        cases.add(name, &begin(&app, &body(2, "10", "/no")).await);
    }
    let live = TestApp::start_with(TestBook { mode: Mode::Live, ..TestBook::default() }).await;
    live.customer("ada").await;
    cases.add("a live book that nobody pays in", &begin(&live, RIGHT).await);
    insta::assert_snapshot!(cases.finish());
}
