//! `POST /api/admin/ledger/verify`

use std::time::Duration;

use api::Limits;
use testkit::{TestApp, TestBook};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::cases::Cases;

const PATH: &str = "/api/admin/ledger/verify";
const SHORT: Duration = Duration::from_millis(100);

#[tokio::test]
async fn a_book_that_nobody_touched_is_sound() {
    let app = TestApp::start().await;
    app.customer_with("ada", "10").await;
    app.get("/api/admin/ledger/checkpoint").send().await;
    app.post("/api/credits/spend").key("s").json(r#"{"user_id":1,"amount":1}"#).send().await;
    insta::assert_snapshot!(app.post(PATH).send().await);
}

/// A request whose body is still to come: it waits for it.
async fn begin(app: &TestApp, path: &str) -> TcpStream {
    let key = app.key(path, "admin").await;
    let mut client = TcpStream::connect(app.address()).await.unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nConnection: close\r\n\
         Idempotency-Key: k\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n"
    );
    client.write_all(head.as_bytes()).await.unwrap();
    client
}

async fn answer(mut client: TcpStream) -> String {
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn a_verification_may_take_longer_than_another_request() {
    let limits = Limits { request_timeout: SHORT, ..Limits::default() };
    let app = TestApp::start_with(TestBook { limits, ..TestBook::default() }).await;
    let mut verification = begin(&app, PATH).await;
    let later = begin(&app, "/api/credits/spend").await;
    let late = answer(later).await;
    assert!(late.starts_with("HTTP/1.1 503") && late.contains("overloaded"), "{late}");
    verification.write_all(b"{}").await.unwrap();
    let verified = answer(verification).await;
    assert!(verified.starts_with("HTTP/1.1 200"), "{verified}");
}

#[tokio::test]
async fn a_verification_has_a_limit_of_its_own() {
    let limits = Limits { verify_timeout: SHORT, ..Limits::default() };
    let app = TestApp::start_with(TestBook { limits, ..TestBook::default() }).await;
    let late = answer(begin(&app, PATH).await).await;
    assert!(late.starts_with("HTTP/1.1 503") && late.contains("overloaded"), "{late}");
}

#[tokio::test]
async fn its_path_takes_no_other_method() {
    let app = TestApp::start().await;
    let refused = app.get(PATH).send().await;
    assert_eq!((refused.status(), refused.code().as_str()), (405, "method_not_allowed"));
    assert_eq!(refused.header("allow"), Some("POST"));
}

#[tokio::test]
async fn a_book_is_verified_once_at_a_time() {
    let app = TestApp::start().await;
    let other = app.proof().verification().expect("the right to verify");
    let refused = app.post(PATH).send().await;
    assert_eq!((refused.status(), refused.code().as_str()), (429, "rate_limited"));
    assert_eq!(refused.header("retry-after"), Some("30"));
    drop(other);
    for _ in 0..2 {
        assert_eq!(app.post(PATH).send().await.status(), 200);
    }
}

#[tokio::test]
async fn every_refusal_of_a_verification() {
    let app = TestApp::start().await;
    let mut cases = Cases::of("verifyLedger");
    cases.add_form(&app, &app.post(PATH)).await;
    let other = app.proof().verification().expect("the right to verify");
    cases.add("beside another", &app.post(PATH).send().await);
    drop(other);
    insta::assert_snapshot!(cases.finish());
}
