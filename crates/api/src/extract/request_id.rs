//! The trace of a request: the caller's own where it is sane, else a new one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::Text;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::wire::hex;

/// The header that names the request, both ways.
pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id that is taken over.
const CHARS_MAX: usize = 128;

/// The id of a request.
#[derive(Clone, Debug)]
pub(crate) struct RequestId(Text);

impl RequestId {
    pub(crate) fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// As the ledger keeps it.
    pub(crate) fn text(&self) -> Text {
        self.0.clone()
    }

    /// As a header. It is visible ASCII, so there always is one.
    pub(crate) fn header(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(self.as_str()).ok()
    }
}

/// Makes ids: random at the start, then never the same twice.
#[derive(Clone, Debug)]
pub(crate) struct RequestIds {
    seed: [u64; 2],
    made: Arc<AtomicU64>,
}

impl RequestIds {
    pub(crate) fn seeded(seed: [u8; 16]) -> Self {
        let [high, low] = [&seed[..8], &seed[8..]].map(|half| {
            half.iter().fold(0_u64, |word, byte| word.wrapping_shl(8) | u64::from(*byte))
        });
        Self { seed: [high, low], made: Arc::default() }
    }

    /// The id of a request with these headers.
    pub(crate) fn of(&self, headers: &HeaderMap) -> RequestId {
        let sent = headers.get(X_REQUEST_ID).and_then(sane);
        sent.unwrap_or_else(|| self.next())
    }

    fn next(&self) -> RequestId {
        let count = self.made.fetch_add(1, Ordering::Relaxed);
        let [high, low] = self.seed;
        let words = [mix(high ^ count), mix(low.wrapping_add(count))].map(u64::to_be_bytes);
        RequestId(Text::parse(&hex(words.as_flattened())).expect("32 digits are a text"))
    }
}

/// Visible ASCII of bounded length: safe in a log, a header and the journal.
fn sane(value: &HeaderValue) -> Option<RequestId> {
    let text = value.to_str().ok().filter(|text| text.len() <= CHARS_MAX)?;
    let visible = text.bytes().all(|byte| byte.is_ascii_graphic());
    Text::parse(text).ok().filter(|_| visible).map(RequestId)
}

/// The finalizer of SplitMix64, a bijection: different in, different out.
const fn mix(word: u64) -> u64 {
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn ids() -> RequestIds {
        RequestIds::seeded(*b"sixteen  bytes !")
    }

    #[test]
    fn a_sane_id_of_the_caller_is_taken_over() {
        let headers = HeaderMap::from_iter([(X_REQUEST_ID, HeaderValue::from_static("run-7:12"))]);
        assert_eq!(ids().of(&headers).as_str(), "run-7:12");
    }

    #[test]
    fn an_id_that_could_do_harm_is_replaced() {
        let long = "x".repeat(129);
        for sent in ["", "two words", "tab\there", "\u{fc}", long.as_str()] {
            let value = HeaderValue::from_bytes(sent.as_bytes()).unwrap();
            let id = ids().of(&HeaderMap::from_iter([(X_REQUEST_ID, value)]));
            assert_eq!(id.as_str().len(), 32, "{sent:?}");
        }
    }

    #[test]
    fn no_two_ids_are_the_same() {
        let ids = ids();
        let made: HashSet<_> =
            (0..1_000).map(|_| ids.of(&HeaderMap::new()).as_str().to_owned()).collect();
        assert_eq!(made.len(), 1_000);
    }
}
