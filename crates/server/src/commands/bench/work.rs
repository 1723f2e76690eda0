//! What a request of a phase is. Requests are numbered through the whole run,
//! and the number decides key and wallet.

use std::fmt::Write as _;

use anyhow::Context as _;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use http::request::Builder;
use http::{HeaderValue, Method, Request};
use http_body_util::Full;
use serde::Deserialize;

use super::keys::{Keys, scatter};

/// Spends in a batch.
pub(super) const BATCH: u64 = 1_000;
/// What a spend or a capture takes, in credits: little enough that no wallet runs
/// dry.
const AMOUNT: &str = "0.001";
/// What a hold reserves: the capture releases half of it.
const HELD: &str = "0.002";

/// What is asked again and again.
#[derive(Clone, Copy, Debug)]
pub(super) enum Work {
    /// What costs the server nothing.
    Constant,
    /// A spend from one of so many wallets: users 1 to this.
    Spend {
        /// Users 1 to this.
        wallets: u32,
    },
    /// A thousand spends from so many wallets.
    Batch {
        /// Users 1 to this.
        wallets: u32,
    },
    /// A hold, then the capture of that hold.
    Hold {
        /// Users 1 to this.
        wallets: u32,
    },
    /// The balance of one of so many wallets.
    Balance {
        /// Users 1 to this.
        wallets: u32,
    },
}

/// What every request of a run has in common.
pub(super) struct Common {
    host: HeaderValue,
    bearer: HeaderValue,
    keys: Keys,
}

/// A hold, as far as its capture needs it.
#[derive(Deserialize)]
struct Held {
    id: String,
}

impl Common {
    pub(super) fn new(host: &str, key: &str, keys: Keys) -> anyhow::Result<Self> {
        let mut bearer = HeaderValue::from_str(&format!("Bearer {key}"))?;
        bearer.set_sensitive(true);
        Ok(Self { host: HeaderValue::from_str(host)?, bearer, keys })
    }

    fn request(&self, method: Method, path: &str) -> Builder {
        let request = Request::builder().method(method).uri(path).header(HOST, &self.host);
        request.header(AUTHORIZATION, &self.bearer)
    }

    /// A command with its key.
    fn post(&self, path: &str, key: String, body: String) -> http::Result<Request<Full<Bytes>>> {
        let request = self.request(Method::POST, path).header("idempotency-key", key);
        json(request, body)
    }
}

impl Work {
    /// How many of what is counted one request is.
    pub(super) const fn weight(self) -> u64 {
        match self {
            Self::Batch { .. } => BATCH,
            _ => 1,
        }
    }

    /// How many connections make sense: a batch is a thousand waiters by itself.
    pub(super) fn connections(self, most: usize) -> usize {
        match self {
            Self::Batch { .. } => most.min(8),
            _ => most,
        }
    }

    /// The request of that number.
    pub(super) fn request(
        self,
        common: &Common,
        number: u64,
    ) -> http::Result<Request<Full<Bytes>>> {
        match self {
            Self::Constant => common.request(Method::GET, "/healthz").body(Full::default()),
            Self::Balance { wallets } => {
                let path = format!("/api/credits/balance?user_id={}", wallet(number, wallets));
                common.request(Method::GET, &path).body(Full::default())
            }
            Self::Spend { wallets } => {
                let body = charge(wallet(number, wallets), AMOUNT);
                common.post("/api/credits/spend", common.keys.of(number, "s"), body)
            }
            Self::Hold { wallets } => {
                let body = charge(wallet(number, wallets), HELD);
                common.post("/api/credits/holds", common.keys.of(number, "h"), body)
            }
            Self::Batch { wallets } => {
                let request = common.request(Method::POST, "/api/credits/batch");
                json(request, batch(common, number, wallets))
            }
        }
    }

    /// The request that follows an answer of success; both are one unit.
    pub(super) fn next(
        self,
        common: &Common,
        number: u64,
        answer: &[u8],
    ) -> anyhow::Result<Option<Request<Full<Bytes>>>> {
        let Self::Hold { .. } = self else { return Ok(None) };
        let held: Held = serde_json::from_slice(answer).context("a hold has no id")?;
        let path = format!("/api/credits/holds/{}/capture", held.id);
        let body = format!(r#"{{"amount":{AMOUNT}}}"#);
        Ok(Some(common.post(&path, common.keys.of(number, "c"), body)?))
    }
}

fn json(request: Builder, body: String) -> http::Result<Request<Full<Bytes>>> {
    request.header(CONTENT_TYPE, "application/json").body(Full::from(body))
}

fn charge(user: u64, amount: &str) -> String {
    format!(r#"{{"user_id":{user},"amount":{amount}}}"#)
}

fn batch(common: &Common, number: u64, wallets: u32) -> String {
    let mut body = String::from(r#"{"operations":["#);
    for place in 0..BATCH {
        let comma = if place == 0 { "" } else { "," };
        let number = number * BATCH + place;
        let (key, user) = (common.keys.of(number, "b"), wallet(number, wallets));
        // Writing to a text can't fail.
        let _ = write!(
            body,
            r#"{comma}{{"op":"spend","key":"{key}","user_id":{user},"amount":{AMOUNT}}}"#
        );
    }
    body.push_str("]}");
    body
}

/// The user of a numbered request: in no order that a cache could guess.
pub(super) const fn wallet(number: u64, wallets: u32) -> u64 {
    1 + (scatter(number) >> 8) % (wallets as u64)
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::{Common, Work};
    use crate::commands::bench::keys::{Keys, Order};

    fn common() -> Common {
        Common::new("127.0.0.1:1", "sk_x", Keys::of_a_run(Order::Time, "run".into())).unwrap()
    }

    #[test]
    fn a_hold_is_followed_by_the_capture_of_that_hold() {
        let (common, work) = (common(), Work::Hold { wallets: 10 });
        let hold = work.request(&common, 7).unwrap();
        assert_eq!(hold.uri(), "/api/credits/holds");
        let capture = work.next(&common, 7, br#"{"id":"hold_1_42","amount":0.002}"#);
        let capture = capture.unwrap().unwrap();
        assert_eq!(capture.uri(), "/api/credits/holds/hold_1_42/capture");
        let key = |request: &http::Request<_>| request.headers()["idempotency-key"].clone();
        assert_ne!(key(&hold), key(&capture));
        work.next(&common, 7, b"{}").unwrap_err();
    }

    #[tokio::test]
    async fn a_batch_is_a_thousand_spends_with_keys_of_their_own() {
        let work = Work::Batch { wallets: 10 };
        let mut keys = std::collections::BTreeSet::new();
        for number in [0, 1] {
            let body = work.request(&common(), number).unwrap().into_body().collect().await;
            let body: serde_json::Value =
                serde_json::from_slice(&body.unwrap().to_bytes()).unwrap();
            for operation in body["operations"].as_array().unwrap() {
                keys.insert(operation["key"].as_str().unwrap().to_owned());
            }
        }
        assert_eq!(keys.len(), 2_000);
        assert_eq!(work.weight(), 1_000);
    }
}
