//! Asking Stripe: one request, its retries, its answer as JSON. This module
//! must not know what is asked.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use reqwest::{Method, RequestBuilder, Response};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;

use super::error::{StripeError, is_passing, meaning};
use super::form::Form;
use super::objects::unreadable;
use crate::hex::hex;

/// The version of the API whose field names this client reads.
pub const API_VERSION: &str = "2026-10-28.endive";

/// How long an answer may take. Stripe's slowest calls charge a card.
const TIMEOUT: Duration = Duration::from_secs(20);

/// How long a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How often a request is sent, at most.
const TRIES_MAX: u32 = 4;

/// The longest answer that is read, in bytes: a page of a hundred objects has much less.
const BODY_BYTES_MAX: usize = 8 << 20;

/// How many keys are used, at most, for what may be asked with any.
const KEYS_MAX: u32 = 3;

/// What the first wait is about; each further one is twice as long.
const WAIT_MS: u64 = 200;

/// The longest wait that an answer may ask for.
const WAIT_SECONDS_MAX: u64 = 5;

/// A connection to Stripe. Clones share it.
#[derive(Clone)]
pub(super) struct Http {
    client: reqwest::Client,
    base: String,
    secret: SecretString,
    /// Tells this run's calls from another's.
    run: String,
    calls: Arc<AtomicU64>,
}

/// Never shows the key.
impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http").field("base", &self.base).finish_non_exhaustive()
    }
}

/// One request.
struct Request<'a> {
    method: Method,
    path: &'a str,
    form: Form,
    key: Option<&'a str>,
}

impl Http {
    pub(super) fn new(
        base: &str,
        secret: SecretString,
        run: [u8; 16],
    ) -> Result<Self, StripeError> {
        let client = reqwest::Client::builder()
            .timeout(TIMEOUT)
            .connect_timeout(CONNECT_TIMEOUT)
            // A redirect would take the key elsewhere.
            .redirect(reqwest::redirect::Policy::none())
            .build();
        let client = client.map_err(|error| StripeError::Away(error.to_string()))?;
        let base = base.trim_end_matches('/').to_owned();
        Ok(Self { client, base, secret, run: hex(&run), calls: Arc::default() })
    }

    /// Reads an object, or a list with a query.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: Form,
    ) -> Result<T, StripeError> {
        Ok(self.ask(Request { method: Method::GET, path, form: query, key: None }).await?)
    }

    /// Changes something, once for each key.
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        key: &str,
        form: Form,
    ) -> Result<T, StripeError> {
        Ok(self.ask(Request { method: Method::POST, path, form, key: Some(key) }).await?)
    }

    /// The same; `None` where Stripe failed at it once and says so whenever this key is
    /// used. It may have happened: who can look, looks, and may use another key.
    pub(super) async fn post_once<T: DeserializeOwned>(
        &self,
        path: &str,
        key: &str,
        form: Form,
    ) -> Result<Option<T>, StripeError> {
        match self.ask(Request { method: Method::POST, path, form, key: Some(key) }).await {
            Ok(made) => Ok(Some(made)),
            Err(Unanswered::Kept) => Ok(None),
            Err(Unanswered::For(error)) => Err(error),
        }
    }

    /// Changes something that may be changed any number of times. The tries of
    /// this one call share a key; the next call has another.
    pub(super) async fn post_new<T: DeserializeOwned>(
        &self,
        path: &str,
        form: Form,
    ) -> Result<T, StripeError> {
        for _ in 1..KEYS_MAX {
            if let Some(done) = self.post_once(path, &self.new_key(), form.clone()).await? {
                return Ok(done);
            }
        }
        self.post(path, &self.new_key(), form).await
    }

    /// The same for what its state lets be changed once: with a key that is kept, and
    /// with others where Stripe failed at that one.
    pub(super) async fn post_by_state<T: DeserializeOwned>(
        &self,
        path: &str,
        key: &str,
        form: Form,
    ) -> Result<T, StripeError> {
        match self.post_once(path, key, form.clone()).await? {
            Some(done) => Ok(done),
            None => self.post_new(path, form).await,
        }
    }

    /// Ends something.
    pub(super) async fn delete<T: DeserializeOwned>(&self, path: &str) -> Result<T, StripeError> {
        let (method, form, key) = (Method::DELETE, Form::default(), self.new_key());
        Ok(self.ask(Request { method, path, form, key: Some(&key) }).await?)
    }

    /// No other call's.
    fn new_key(&self) -> String {
        let count = self.calls.fetch_add(1, Ordering::Relaxed);
        format!("{}:{count}", self.run)
    }

    async fn ask<T: DeserializeOwned>(&self, request: Request<'_>) -> Result<T, Unanswered> {
        let mut tries = 1;
        loop {
            let (problem, wait) = match self.send(&request).await {
                Sent::Answer(body) => {
                    let read = serde_json::from_slice(&body);
                    let unreadable = |error: serde_json::Error| error.to_string();
                    return Ok(read.map_err(unreadable).map_err(StripeError::Unreadable)?);
                }
                Sent::Refused(problem) => return Err(problem.into()),
                Sent::Kept => return Err(Unanswered::Kept),
                Sent::Passing(problem, wait) => (problem, wait),
            };
            if tries == TRIES_MAX {
                return Err(problem.into());
            }
            tracing::info!(path = request.path, tries, %problem, "stripe.retry");
            tokio::time::sleep(wait.unwrap_or_else(|| pause(&request, tries))).await;
            tries = tries.saturating_add(1);
        }
    }

    async fn send(&self, request: &Request<'_>) -> Sent {
        match self.built(request).send().await {
            Ok(response) => Sent::read(response).await,
            Err(error) => Sent::Passing(away(&error), None),
        }
    }

    fn built(&self, request: &Request<'_>) -> RequestBuilder {
        let Request { method, path, form, key } = request;
        let (base, form) = (&self.base, form.encode());
        let is_post = *method == Method::POST;
        let url = if form.is_empty() || is_post {
            format!("{base}{path}")
        } else {
            format!("{base}{path}?{form}")
        };
        let mut built = self
            .client
            .request(method.clone(), url)
            .bearer_auth(self.secret.expose_secret())
            .header("stripe-version", API_VERSION);
        if let Some(key) = key {
            built = built.header("idempotency-key", *key);
        }
        if is_post {
            let kind = "application/x-www-form-urlencoded";
            built = built.header("content-type", kind).body(form);
        }
        built
    }
}

/// Why a request has no answer that can be read.
enum Unanswered {
    /// Stripe failed at it, and answers its key with that from now on.
    Kept,
    For(StripeError),
}

impl From<StripeError> for Unanswered {
    fn from(error: StripeError) -> Self {
        Self::For(error)
    }
}

impl From<Unanswered> for StripeError {
    fn from(unanswered: Unanswered) -> Self {
        match unanswered {
            Unanswered::Kept => Self::Away("it failed at this request".to_owned()),
            Unanswered::For(error) => error,
        }
    }
}

/// What came of sending a request once.
enum Sent {
    Answer(Vec<u8>),
    /// For good.
    Refused(StripeError),
    /// It failed, as it did before: what it keeps of a key is no new try.
    Kept,
    /// It may do better in a moment, or in the one that was named.
    Passing(StripeError, Option<Duration>),
}

impl Sent {
    async fn read(mut response: Response) -> Self {
        let status = response.status();
        let is_kept = response.headers().contains_key("idempotent-replayed");
        let wait = response.headers().get("retry-after").and_then(|wait| wait.to_str().ok());
        let wait = wait.and_then(|wait| wait.parse().ok());
        let wait = wait.map(|seconds: u64| Duration::from_secs(seconds.min(WAIT_SECONDS_MAX)));
        let mut body = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len().saturating_add(chunk.len()) > BODY_BYTES_MAX => {
                    return Self::Refused(unreadable("an answer that is too long"));
                }
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => break,
                // It was done, perhaps; asked again with its key, it is answered.
                Err(error) => return Self::Passing(away(&error), None),
            }
        }
        if status.is_success() {
            return Self::Answer(body);
        }
        if is_kept && status.is_server_error() {
            return Self::Kept;
        }
        let problem = meaning(status, &body);
        if is_passing(status, &body) {
            let problem = match problem {
                away @ StripeError::Away(_) => away,
                other => StripeError::Away(other.to_string()),
            };
            return Self::Passing(problem, wait);
        }
        Self::Refused(problem)
    }
}

/// Without the URL, which may name people.
fn away(error: &reqwest::Error) -> StripeError {
    let what = match () {
        () if error.is_timeout() => "no answer in time",
        () if error.is_connect() => "no connection",
        () => "the connection broke",
    };
    StripeError::Away(what.to_owned())
}

/// Longer each time, and not the same for everybody: what a request is about
/// stands for chance.
fn pause(request: &Request<'_>, tries: u32) -> Duration {
    let seed = request.key.unwrap_or(request.path).bytes();
    let mixed = seed.chain(tries.to_be_bytes()).fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let base = WAIT_MS.saturating_mul(1 << tries.saturating_sub(1).min(8));
    let jitter = (mixed >> 16).checked_rem(base).unwrap_or(0);
    Duration::from_millis(base.saturating_add(jitter).saturating_div(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_differ() {
        let request = |key| Request {
            method: Method::POST,
            path: "/v1/customers",
            form: Form::default(),
            key: Some(key),
        };
        let (a, b) = (request("a"), request("b"));
        assert_ne!(pause(&a, 1), pause(&b, 1));
        for tries in 1..4 {
            let least = Duration::from_millis(100 << (tries - 1));
            assert!(pause(&a, tries) >= least && pause(&a, tries) < least * 2, "{tries}");
        }
    }

    #[test]
    fn the_key_is_not_shown() {
        let http = Http::new("http://127.0.0.1:1/", "sk_test_hush".into(), [1; 16]).unwrap();
        let shown = format!("{http:?}");
        assert!(!shown.contains("hush") && shown.contains("http://127.0.0.1:1"), "{shown}");
    }
}
