//! `POST /api/credits/quote`

use testkit::TestApp;

use crate::cases::Cases;

const PATH: &str = "/api/credits/quote";

#[tokio::test]
async fn a_quote_shows_every_line_of_the_price() {
    let app = TestApp::start().await;
    app.customer_with("ada", "5").await;
    let body =
        r#"{"service":"llm","quantities":{"input_tokens":1500,"output_tokens":300},"user_id":1}"#;
    insta::assert_snapshot!(app.post(PATH).json(body).send().await);
}

#[tokio::test]
async fn a_quote_for_nobody_says_nothing_of_what_they_can_pay() {
    let app = TestApp::start().await;
    let body = r#"{"service":"ai_chat","quantities":{"requests":1}}"#;
    let quote = app.post(PATH).json(body).send().await;
    assert!(quote.json()["affordable"].is_null(), "{quote}");
}

#[tokio::test]
async fn every_refusal_of_a_quote() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let mut cases = Cases::of("quote");
    let right = r#"{"service":"ai_chat","quantities":{"requests":1}}"#;
    cases.add_form(&app, &app.post(PATH).json(right)).await;
    for (name, body) in [
        ("no quantities", r#"{"service":"ai_chat"}"#),
        ("empty quantities", r#"{"service":"ai_chat","quantities":{}}"#),
        ("a service that is not there", r#"{"service":"nope","quantities":{"requests":1}}"#),
        ("a dimension that has no price", r#"{"service":"ai_chat","quantities":{"minutes":1}}"#),
        (
            "more than an amount may be",
            r#"{"service":"ai_chat","quantities":{"requests":1000000000}}"#,
        ),
        ("nobody there", r#"{"service":"ai_chat","quantities":{"requests":1},"user_id":99}"#),
    ] {
        cases.add(name, &app.post(PATH).json(body).send().await);
    }
    insta::assert_snapshot!(cases.finish());
}
