//! One call: sends it, sends it again where that is safe, reads the answer.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::answer::{Answer, Problem};
use crate::error::Error;
use crate::request::Key;

/// How often a call is sent at most.
const ATTEMPTS: u32 = 4;
/// How long the first pause is; each one after it is twice as long.
const PAUSE: Duration = Duration::from_millis(50);
/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_mins(1);

/// A client of one server with one API key. Clones share its connections.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    base: String,
}

/// A call whose answer is awaited.
pub(crate) struct Call<'a, B: ?Sized> {
    pub(crate) method: Method,
    pub(crate) path: &'a str,
    pub(crate) key: Option<&'a Key>,
    pub(crate) body: Option<&'a B>,
}

impl Client {
    /// A client of the server at `url`, `http://HOST:PORT`, with an API key.
    pub fn new(url: &str, api_key: &str) -> Result<Self, Error> {
        let base = url.trim_end_matches('/').to_owned();
        if reqwest::Url::parse(&base).is_ok_and(|url| url.has_host()) {
            let mut bearer =
                HeaderValue::from_str(&format!("Bearer {api_key}")).map_err(|_| Error::Key)?;
            bearer.set_sensitive(true);
            let headers = HeaderMap::from_iter([(AUTHORIZATION, bearer)]);
            let http = reqwest::Client::builder().default_headers(headers).timeout(TIMEOUT);
            Ok(Self { http: http.build().map_err(Error::Unreachable)?, base })
        } else {
            Err(Error::Address(url.to_owned()))
        }
    }

    /// Sends a call until it is answered for good.
    pub(crate) async fn send<B, T>(&self, call: Call<'_, B>) -> Result<Answer<T>, Error>
    where
        B: Serialize + ?Sized,
        T: DeserializeOwned,
    {
        let is_safe = call.method == Method::GET || call.key.is_some();
        let mut pause = PAUSE;
        for _ in 1..ATTEMPTS {
            match self.send_once(&call).await {
                Err(error) if is_safe && error.is_transient() => {}
                done => return done,
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        self.send_once(&call).await
    }

    async fn send_once<B, T>(&self, call: &Call<'_, B>) -> Result<Answer<T>, Error>
    where
        B: Serialize + ?Sized,
        T: DeserializeOwned,
    {
        let (status, replayed, body) = self.answered(call).await?;
        let value = serde_json::from_slice(&body).map_err(|error| foreign(status, error))?;
        Ok(Answer { value, replayed })
    }

    /// Sends a call once; the body of an answer that is no refusal, and whether it was kept
    /// from before.
    pub(crate) async fn answered<B: Serialize + ?Sized>(
        &self,
        call: &Call<'_, B>,
    ) -> Result<(StatusCode, bool, Vec<u8>), Error> {
        let response = self.request(call).send().await.map_err(Error::Unreachable)?;
        let replayed = response.headers().contains_key("idempotency-replayed");
        let status = response.status();
        let body = read(response).await?;
        if status.is_success() {
            return Ok((status, replayed, body));
        }
        let problem: Problem =
            serde_json::from_slice(&body).map_err(|error| foreign(status, error))?;
        Err(Error::Refused(Box::new(problem)))
    }

    fn request<B: Serialize + ?Sized>(&self, call: &Call<'_, B>) -> RequestBuilder {
        let url = format!("{}{}", self.base, call.path);
        let mut request = self.http.request(call.method.clone(), url);
        if let Some(key) = call.key {
            request = request.header("idempotency-key", key.as_str());
        }
        match call.body {
            Some(body) => request.json(body),
            None => request,
        }
    }
}

async fn read(response: Response) -> Result<Vec<u8>, Error> {
    response.bytes().await.map(Vec::from).map_err(Error::Unreachable)
}

pub(crate) fn foreign(status: StatusCode, source: serde_json::Error) -> Error {
    Error::Foreign { status: status.as_u16(), source: Some(source) }
}
