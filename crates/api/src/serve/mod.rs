//! The accept loop: connections, their timeouts, their number, their end.
//!
//! It hands requests to a router and must not know what is behind it.

mod connection;
mod limits;
mod pulse;
mod watched;

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use limits::Limits;

/// How a server ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drained {
    /// Every request was answered.
    Clean,
    /// Time ran out before.
    Cut {
        /// How many connections were still at work.
        connections: usize,
    },
}

/// What every connection shares.
struct Server {
    router: Router,
    limits: Limits,
    /// No new requests.
    draining: CancellationToken,
    /// No requests at all.
    cut: CancellationToken,
}

/// How long to wait when the system has no socket to give.
const EXHAUSTED: Duration = Duration::from_millis(100);

/// Answers what comes to the listener by the router, until `shutdown` is done;
/// then ends what is at work, and returns.
pub(crate) async fn accept(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    shutdown: impl Future<Output = ()>,
) -> Drained {
    let places = Arc::new(Semaphore::new(limits.connections_max));
    let server = Server {
        router,
        limits,
        draining: CancellationToken::new(),
        cut: CancellationToken::new(),
    };
    let (server, connections) = (Arc::new(server), TaskTracker::new());
    let accepting = async {
        loop {
            // A place first, so that who has none waits in the system's queue.
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
            if let Some(stream) = next(&listener).await {
                let serving = connection::serve(Arc::clone(&server), stream);
                connections.spawn(async move {
                    serving.await;
                    drop(place);
                });
            }
        }
    };
    tokio::select! {
        () = accepting => {}
        () = shutdown => {}
    }
    drop(listener);
    drain(&server, &connections).await
}

/// The next connection; `None` where there was none after all.
async fn next(listener: &TcpListener) -> Option<TcpStream> {
    match listener.accept().await {
        Ok((stream, _)) => {
            // An answer is one write; it should not wait for another.
            stream.set_nodelay(true).ok().map(|()| stream)
        }
        // The client has gone again.
        Err(error) if is_clients(&error) => None,
        Err(error) => {
            tracing::error!(%error, "http.accept");
            tokio::time::sleep(EXHAUSTED).await;
            None
        }
    }
}

fn is_clients(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

async fn drain(server: &Server, connections: &TaskTracker) -> Drained {
    server.draining.cancel();
    connections.close();
    let ended = tokio::time::timeout(server.limits.drain_timeout, connections.wait()).await;
    if ended.is_ok() {
        return Drained::Clean;
    }
    let left = connections.len();
    server.cut.cancel();
    connections.wait().await;
    Drained::Cut { connections: left }
}

#[cfg(test)]
mod tests;
