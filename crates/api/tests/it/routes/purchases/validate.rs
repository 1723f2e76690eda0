//! `POST /api/credits/purchase/validate`

use std::fmt::Write as _;

use domain::{Mode, Status, UserId};
use testkit::{Answer, TestApp, TestBook};

use crate::cases::Cases;

const PATH: &str = "/api/credits/purchase/validate";

async fn validate(app: &TestApp, body: &str) -> Answer {
    app.post(PATH).json(body.to_owned()).send().await
}

#[tokio::test]
async fn an_offer_shows_every_line_of_the_price_and_promises_it() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    insta::assert_snapshot!(validate(&app, r#"{"user_id":1,"amount":"1000"}"#).await);
}

#[tokio::test]
async fn the_values_may_come_in_the_query() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let body = validate(&app, r#"{"user_id":1,"amount":12.5}"#).await;
    let path = format!("{PATH}?user_id=1&amount=12.5");
    for sent in ["", "null", " {} "] {
        let query = app.post(&path).json(sent).send().await;
        assert_eq!((query.status(), query.body()), (200, body.body()), "{sent:?}");
    }
    let bare = app.post(&path).send().await;
    assert_eq!(bare.body(), body.body(), "axios sends no type without a body");
}

#[tokio::test]
async fn what_stands_in_the_way_is_a_reason() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let mut text = String::new();
    let mut add = |name: &str, answer: Answer| {
        assert_eq!((answer.status(), &answer.json()["can_purchase"]), (200, &false.into()));
        writeln!(text, "## {name}\n\n{answer}\n").unwrap();
    };
    add("too little", validate(&app, r#"{"user_id":1,"amount":4.9}"#).await);
    let code = r#"{"user_id":1,"amount":10,"promotion_code":"SUMMER-26"}"#;
    add("a code nobody knows", validate(&app, code).await);
    for (name, status) in [("paused", Status::Paused), ("suspended", Status::Suspended)] {
        app.set_status(UserId::from_number(1), status).await;
        add(name, validate(&app, r#"{"user_id":1,"amount":10}"#).await);
    }
    let live = TestApp::start_with(TestBook { mode: Mode::Live, ..TestBook::default() }).await;
    live.customer("ada").await;
    add("a live book that nobody pays in", validate(&live, r#"{"user_id":1,"amount":10}"#).await);
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn every_refusal_of_an_offer() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let mut cases = Cases::of("validatePurchase");
    cases.add_form(&app, &app.post(PATH).json(r#"{"user_id":1,"amount":10}"#)).await;
    for (name, body) in [
        ("no amount", r#"{"user_id":1}"#),
        ("nothing", r#"{"user_id":1,"amount":0}"#),
        ("less than nothing", r#"{"user_id":1,"amount":-1}"#),
        ("an exponent", r#"{"user_id":1,"amount":1e3}"#),
        ("too fine", r#"{"user_id":1,"amount":0.0000001}"#),
        ("too much", r#"{"user_id":1,"amount":1000000001}"#),
        ("no number", r#"{"user_id":1,"amount":NaN}"#),
        ("no number in a string", r#"{"user_id":1,"amount":"NaN"}"#),
        ("a code that is none", r#"{"user_id":1,"amount":10,"promotion_code":"a b"}"#),
        ("a key names nobody", r#"{"amount":10}"#),
        ("nobody there", r#"{"user_id":99,"amount":10}"#),
    ] {
        cases.add(name, &validate(&app, body).await);
    }
    for query in ["amount=-1", "amount=1e3", "amount=NaN", "amount=1&amount=2", "amount="] {
        let answer = app.post(&format!("{PATH}?user_id=1&{query}")).send().await;
        assert_eq!(answer.code(), "invalid_request", "{query}");
    }
    let with = |code: &str| {
        let body = format!(r#"{{"user_id":1,"amount":10,"promotion_code":"{code}"}}"#);
        app.post(PATH).json(body)
    };
    cases.add_guesses(with).await;
    insta::assert_snapshot!(cases.finish());
}
