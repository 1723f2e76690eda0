//! Real sockets against a router that does nothing: what clients may cost.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::routing::get;
use http::{Request, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinSet;

use super::*;

const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n";
const LONG: Duration = Duration::from_secs(20);

/// A server of its own, ended by `stop`.
struct Served {
    address: std::net::SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    ended: JoinSet<Drained>,
}

impl Served {
    async fn start(router: Router, limits: Limits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let mut ended = JoinSet::new();
        ended.spawn(accept(listener, router, limits, async move {
            let _ = stopped.await;
        }));
        Self { address, stop: Some(stop), ended }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    async fn stop(mut self) -> Drained {
        drop(self.stop.take());
        self.ended.join_next().await.unwrap().unwrap()
    }
}

fn quick() -> Router {
    Router::new().route("/", get(async || "ok"))
}

fn impatient() -> Limits {
    let short = Duration::from_millis(100);
    Limits { header_timeout: short, idle_timeout: LONG, ..Limits::default() }
}

/// Everything until the server closes.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let read = tokio::time::timeout(LONG, stream.read_to_end(&mut bytes)).await;
    // A reset is an end too.
    let _ = read.expect("the server closes the connection");
    String::from_utf8(bytes).unwrap()
}

/// One answer of a connection that stays open.
async fn answer(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    while !text.ends_with("ok") {
        let mut bytes = [0; 1024];
        let count = stream.read(&mut bytes).await.unwrap();
        assert!(count > 0, "closed after {text:?}");
        text.push_str(std::str::from_utf8(&bytes[..count]).unwrap());
    }
    text
}

#[tokio::test]
async fn who_connects_and_says_nothing_is_let_go() {
    let served = Served::start(quick(), impatient()).await;
    let mut silent = served.connect().await;
    assert_eq!(rest(&mut silent).await, "");
}

#[tokio::test]
async fn who_never_ends_a_head_is_let_go() {
    let served = Served::start(quick(), impatient()).await;
    let mut slow = served.connect().await;
    slow.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nX-Drip: a").await.unwrap();
    assert!(!rest(&mut slow).await.contains("200 OK"));
}

#[tokio::test]
async fn who_never_ends_a_second_head_is_let_go_too() {
    let served = Served::start(quick(), impatient()).await;
    let mut slow = served.connect().await;
    slow.write_all(REQUEST).await.unwrap();
    answer(&mut slow).await;
    slow.write_all(b"GET / HT").await.unwrap();
    assert!(!rest(&mut slow).await.contains("200 OK"));
}

#[tokio::test]
async fn who_is_silent_between_requests_has_the_idle_timeout() {
    let limits =
        Limits { header_timeout: LONG, idle_timeout: Duration::from_millis(100), ..impatient() };
    let served = Served::start(quick(), limits).await;
    let mut idle = served.connect().await;
    idle.write_all(REQUEST).await.unwrap();
    answer(&mut idle).await;
    assert_eq!(rest(&mut idle).await, "");
}

#[tokio::test]
async fn a_connection_that_speaks_http_2_carries_several_requests_at_once() {
    let both = Arc::new(tokio::sync::Barrier::new(2));
    let handler = async move || {
        // Neither is answered before the other has come.
        both.wait().await;
        "ok"
    };
    let served = Served::start(Router::new().route("/", get(handler)), Limits::default()).await;
    let io = TokioIo::new(served.connect().await);
    let (client, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), io).await.unwrap();
    let mut driving = JoinSet::new();
    driving.spawn(connection);
    let send = || {
        let request = Request::get("http://x/").body(Body::empty()).unwrap();
        client.clone().send_request(request)
    };
    let (one, two) = tokio::join!(send(), send());
    assert_eq!((one.unwrap().status(), two.unwrap().status()), (StatusCode::OK, StatusCode::OK));
}

#[tokio::test]
async fn a_connection_beyond_the_cap_waits_for_a_place() {
    let limits = Limits { connections_max: 1, header_timeout: LONG, ..Limits::default() };
    let served = Served::start(quick(), limits).await;
    let mut first = served.connect().await;
    first.write_all(REQUEST).await.unwrap();
    answer(&mut first).await;
    let mut second = served.connect().await;
    second.write_all(REQUEST).await.unwrap();
    let early = tokio::time::timeout(Duration::from_millis(200), second.readable()).await;
    assert!(early.is_err(), "the one place is taken");
    drop(first);
    assert!(answer(&mut second).await.contains("200 OK"));
}

#[tokio::test]
async fn a_request_at_work_is_answered_before_the_end() {
    let (begun, finish) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let handler = {
        let (begun, finish) = (Arc::clone(&begun), Arc::clone(&finish));
        async move || {
            begun.notify_one();
            finish.notified().await;
            "ok"
        }
    };
    let served = Served::start(Router::new().route("/", get(handler)), Limits::default()).await;
    let (mut busy, mut idle) = (served.connect().await, served.connect().await);
    busy.write_all(REQUEST).await.unwrap();
    begun.notified().await;
    let (drained, (nothing, last)) = tokio::join!(served.stop(), async {
        let nothing = rest(&mut idle).await;
        finish.notify_one();
        (nothing, rest(&mut busy).await)
    });
    assert_eq!(drained, Drained::Clean);
    assert_eq!(nothing, "", "an idle connection is closed at once");
    assert!(last.ends_with("ok") && last.contains("connection: close"), "{last}");
}

#[tokio::test]
async fn a_request_that_does_not_end_is_cut_when_the_time_is_up() {
    let begun = Arc::new(Notify::new());
    let handler = {
        let begun = Arc::clone(&begun);
        async move || {
            begun.notify_one();
            std::future::pending::<&str>().await
        }
    };
    let limits = Limits { drain_timeout: Duration::from_millis(100), ..Limits::default() };
    let served = Served::start(Router::new().route("/", get(handler)), limits).await;
    let mut busy = served.connect().await;
    busy.write_all(REQUEST).await.unwrap();
    begun.notified().await;
    assert_eq!(served.stop().await, Drained::Cut { connections: 1 });
    assert_eq!(rest(&mut busy).await, "");
}
