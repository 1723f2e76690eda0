//! HTTP: the edge of the product.
//!
//! ```text
//! serve ─► edge ─► extract: who, key, body, query ─► routes ─► app ─► wire
//!            └──── problem ◄── every refusal
//! ```
//!
//! It turns requests into the arguments of use cases and their answers into
//! JSON. This crate must not know SQL, rules about money, or what a use case
//! does.

mod api;
mod edge;
mod extract;
mod metrics;
mod openapi;
mod problem;
mod receipt;
mod reply;
mod routes;
mod serve;
mod wire;

use std::future::Future;

use app::App;
use app::audit::Audit;
use app::proof::Proof;
use tokio::net::TcpListener;

use crate::api::Api;
use crate::edge::EdgeLayer;

pub use crate::openapi::openapi;
pub use crate::problem::Code;
pub use crate::serve::{Drained, Limits};

/// What is served.
#[derive(Clone)]
pub struct Served {
    /// The use cases.
    pub app: App,
    /// The book's proof.
    pub proof: Proof,
    /// The book's audit log.
    pub audit: Audit,
}

/// Answers what comes to the listener until `shutdown` is done. Then nothing
/// new is taken, what is at work is answered, and mutations run to their end,
/// within the time that `limits` say.
///
/// What is served is left open: its owner closes it.
pub async fn serve(
    listener: TcpListener,
    served: Served,
    limits: Limits,
    shutdown: impl Future<Output = ()>,
) -> Drained {
    let api = Api::new(served);
    let edge = |timeout| EdgeLayer { api: api.clone(), timeout };
    let router = routes::router().layer(edge(limits.request_timeout));
    let long = routes::long_router().layer(edge(limits.verify_timeout));
    let router = router.merge(long).with_state(api.clone());
    let drain_timeout = limits.drain_timeout;
    let drained = serve::accept(listener, router, limits, shutdown).await;
    // A mutation whose client was cut off goes on; the ledger closes behind it.
    let finished = tokio::time::timeout(drain_timeout, api.finish()).await;
    if finished.is_err() {
        tracing::warn!("http.mutations_left");
    }
    drained
}
