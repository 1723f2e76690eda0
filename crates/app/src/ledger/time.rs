//! The ledger's clock, shared by the tasks that read it.

use std::sync::{Arc, Mutex, PoisonError};

use ledger::{Clock, ClockJump, Mode, Time};

/// Where times come from. The server's reads the machine's clocks; a test's
/// says what it is told.
pub trait TimeSource: Send + Sync {
    /// The wall clock.
    fn wall(&self) -> Time;
    /// A clock that never goes back, in microseconds.
    fn monotonic(&self) -> i64;
}

pub(super) struct SharedClock {
    clock: Mutex<Clock>,
    mode: Mode,
    source: Arc<dyn TimeSource>,
}

impl SharedClock {
    pub(super) fn start(source: Arc<dyn TimeSource>, mode: Mode, last: Time) -> Self {
        let (wall, monotonic) = (source.wall(), source.monotonic());
        let clock = match mode {
            Mode::Live => Clock::start(wall, monotonic, last),
            Mode::Test => Clock::start_test(wall, monotonic, last),
        };
        Self { clock: Mutex::new(clock), mode, source }
    }

    fn with<T>(&self, use_it: impl FnOnce(&mut Clock, Time, i64) -> T) -> T {
        let mut clock = self.clock.lock().unwrap_or_else(PoisonError::into_inner);
        use_it(&mut clock, self.source.wall(), self.source.monotonic())
    }

    /// Microseconds of a clock that never goes back, to measure with.
    pub(super) fn monotonic(&self) -> i64 {
        self.source.monotonic()
    }

    pub(super) fn now(&self) -> Result<Time, ClockJump> {
        self.with(Clock::read)
    }

    pub(super) fn advance(&self, to: Time) {
        self.with(|clock, wall, monotonic| clock.advance(to, wall, monotonic));
    }

    /// A test book's clock goes where any of its servers moved it. A live one's
    /// leans on its wall alone: records are told later than the last all the same.
    pub(super) fn follow(&self, last: Time) {
        if self.mode == Mode::Test {
            self.advance(last);
        }
    }

    pub(super) fn confirm(&self) {
        self.with(Clock::confirm);
    }
}
