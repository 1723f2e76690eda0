//! A request in the making.

use reqwest::{Body, Method, RequestBuilder};

use super::answer::Answer;

/// A request in the making.
#[derive(Debug)]
pub struct Call {
    client: reqwest::Client,
    method: Method,
    url: String,
    headers: Vec<(&'static str, String)>,
    body: Body,
}

impl Call {
    pub(super) fn new(client: reqwest::Client, method: Method, url: String, admin: &str) -> Self {
        let call = Self { client, method, url, headers: Vec::new(), body: Body::default() };
        call.by(admin).header("x-request-id", "a-test")
    }

    /// With another API key.
    #[must_use]
    pub fn by(self, secret: &str) -> Self {
        self.header("authorization", &format!("Bearer {secret}"))
    }

    /// With an idempotency key.
    #[must_use]
    pub fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// With a header, in place of one of that name.
    #[must_use]
    pub fn header(self, name: &'static str, value: &str) -> Self {
        let mut call = self.without(name);
        call.headers.push((name, value.to_owned()));
        call
    }

    /// Without a header.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(kept, _)| *kept != name);
        self
    }

    /// With more of a query.
    #[must_use]
    pub fn and_query(mut self, query: &str) -> Self {
        self.url.push(if self.url.contains('?') { '&' } else { '?' });
        self.url.push_str(query);
        self
    }

    /// With JSON.
    #[must_use]
    pub fn json(self, json: impl Into<Body>) -> Self {
        self.header("content-type", "application/json").body(json)
    }

    /// With a body of whatever kind.
    #[must_use]
    pub fn body(self, body: impl Into<Body>) -> Self {
        Self { body: body.into(), ..self }
    }

    /// The same once more; its body must not be a stream.
    #[must_use]
    pub fn again(&self) -> Self {
        let body = self.body.as_bytes().expect("a body in memory").to_vec();
        Self {
            client: self.client.clone(),
            method: self.method.clone(),
            url: self.url.clone(),
            headers: self.headers.clone(),
            body: body.into(),
        }
    }

    /// Sends it and reads the answer whole.
    pub async fn send(self) -> Answer {
        let request = self.client.request(self.method, &self.url);
        let with =
            |request: RequestBuilder, (name, value): (&str, String)| request.header(name, value);
        let request = self.headers.into_iter().fold(request, with).body(self.body);
        let response = request.send().await.expect("an answer");
        Answer::read(response).await
    }
}
