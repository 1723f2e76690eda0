//! A clock that is turned by hand, never back.

use std::sync::atomic::{AtomicI64, Ordering};

use app::ledger::TimeSource;
use domain::Time;

/// A clock.
pub(super) struct Turned {
    began: Time,
    now: AtomicI64,
}

impl Turned {
    /// It shows this.
    pub(super) fn at(time: Time) -> Self {
        Self { began: time, now: AtomicI64::new(time.micros()) }
    }

    /// Turns it to a time, unless that has passed.
    pub(super) fn turn(&self, to: Time) {
        self.now.fetch_max(to.micros(), Ordering::SeqCst);
    }

    /// Lets some of it pass, in microseconds.
    pub(super) fn pass(&self, micros: i64) {
        self.now.fetch_add(micros.max(0), Ordering::SeqCst);
    }
}

impl TimeSource for Turned {
    fn wall(&self) -> Time {
        Time::from_micros(self.now.load(Ordering::SeqCst))
    }

    fn monotonic(&self) -> i64 {
        self.wall().since(self.began)
    }
}
