//! The header `Idempotency-Key`: one key, one outcome, for ever.

use axum::extract::FromRequestParts;
use domain::IdempotencyKey;
use http::request::Parts;
use http::{HeaderMap, HeaderName};

use crate::api::Api;
use crate::problem::{Code, Problem};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// A key that must be there.
pub(crate) struct Key(pub(crate) IdempotencyKey);

/// A key that may be left out: then every request is a new one.
pub(crate) struct OptionalKey(pub(crate) Option<IdempotencyKey>);

impl FromRequestParts<Api> for Key {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Api) -> Result<Self, Problem> {
        find(&parts.headers)?.map(Self).ok_or_else(missing)
    }
}

impl FromRequestParts<Api> for OptionalKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Api) -> Result<Self, Problem> {
        find(&parts.headers).map(Self)
    }
}

fn find(headers: &HeaderMap) -> Result<Option<IdempotencyKey>, Problem> {
    let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let key = value.to_str().ok().and_then(|text| IdempotencyKey::parse(text).ok());
    // Of two keys neither is the one that was meant.
    let key = key.filter(|_| values.next().is_none());
    key.map(Some).ok_or_else(invalid)
}

fn missing() -> Problem {
    let detail = "Send the header Idempotency-Key with a value of your own, the same whenever \
                  you repeat this request.";
    Problem::new(Code::IdempotencyKeyMissing, detail)
}

fn invalid() -> Problem {
    let detail = "Idempotency-Key must be one value of 1 to 255 visible ASCII characters.";
    Problem::new(Code::IdempotencyKeyInvalid, detail)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn with(values: &[&[u8]]) -> HeaderMap {
        let value = |bytes: &&[u8]| HeaderValue::from_bytes(bytes).unwrap();
        values.iter().map(|bytes| (IDEMPOTENCY_KEY, value(bytes))).collect()
    }

    #[test]
    fn a_visible_key_is_taken_as_it_is() {
        let key = find(&with(&[b"run-7/row-12:spend"])).unwrap().unwrap();
        assert_eq!(key.as_str(), "run-7/row-12:spend");
        assert!(find(&HeaderMap::new()).unwrap().is_none());
    }

    #[test]
    fn a_key_that_is_empty_long_invisible_or_double_is_refused() {
        let long = [b'k'; 256];
        let cases: [&[&[u8]]; 5] =
            [&[b""], &[&long], &[b"two words"], &["\u{fc}".as_bytes()], &[b"a", b"b"]];
        for values in cases {
            assert_eq!(find(&with(values)).unwrap_err().code(), Code::IdempotencyKeyInvalid);
        }
    }
}
