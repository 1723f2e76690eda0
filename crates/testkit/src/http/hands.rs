//! A clock that tests turn.

use std::sync::atomic::{AtomicI64, Ordering};

use app::ledger::TimeSource;
use domain::Time;

/// Noon of 23 November 2026, UTC: where every test begins.
pub const NOON: Time = Time::from_micros(1_795_435_200_000_000);

/// A wall clock and a monotonic one.
#[derive(Debug, Default)]
pub struct Hands {
    monotonic: AtomicI64,
    off_by: AtomicI64,
}

impl Hands {
    /// Time passes, in microseconds.
    pub fn pass(&self, micros: i64) {
        self.monotonic.fetch_add(micros, Ordering::SeqCst);
    }

    /// Somebody sets the wall clock, by so many microseconds.
    pub fn set_wall_by(&self, micros: i64) {
        self.off_by.fetch_add(micros, Ordering::SeqCst);
    }
}

impl TimeSource for Hands {
    fn wall(&self) -> Time {
        NOON.plus(self.monotonic()).plus(self.off_by.load(Ordering::SeqCst))
    }

    fn monotonic(&self) -> i64 {
        self.monotonic.load(Ordering::SeqCst)
    }
}
