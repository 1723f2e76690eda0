//! `GET /healthz`, and what every answer has.

use domain::Mode;
use testkit::{TestApp, TestBook};

#[tokio::test]
async fn the_process_is_alive() {
    let app = TestApp::start().await;
    insta::assert_snapshot!(app.get("/healthz").without("authorization").send().await);
}

#[tokio::test]
async fn every_answer_says_who_it_answers_and_how_to_treat_it() {
    let app = TestApp::start().await;
    for path in ["/healthz", "/nowhere", "/api/credits/balance"] {
        let answer = app.get(path).send().await;
        for (name, value) in [
            ("x-request-id", "a-test"),
            ("credits-mode", "test"),
            ("cache-control", "no-store"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{path}");
        }
        assert_eq!(answer.header("access-control-allow-origin"), None, "{path}");
    }
}

#[tokio::test]
async fn a_live_book_does_not_say_that_it_is_a_test() {
    let app = TestApp::start_with(TestBook { mode: Mode::Live, ..TestBook::default() }).await;
    assert_eq!(app.get("/healthz").send().await.header("credits-mode"), None);
}

#[tokio::test]
async fn a_request_without_a_sane_id_gets_one() {
    let app = TestApp::start().await;
    for sent in ["two words", "x".repeat(200).as_str()] {
        let answer = app.get("/nowhere").header("x-request-id", sent).send().await;
        let id = answer.header("x-request-id").unwrap();
        assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
        assert_eq!(answer.text("/request_id"), id);
    }
}

#[tokio::test]
async fn what_is_no_endpoint_is_a_problem_too() {
    let app = TestApp::start().await;
    insta::assert_snapshot!("no_such_path", app.get("/api/credits").send().await);
    insta::assert_snapshot!("no_such_method", app.delete("/api/credits/spend").send().await);
}
