//! What the server counts about itself, in the OpenMetrics text format.
//!
//! Requests are counted by route, never by path: an id in a label would make
//! one time series a user. This module must not know what routes do.

mod jobs;
mod ledger;
mod sign_in;

use std::sync::Arc;
use std::time::Duration;

use http::{Method, StatusCode};
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use self::jobs::JobsCollector;
use self::ledger::LedgerCollector;
use self::sign_in::SignInCollector;

/// Upper bounds in seconds: a spend takes a few milliseconds, a page of history
/// some tens, and 30 s is the end.
const BUCKETS: [f64; 12] =
    [0.000_5, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0];

/// A request as it is counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    route: Arc<str>,
    method: &'static str,
    status: u16,
}

/// A route as it is timed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: Arc<str>,
}

/// The counters. Clones share them.
#[derive(Clone)]
pub(crate) struct Metrics {
    requests: Family<Answered, Counter>,
    durations: Family<Route, Histogram, fn() -> Histogram>,
    registry: Arc<Registry>,
}

impl Metrics {
    /// Counters at zero, beside the ledger's own.
    pub(crate) fn new(app: &app::App) -> Self {
        let requests = Family::default();
        let durations = Family::new_with_constructor(histogram as fn() -> Histogram);
        let mut registry = Registry::with_prefix("credits");
        registry.register("http_requests", "Requests answered", requests.clone());
        registry.register_with_unit(
            "http_request_duration",
            "From the request's head to the answer's",
            Unit::Seconds,
            durations.clone(),
        );
        registry.register_collector(Box::new(LedgerCollector::new(app.ledger().clone())));
        registry.register_collector(Box::new(JobsCollector::new(app.clone())));
        registry.register_collector(Box::new(SignInCollector::new(app.clone())));
        Self { requests, durations, registry: Arc::new(registry) }
    }

    /// Counts a request that was answered.
    pub(crate) fn count(&self, request: Request<'_>, status: StatusCode, took: Duration) {
        let route = Arc::clone(request.route);
        let method = word(request.method);
        let answered = Answered { route: Arc::clone(&route), method, status: status.as_u16() };
        self.requests.get_or_create(&answered).inc();
        self.durations.get_or_create(&Route { route }).observe(took.as_secs_f64());
    }

    /// All of them as text.
    pub(crate) fn encode(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

/// What a request is counted by.
#[derive(Clone, Copy)]
pub(crate) struct Request<'a> {
    pub(crate) route: &'a Arc<str>,
    pub(crate) method: &'a Method,
}

fn histogram() -> Histogram {
    Histogram::new(BUCKETS)
}

/// A client may invent methods; a label may not grow with them.
fn word(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PATCH => "PATCH",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
