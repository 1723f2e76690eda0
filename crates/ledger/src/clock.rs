//! The ledger's clock: never back, gently towards the wall. It reads nothing;
//! its caller hands it the wall clock and a monotonic one.

use crate::time::Time;

/// A wall clock this far from the ledger's was set, not slow.
const JUMP: i64 = 60 * Time::SECOND;

/// Of each unit of monotonic time, at most one part in this many is slewed.
const SLEW: i64 = 20;

/// The wall clock was set: until an operator confirms it, times can't be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the wall clock is {} s off the ledger's", .off_by / Time::SECOND)]
pub struct ClockJump {
    /// Microseconds from the ledger's time to the wall's.
    pub off_by: i64,
}

/// The ledger's clock.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    /// What it last said.
    now: Time,
    /// The monotonic clock then, in microseconds.
    monotonic: i64,
    /// How far a test book's clock was moved ahead of the wall.
    ahead: i64,
}

impl Clock {
    /// A clock that starts at the wall, or behind the last record.
    pub fn start(wall: Time, monotonic: i64, last: Time) -> Self {
        Self { now: wall.max(last), monotonic, ahead: 0 }
    }

    /// The clock of a test book: where it was moved ahead, it stays ahead.
    pub fn start_test(wall: Time, monotonic: i64, last: Time) -> Self {
        let ahead = last.since(wall).max(0);
        Self { ahead, ..Self::start(wall, monotonic, last) }
    }

    /// The time, or that the wall was set. It goes on with the monotonic clock
    /// and leans towards the wall by 5 % of what passed.
    pub fn read(&mut self, wall: Time, monotonic: i64) -> Result<Time, ClockJump> {
        let passed = monotonic.saturating_sub(self.monotonic).max(0);
        let steady = self.now.plus(passed);
        let off_by = wall.plus(self.ahead).since(steady);
        if off_by.saturating_abs() > JUMP {
            return Err(ClockJump { off_by });
        }
        let most = passed.checked_div(SLEW).unwrap_or_default();
        self.now = steady.plus(off_by.clamp(most.saturating_neg(), most));
        self.monotonic = monotonic;
        Ok(self.now)
    }

    /// An operator says the wall is right. The clock goes there if that is
    /// ahead; if it is behind, the clock goes on ahead of it by as much.
    pub fn confirm(&mut self, wall: Time, monotonic: i64) {
        let ahead = self.now.since(wall).max(0);
        *self = Self { now: self.now.max(wall), monotonic, ahead };
    }

    /// Moves a test book's clock forward; never back. What passed since it was read last
    /// counts once.
    pub fn advance(&mut self, to: Time, wall: Time, monotonic: i64) {
        // A wall that was set is told to who reads it next.
        let _ = self.read(wall, monotonic);
        let step = to.since(self.now).max(0);
        self.now = self.now.plus(step);
        self.ahead = self.ahead.saturating_add(step);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Time = Time::from_micros(43_200 * Time::SECOND);

    #[test]
    fn it_follows_the_monotonic_clock_and_leans_towards_the_wall() {
        let mut clock = Clock::start(NOON, 0, NOON);
        let wall_is_slow = NOON.plus(9 * Time::SECOND);
        let now = clock.read(wall_is_slow, 10 * Time::SECOND).unwrap();
        assert_eq!(now, NOON.plus(9_500_000), "5 % of 10 s nearer to a wall 1 s behind");
    }

    #[test]
    fn a_wall_that_was_set_stops_it_until_an_operator_confirms() {
        for step in [3_600 * Time::SECOND, -3_600 * Time::SECOND, 31 * Time::DAY] {
            let mut clock = Clock::start(NOON, 0, NOON);
            assert_eq!(clock.read(NOON.plus(step), 0), Err(ClockJump { off_by: step }));
            clock.confirm(NOON.plus(step), 0);
            let now = clock.read(NOON.plus(step), 0).unwrap();
            assert!(now >= NOON && now >= NOON.plus(step), "never back");
        }
    }

    #[test]
    fn it_never_starts_behind_the_last_record() {
        let last = NOON.plus(5 * Time::SECOND);
        let mut clock = Clock::start(NOON, 0, last);
        assert_eq!(clock.read(NOON, 0), Ok(last));
    }

    #[test]
    fn a_test_clock_that_follows_another_one_counts_what_passed_once() {
        let later = NOON.plus(10 * Time::SECOND);
        let mut clock = Clock::start_test(NOON, 0, NOON);
        clock.advance(later, later, 10 * Time::SECOND);
        assert_eq!(clock.read(later, 10 * Time::SECOND), Ok(later));
    }

    #[test]
    fn a_moved_test_clock_stays_ahead_through_a_restart() {
        let mut clock = Clock::start_test(NOON, 0, NOON);
        clock.advance(NOON.plus(31 * Time::DAY), NOON, 0);
        assert_eq!(clock.read(NOON, 0), Ok(NOON.plus(31 * Time::DAY)));
        let mut restarted = Clock::start_test(NOON, 0, NOON.plus(31 * Time::DAY));
        assert_eq!(restarted.read(NOON, 0), Ok(NOON.plus(31 * Time::DAY)));
    }
}
