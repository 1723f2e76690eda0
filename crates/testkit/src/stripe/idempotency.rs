//! Idempotency keys, as Stripe honours them: the same key and request have the
//! same answer for a day, whatever came of it, refusals and failures included; the
//! same key with another request is refused. What was never begun (a request
//! that is invalid, or that others stand in the way of) is not kept.

use super::answer::{Answer, key_reused};
use super::state::State;

/// Seconds that a key is honoured.
const HONOURED: i64 = 24 * 60 * 60;

/// What came of a key.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    request: String,
    answer: Answer,
    at: i64,
}

impl State {
    /// The answer of a key, if it was used for this.
    pub(super) fn replay(&mut self, key: &str, request: &str) -> Option<Answer> {
        let now = self.now;
        self.keys.retain(|_, kept| now - kept.at < HONOURED);
        let kept = self.keys.get(key)?;
        Some(if kept.request == request { kept.answer.clone() } else { key_reused() })
    }

    /// Keeps the answer of a key.
    pub(super) fn remember(&mut self, key: &str, request: &str, answer: &Answer) {
        if answer.is_begun() {
            let (request, answer, at) = (request.to_owned(), answer.clone(), self.now);
            self.keys.insert(key.to_owned(), Kept { request, answer, at });
        }
    }
}
