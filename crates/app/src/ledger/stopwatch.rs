//! How long something took: for pace and metrics, never for a decision.

use std::time::{Duration, Instant};

pub(super) struct Stopwatch(Instant);

impl Stopwatch {
    #[expect(clippy::disallowed_methods, reason = "no decision depends on it")]
    pub(super) fn start() -> Self {
        Self(Instant::now())
    }

    #[expect(clippy::disallowed_methods, reason = "no decision depends on it")]
    pub(super) fn read(&self) -> Duration {
        self.0.elapsed()
    }
}
