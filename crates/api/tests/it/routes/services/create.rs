//! `POST /api/admin/services`

use testkit::TestApp;

use crate::cases::Cases;

const PATH: &str = "/api/admin/services";
const RIGHT: &str = r#"{"key":"transcription","name":"Transcription","unit":"minute","minimum":1,
    "dimensions":{"minutes":0.000000000001}}"#;

#[tokio::test]
async fn a_service_begins_with_its_first_price() {
    let app = TestApp::start().await;
    let made = app.post(PATH).key("k").json(RIGHT).send().await;
    let again = app.post(PATH).key("k").json(RIGHT).send().await;
    assert_eq!(again.body(), made.body());
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    insta::assert_snapshot!(made);
}

#[tokio::test]
async fn every_refusal_of_a_service() {
    let app = TestApp::start().await;
    let mut cases = Cases::of("createService");
    cases.add_form(&app, &app.post(PATH).key("k").json(RIGHT)).await;
    for (name, body) in [
        ("no-price", RIGHT.replace("0.000000000001", "-1")),
        ("a-price-too-fine", RIGHT.replace("0.000000000001", "0.0000000000001")),
        ("no-dimensions", RIGHT.replace(r#""minutes":0.000000000001"#, "")),
        ("a-dimension-twice", RIGHT.replace(r#""minutes""#, r#""minutes":1,"minutes""#)),
        ("a-key-that-is-none", RIGHT.replace("transcription", "Speech to text")),
        ("a-key-that-is-taken", RIGHT.replace("transcription", "llm")),
    ] {
        cases.add(name, &app.post(PATH).key(name).json(body).send().await);
    }
    app.post(PATH).key("reused").json(RIGHT).send().await;
    let other = RIGHT.replace("minute\"", "second\"");
    cases.add("a key reused", &app.post(PATH).key("reused").json(other).send().await);
    insta::assert_snapshot!(cases.finish());
}
