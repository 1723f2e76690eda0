//! What a process takes from the machine: times, randomness and variables. It
//! is taken here and handed on, so that nothing else depends on it.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use app::Entropy;
use app::ledger::TimeSource;
use ledger::Time;

use crate::config::Environment;

/// The machine's clocks.
pub(crate) struct Clocks {
    started: Instant,
}

impl Clocks {
    /// From now on.
    pub(crate) fn start() -> Self {
        Self { started: instant() }
    }
}

impl TimeSource for Clocks {
    fn wall(&self) -> Time {
        wall()
    }

    fn monotonic(&self) -> i64 {
        micros(instant().duration_since(self.started))
    }
}

/// The wall clock.
pub(crate) fn wall() -> Time {
    #[expect(clippy::disallowed_methods, reason = "the process has one wall clock, this one")]
    let now = SystemTime::now();
    // Before 1970 there was no ledger.
    Time::from_micros(now.duration_since(UNIX_EPOCH).map_or(0, micros))
}

/// The day it is in UTC, as `2026-01-31`.
pub(crate) fn today() -> String {
    let now = jiff::Timestamp::from_microsecond(wall().micros()).unwrap_or_default();
    now.strftime("%Y-%m-%d").to_string()
}

/// A clock for measurements.
pub(crate) fn instant() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "the process has one monotonic clock, this one")]
    Instant::now()
}

/// A source of randomness fit for secrets.
pub(crate) fn entropy() -> Entropy {
    let mut seed = [0; 32];
    #[expect(clippy::disallowed_methods, reason = "the process draws its one seed here")]
    rand::fill(&mut seed);
    Entropy::seeded(seed)
}

/// The variables of the process that are text.
pub(crate) fn environment() -> Environment {
    #[expect(clippy::disallowed_methods, reason = "the environment is read once, here")]
    let variables = std::env::vars_os();
    variables
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}
