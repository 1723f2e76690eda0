//! Buying by itself: below a threshold so many credits are bought, within caps in
//! money a day and a month. This module must not know when a balance is below.

use ledger::{Credits, Time};

use crate::cents::Cents;
use crate::instant;

/// What somebody agreed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TopUpCaps {
    /// No more money a day, in UTC.
    pub day: Cents,
    /// No more money a month, in UTC.
    pub month: Cents,
}

/// How many credits, below how many, how often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TopUpTerms {
    /// Below so many available credits
    pub threshold: Credits,
    /// so many are bought.
    pub quantity: Credits,
    /// For no more than that.
    pub caps: TopUpCaps,
    /// How long it waits after each, in seconds.
    pub cool_down_s: i64,
}

/// The shortest that it may wait, in seconds: what is bought has come by then.
pub const COOL_DOWN_S_MIN: i64 = 60;
/// The longest, in seconds: 30 days.
pub const COOL_DOWN_S_MAX: i64 = 2_592_000;

/// How top-ups stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TopUpStatus {
    /// The balance is watched.
    On,
    /// They stopped by themselves.
    Stopped,
    /// Somebody turned them off.
    Off,
}

impl TopUpStatus {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::On, Self::Stopped, Self::Off];

    /// The word on the wire and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Stopped => "stopped",
            Self::Off => "off",
        }
    }

    /// The one of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }
}

/// What of terms can't be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TopUpMisfit {
    /// The cap of a month is below that of a day.
    MonthBelowDay,
    /// A wait that is too short or too long.
    CoolDown,
    /// A cap of nothing.
    NoCap,
}

/// Whether money may be spent under caps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// It may.
    Enough,
    /// Not before the next day begins.
    Tomorrow,
    /// Not before the next month begins.
    NextMonth,
    /// Never: one alone is more than a cap.
    Never,
}

impl TopUpTerms {
    /// What of them can't be.
    pub fn misfit(&self) -> Option<TopUpMisfit> {
        if self.caps.day <= Cents::ZERO {
            Some(TopUpMisfit::NoCap)
        } else if self.caps.month < self.caps.day {
            Some(TopUpMisfit::MonthBelowDay)
        } else if !(COOL_DOWN_S_MIN..=COOL_DOWN_S_MAX).contains(&self.cool_down_s) {
            Some(TopUpMisfit::CoolDown)
        } else {
            None
        }
    }
}

impl TopUpCaps {
    /// Whether so much more may be spent, where that much was today and this month.
    /// What can't be counted has no room.
    pub fn room(&self, (today, this_month): (Cents, Cents), cost: Cents) -> Room {
        let fits = |spent: Cents, cap: Cents| spent.checked_add(cost).is_some_and(|sum| sum <= cap);
        if !fits(Cents::ZERO, self.day) || !fits(Cents::ZERO, self.month) {
            Room::Never
        } else if !fits(this_month, self.month) {
            Room::NextMonth
        } else if !fits(today, self.day) {
            Room::Tomorrow
        } else {
            Room::Enough
        }
    }
}

impl Room {
    /// When there may be room, if not now: the next day or month begins, in UTC.
    pub fn next(self, now: Time) -> Option<Time> {
        match self {
            Self::Tomorrow => Some(day_of(now).plus(Time::DAY)),
            // A month and a few days on it is the next one.
            Self::NextMonth => {
                let later = instant::month_of(now).plus(Time::DAY.saturating_mul(32));
                Some(instant::month_of(later))
            }
            Self::Enough | Self::Never => None,
        }
    }
}

/// The start of a time's day, in UTC.
pub fn day_of(time: Time) -> Time {
    let into = time.micros().checked_rem_euclid(Time::DAY).unwrap_or(0);
    time.plus(into.saturating_neg())
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn cents(count: i64) -> Cents {
        Cents::from_count(count)
    }

    #[test]
    fn a_cap_is_never_passed_by_a_cent() {
        let caps = TopUpCaps { day: cents(1_000), month: cents(2_500) };
        for (today, month, cost, room) in [
            (0, 0, 1_000, Room::Enough),
            (500, 500, 500, Room::Enough),
            (500, 500, 501, Room::Tomorrow),
            (0, 1_500, 1_000, Room::Enough),
            (0, 1_501, 1_000, Room::NextMonth),
            (1_000, 2_500, 1, Room::NextMonth),
            (0, 0, 1_001, Room::Never),
            (0, i64::MAX, 1, Room::NextMonth),
        ] {
            assert_eq!(
                caps.room((cents(today), cents(month)), cents(cost)),
                room,
                "{today} {month}"
            );
        }
    }

    #[test]
    fn a_day_begins_at_midnight_in_utc() {
        for (time, day) in [
            ("2026-11-28T00:00:00Z", "2026-11-28T00:00:00Z"),
            ("2026-11-28T23:59:59.999999Z", "2026-11-28T00:00:00Z"),
            ("1969-12-31T23:00:00Z", "1969-12-31T00:00:00Z"),
        ] {
            let day_of = day_of(instant::parse(time).unwrap());
            assert_eq!(instant::format(day_of), day);
        }
    }

    #[test]
    fn there_is_room_again_when_the_next_day_or_month_begins() {
        let next = |room: Room, now| room.next(instant::parse(now).unwrap()).map(instant::format);
        for (now, tomorrow, next_month) in [
            ("2026-11-30T23:59:59.999999Z", "2026-12-01T00:00:00Z", "2026-12-01T00:00:00Z"),
            ("2026-12-01T00:00:00Z", "2026-12-02T00:00:00Z", "2027-01-01T00:00:00Z"),
            ("2028-02-29T12:00:00Z", "2028-03-01T00:00:00Z", "2028-03-01T00:00:00Z"),
            ("2027-01-31T12:00:00Z", "2027-02-01T00:00:00Z", "2027-02-01T00:00:00Z"),
        ] {
            assert_eq!(next(Room::Tomorrow, now).as_deref(), Some(tomorrow));
            assert_eq!(next(Room::NextMonth, now).as_deref(), Some(next_month));
            assert_eq!((next(Room::Enough, now), next(Room::Never, now)), (None, None));
        }
    }

    #[test]
    fn terms_that_can_not_be_are_told() {
        let right = TopUpTerms {
            threshold: Credits::from_micros(1),
            quantity: Credits::from_micros(1),
            caps: TopUpCaps { day: cents(1), month: cents(1) },
            cool_down_s: COOL_DOWN_S_MIN,
        };
        assert_eq!(right.misfit(), None);
        let caps = |day, month| TopUpTerms {
            caps: TopUpCaps { day: cents(day), month: cents(month) },
            ..right
        };
        assert_eq!(caps(0, 1).misfit(), Some(TopUpMisfit::NoCap));
        assert_eq!(caps(2, 1).misfit(), Some(TopUpMisfit::MonthBelowDay));
        for cool_down_s in [COOL_DOWN_S_MIN - 1, COOL_DOWN_S_MAX + 1] {
            let terms = TopUpTerms { cool_down_s, ..right };
            assert_eq!(terms.misfit(), Some(TopUpMisfit::CoolDown));
        }
    }
}
