//! What a request of a phase is. Requests are numbered through the whole run,
//! and the number decides key and wallet.

use std::fmt::Write as _;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use http::{HeaderValue, Method, Request};
use http_body_util::Full;

/// Spends in a batch.
pub(super) const BATCH: u64 = 1_000;
/// What a spend takes, in credits: little enough that no wallet runs dry.
const AMOUNT: &str = "0.001";
/// An odd number near 2^32 divided by the golden ratio: multiples of it visit
/// wallets in no order that a cache could guess.
const STRIDE: u64 = 2_654_435_769;

/// What is asked again and again.
#[derive(Clone, Copy, Debug)]
pub(super) enum Work {
    /// What costs the server nothing.
    Constant,
    /// A spend from one of so many wallets.
    Spend {
        /// Users 1 to this.
        wallets: u32,
    },
    /// A thousand spends from so many wallets.
    Batch {
        /// Users 1 to this.
        wallets: u32,
    },
}

/// What every request of a run has in common.
pub(super) struct Common {
    host: HeaderValue,
    bearer: HeaderValue,
    /// Keeps keys of different runs on one database apart.
    run: String,
}

impl Common {
    pub(super) fn new(host: &str, key: &str, run: String) -> anyhow::Result<Self> {
        let mut bearer = HeaderValue::from_str(&format!("Bearer {key}"))?;
        bearer.set_sensitive(true);
        Ok(Self { host: HeaderValue::from_str(host)?, bearer, run })
    }
}

impl Work {
    /// How many of what is counted one request is.
    pub(super) const fn weight(self) -> u64 {
        match self {
            Self::Constant | Self::Spend { .. } => 1,
            Self::Batch { .. } => BATCH,
        }
    }

    /// How many connections make sense: a batch is a thousand waiters by itself.
    pub(super) fn connections(self, most: usize) -> usize {
        match self {
            Self::Constant | Self::Spend { .. } => most,
            Self::Batch { .. } => most.min(8),
        }
    }

    /// The request of that number.
    pub(super) fn request(
        self,
        common: &Common,
        number: u64,
    ) -> anyhow::Result<Request<Full<Bytes>>> {
        let (method, path) = match self {
            Self::Constant => (Method::GET, "/healthz"),
            Self::Spend { .. } => (Method::POST, "/api/credits/spend"),
            Self::Batch { .. } => (Method::POST, "/api/credits/batch"),
        };
        let mut request = Request::builder().method(method).uri(path).header(HOST, &common.host);
        request = request.header(AUTHORIZATION, &common.bearer);
        let body = match self {
            Self::Constant => return Ok(request.body(Full::default())?),
            Self::Spend { wallets } => {
                let key = format!("{}-{number}", common.run);
                request = request.header("idempotency-key", key);
                format!(r#"{{"user_id":{},"amount":{AMOUNT}}}"#, wallet(number, wallets))
            }
            Self::Batch { wallets } => batch(common, number, wallets),
        };
        Ok(request.header(CONTENT_TYPE, "application/json").body(Full::from(body))?)
    }
}

fn batch(common: &Common, number: u64, wallets: u32) -> String {
    let mut body = String::from(r#"{"operations":["#);
    for place in 0..BATCH {
        let comma = if place == 0 { "" } else { "," };
        let (run, user) = (&common.run, wallet(number * BATCH + place, wallets));
        // Writing to a text can't fail.
        let _ = write!(
            body,
            r#"{comma}{{"op":"spend","key":"{run}-{number}-{place}","user_id":{user},"amount":{AMOUNT}}}"#
        );
    }
    body.push_str("]}");
    body
}

/// The user a numbered spend is from.
const fn wallet(number: u64, wallets: u32) -> u64 {
    1 + (number.wrapping_mul(STRIDE) >> 8) % (wallets as u64)
}
