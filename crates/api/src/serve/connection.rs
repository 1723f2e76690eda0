//! One connection: HTTP/1 or HTTP/2, whichever the client speaks.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use http::{Request, Version};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::net::TcpStream;
use tower::ServiceExt as _;

use super::Server;
use super::pulse::{Pulse, Sharing};
use super::watched::Watched;

/// The most bytes of a request that wait in memory, its head at least: a token, a
/// key and a trace fit many times, and a batch comes in few pieces.
const HEAD_BYTES_MAX: usize = 64 * 1024;

/// The most requests one HTTP/2 connection has open.
const STREAMS_MAX: u32 = 256;

/// Answers a connection's requests until it ends or its time is up.
pub(super) async fn serve(server: Arc<Server>, stream: TcpStream) {
    let pulse = Arc::new(Pulse::new());
    let io = TokioIo::new(Watched::new(stream, Arc::clone(&pulse)));
    let service = {
        let (router, pulse) = (server.router.clone(), Arc::clone(&pulse));
        hyper::service::service_fn(move |request| {
            answer(router.clone(), Arc::clone(&pulse), request)
        })
    };
    let builder = builder();
    let connection = builder.serve_connection(io, service);
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        // What breaks a connection is the client's; there is nobody to tell.
        _ = connection.as_mut() => return,
        () = pulse.stops(&server.limits) => return,
        () = server.cut.cancelled() => return,
        () = server.draining.cancelled() => connection.as_mut().graceful_shutdown(),
    }
    tokio::select! {
        _ = connection => {}
        () = pulse.stops(&server.limits) => {}
        () = server.cut.cancelled() => {}
    }
}

fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    // The pulse times heads, on both protocols and before either is known.
    builder.http1().timer(TokioTimer::new()).header_read_timeout(None).max_buf_size(HEAD_BYTES_MAX);
    let head_bytes_max = u32::try_from(HEAD_BYTES_MAX).unwrap_or(u32::MAX);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS_MAX)
        .max_header_list_size(head_bytes_max);
    builder
}

async fn answer(
    router: Router,
    pulse: Arc<Pulse>,
    request: Request<Incoming>,
) -> Result<Response, Infallible> {
    let sharing = match request.version() {
        Version::HTTP_2 => Sharing::Many,
        _ => Sharing::Alone,
    };
    let beat = pulse.begin(sharing);
    let response = router.oneshot(request.map(Body::new)).await;
    drop(beat);
    response
}
