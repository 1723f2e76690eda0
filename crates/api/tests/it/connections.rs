//! Clients that go away or never finish, over plain sockets.

use std::time::Duration;

use api::Limits;
use testkit::{TestApp, TestBook};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const SPEND: &str = "/api/credits/spend";

fn head(path: &str, key: &str, length: usize) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n\
         Idempotency-Key: k\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    )
}

#[tokio::test]
async fn a_client_that_goes_away_does_not_stop_its_mutation_halfway() {
    let app = TestApp::start().await;
    app.customer_with("ada", "10").await;
    let key = app.key("another", "admin").await;
    // Who calls is known from now on, so that the request is let in at once.
    app.get("/api/admin/keys").by(&key).send().await;
    let body = r#"{"email":"bob@example.com","name":"Bob","role":"customer"}"#;
    let mut client = TcpStream::connect(app.address()).await.unwrap();
    let request = format!("{}{body}", head("/api/admin/users", &key, body.len()));
    client.write_all(request.as_bytes()).await.unwrap();
    drop(client);
    // The user is made in one transaction, their wallet by a command behind it.
    let mut heads = app.app().ledger().heads();
    heads.wait_for(|head| head.number() >= 4).await.unwrap();
    let opened = app.get("/api/credits/balance?user_id=1&min_seq=4").send().await;
    assert_eq!(opened.status(), 200, "{opened}");
    assert_eq!(app.get("/api/admin/users/2").send().await.text("/name"), "Bob");
    // Its answer, which nobody waits for, may be on its way still.
    while app.app().ledger().health().waiting > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_body_that_never_comes_is_answered_and_let_go() {
    let limits = Limits { request_timeout: Duration::from_millis(100), ..Limits::default() };
    let app = TestApp::start_with(TestBook { limits, ..TestBook::default() }).await;
    let key = app.key("spender", "credits:spend").await;
    let mut client = TcpStream::connect(app.address()).await.unwrap();
    client.write_all(head(SPEND, &key, 20).as_bytes()).await.unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    assert!(answer.contains("retry-after: 1\r\n"), "{answer}");
    assert!(answer.contains(r#""code":"overloaded""#), "{answer}");
}

#[tokio::test]
async fn a_body_cut_short_is_no_json() {
    let app = TestApp::start().await;
    app.customer_with("ada", "10").await;
    let key = app.key("spender", "credits:spend").await;
    let mut client = TcpStream::connect(app.address()).await.unwrap();
    let request = format!("{}{}", head(SPEND, &key, 30), r#"{"user_id":1,"amount":4}"#);
    client.write_all(request.as_bytes()).await.unwrap();
    client.shutdown().await.unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert!(!answer.contains("201 Created"), "{answer}");
    let balance = app.get("/api/credits/balance?user_id=1").send().await;
    assert_eq!(balance.json()["current_credits"], 10, "{balance}");
}

#[tokio::test]
async fn who_waits_for_leave_to_send_too_much_gets_none() {
    let app = TestApp::start().await;
    let key = app.key("spender", "credits:spend").await;
    let mut client = TcpStream::connect(app.address()).await.unwrap();
    let head = head(SPEND, &key, 100_000_000).replace("Host: x", "Host: x\r\nExpect: 100-continue");
    client.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
}
