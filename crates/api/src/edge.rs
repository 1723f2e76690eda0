//! The edge of every route: the request's id, its time limit, panics, problems
//! written out, headers, counters.
//!
//! One wrapper instead of a stack of layers: this is on the path of every
//! spend, so it takes one boxed future and no span. It must not know routes.

use std::convert::Infallible;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request};
use axum::response::{IntoResponse as _, Response};
use futures::FutureExt as _;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use tower::{Layer, Service};

use crate::api::Api;
use crate::extract::{RequestId, X_REQUEST_ID};
use crate::metrics;
use crate::problem::{Code, Problem};

/// Says that a book is for trying things out.
const CREDITS_MODE: HeaderName = HeaderName::from_static("credits-mode");

/// How soon to come back when an answer took too long.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// On every answer that doesn't say otherwise. There is no CORS: browsers of other origins are not let in.
const SECURITY: [(HeaderName, HeaderValue); 4] = [
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
    ),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
];

/// Puts the edge around a route.
#[derive(Clone)]
pub(crate) struct EdgeLayer {
    pub(crate) api: Api,
    pub(crate) timeout: Duration,
}

impl<S> Layer<S> for EdgeLayer {
    type Service = Edge<S>;

    fn layer(&self, inner: S) -> Edge<S> {
        Edge { inner, edge: self.clone() }
    }
}

/// A route with its edge.
#[derive(Clone)]
pub(crate) struct Edge<S> {
    inner: S,
    edge: EdgeLayer,
}

impl<S> Service<Request> for Edge<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let EdgeLayer { api, timeout } = self.edge.clone();
        let passing = Passing::begin(api, &request);
        request.extensions_mut().insert(passing.id.clone());
        let answer = AssertUnwindSafe(self.inner.call(request)).catch_unwind();
        Box::pin(async move {
            let response = match tokio::time::timeout(timeout, answer).await {
                Ok(Ok(Ok(response))) => response,
                Ok(Err(panic)) => Problem::internal(message(&*panic)).into_response(),
                Err(_) => too_late().into_response(),
            };
            Ok(passing.end(response))
        })
    }
}

/// A request on its way through.
struct Passing {
    api: Api,
    id: RequestId,
    method: Method,
    route: Arc<str>,
    began: Instant,
}

#[expect(clippy::disallowed_methods, reason = "latency is measured on the machine's clock")]
fn now() -> Instant {
    Instant::now()
}

impl Passing {
    fn begin(api: Api, request: &Request) -> Self {
        let id = api.ids().of(request.headers());
        let matched = request.extensions().get::<MatchedPath>();
        let route = matched.map_or("none", MatchedPath::as_str).into();
        Self { api, id, method: request.method().clone(), route, began: now() }
    }

    fn end(self, mut response: Response) -> Response {
        if let Some(problem) = response.extensions_mut().remove::<Problem>() {
            self.log(&problem);
            problem.render(&mut response, self.id.as_str());
        }
        self.write_headers(response.headers_mut());
        let request = metrics::Request { route: &self.route, method: &self.method };
        let took = now().duration_since(self.began);
        self.api.metrics().count(request, response.status(), took);
        response
    }

    /// What is ours to mend is logged, here and nowhere else.
    fn log(&self, problem: &Problem) {
        if let Some(cause) = problem.cause() {
            let (route, method) = (&*self.route, self.method.as_str());
            tracing::error!(request_id = self.id.as_str(), method, route, cause, "http.failed");
        }
    }

    fn write_headers(&self, headers: &mut HeaderMap) {
        for (name, value) in SECURITY {
            // A page says for itself what it may load.
            headers.entry(name).or_insert(value);
        }
        if self.api.is_test() {
            headers.insert(CREDITS_MODE, HeaderValue::from_static("test"));
        }
        if let Some(id) = self.id.header() {
            headers.insert(X_REQUEST_ID, id);
        }
    }
}

fn too_late() -> Problem {
    let detail = "The answer took too long. What was asked may still happen: retry with the same \
                  Idempotency-Key to learn what came of it.";
    Problem::new(Code::Overloaded, detail).retry_after(RETRY_AFTER)
}

/// What a panic said.
fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    format!("panicked: {}", text.unwrap_or_default())
}
