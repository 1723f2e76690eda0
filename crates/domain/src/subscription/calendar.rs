//! When periods begin: months from one anchor, in UTC. Every boundary is counted
//! from the anchor itself, so a short month moves none behind it:
//! 31 January, 28 February, 31 March.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use ledger::Time;

/// The start of the first period that is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anchor(Time);

/// A period: from its start to the start of the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// From 1; 0 is the trial.
    pub number: i64,
    /// Its first instant.
    pub starts_at: Time,
    /// The first instant behind it.
    pub ends_at: Time,
}

impl Anchor {
    /// At an instant.
    pub const fn at(time: Time) -> Self {
        Self(time)
    }

    /// The instant.
    pub const fn time(self) -> Time {
        self.0
    }

    /// So many months behind it: on its day, or on the last of a shorter month, at
    /// its time of day. `None` where no calendar reaches.
    pub fn boundary(self, months: i64) -> Option<Time> {
        let zoned =
            self.civil()?.checked_add(months.months()).ok()?.to_zoned(TimeZone::UTC).ok()?;
        Some(Time::from_micros(zoned.timestamp().as_microsecond()))
    }

    /// The period of a number, from 1.
    pub fn period(self, number: i64) -> Option<Period> {
        let starts_at = self.boundary(number.checked_sub(1)?)?;
        Some(Period { number, starts_at, ends_at: self.boundary(number)? })
    }

    /// The period an instant lies in; the first one before the anchor.
    pub fn period_at(self, time: Time) -> Option<Period> {
        let (anchor, then) = (self.civil()?, civil(time)?);
        let years = i64::from(then.year()).checked_sub(i64::from(anchor.year()))?;
        let months = i64::from(then.month()).checked_sub(i64::from(anchor.month()))?;
        let number = years.checked_mul(12)?.checked_add(months)?.checked_add(1)?.max(1);
        let period = self.period(number)?;
        // Within the boundary's month, before the boundary, it is the one before.
        let earlier = time < period.starts_at && number > 1;
        if earlier { self.period(number.checked_sub(1)?) } else { Some(period) }
    }

    fn civil(self) -> Option<DateTime> {
        civil(self.0)
    }
}

impl Period {
    /// Whether it is over.
    pub fn is_over(self, now: Time) -> bool {
        self.ends_at <= now
    }

    /// What is left of it at an instant, and how long it is, in microseconds.
    pub fn rest(self, at: Time) -> (i64, i64) {
        let whole = self.ends_at.since(self.starts_at).max(1);
        (self.ends_at.since(at).clamp(0, whole), whole)
    }
}

fn civil(time: Time) -> Option<DateTime> {
    let timestamp = Timestamp::from_microsecond(time.micros()).ok()?;
    Some(timestamp.to_zoned(TimeZone::UTC).datetime())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::arithmetic_side_effects, reason = "an overflow fails a test")]

    use proptest::prelude::*;

    use super::*;
    use crate::instant;

    fn anchor(text: &str) -> Anchor {
        Anchor::at(instant::parse(text).unwrap())
    }

    fn boundaries(text: &str, months: std::ops::RangeInclusive<i64>) -> Vec<String> {
        months.map(|month| instant::format(anchor(text).boundary(month).unwrap())).collect()
    }

    #[test]
    fn a_short_month_moves_no_boundary_behind_it() {
        assert_eq!(
            boundaries("2027-01-31T10:30:00Z", 0..=4),
            [
                "2027-01-31T10:30:00Z",
                "2027-02-28T10:30:00Z",
                "2027-03-31T10:30:00Z",
                "2027-04-30T10:30:00Z",
                "2027-05-31T10:30:00Z",
            ]
        );
        assert_eq!(boundaries("2027-01-30T00:00:00Z", 1..=2)[1], "2027-03-30T00:00:00Z");
        assert_eq!(boundaries("2028-01-31T00:00:00Z", 1..=1), ["2028-02-29T00:00:00Z"]);
    }

    #[test]
    fn a_hundred_and_twenty_months_drift_by_nothing() {
        for day in [29, 30, 31] {
            let text = format!("2026-01-{day}T23:59:59.999999Z");
            for (month, boundary) in boundaries(&text, 0..=120).iter().enumerate() {
                let last = match (month % 12, month / 12) {
                    (1, year) if (2026 + year) % 4 == 0 => 29,
                    (1, _) => 28,
                    (3 | 5 | 8 | 10, _) => 30,
                    _ => 31,
                };
                assert_eq!(&boundary[8..10], format!("{:02}", day.min(last)), "{boundary}");
                assert!(boundary.ends_with("T23:59:59.999999Z"), "{boundary}");
            }
        }
    }

    proptest! {
        #[test]
        fn periods_lie_side_by_side_and_every_instant_is_in_one(
            start in 0_i64..4_102_444_800_000_000,
            number in 1_i64..480,
            part in 0_i64..1_000,
        ) {
            let anchor = Anchor::at(Time::from_micros(start));
            let period = anchor.period(number).unwrap();
            let next = anchor.period(number + 1).unwrap();
            prop_assert_eq!(period.ends_at, next.starts_at);
            let length = period.ends_at.since(period.starts_at);
            prop_assert!((28 * Time::DAY..=31 * Time::DAY).contains(&length));
            let within = period.starts_at.plus(length / 1_000 * part);
            prop_assert_eq!(anchor.period_at(within), Some(period));
            prop_assert_eq!(anchor.period_at(period.ends_at), Some(next));
            prop_assert_eq!(anchor.period_at(period.ends_at.plus(-1)), Some(period));
        }
    }
}
