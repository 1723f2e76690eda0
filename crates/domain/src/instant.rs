//! Instants as people write them: RFC 3339 in UTC, and dates for whole days.

use std::fmt::Write as _;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use ledger::Time;

use crate::error::ParseError;

const NOT: ParseError = ParseError::Not("a time such as 2026-11-23T10:00:00Z");

/// Behind every time there is.
const LAST: Time = Time::from_micros(i64::MAX);

/// `2026-11-23T10:00:00.25Z`: UTC, as many digits as it takes. What no calendar
/// reaches is shown as the end of it.
pub fn format(time: Time) -> String {
    let timestamp = Timestamp::from_microsecond(time.micros());
    let end = if time < Time::from_micros(0) { Timestamp::MIN } else { Timestamp::MAX };
    let mut text = String::with_capacity("2026-11-23T10:00:00.000000Z".len());
    // A text takes all that is written to it.
    let _ = write!(text, "{}", timestamp.unwrap_or(end));
    text
}

/// An RFC 3339 time with its offset. What is finer than a microsecond is cut.
pub fn parse(text: &str) -> Result<Time, ParseError> {
    // A time zone in brackets is another standard's.
    if text.len() < "2026-11-23T10:00:00Z".len() || text.contains('[') {
        return Err(NOT);
    }
    let timestamp: Timestamp = text.parse().map_err(|_| NOT)?;
    let nanos = timestamp.as_nanosecond();
    let micros = i64::try_from(nanos.div_euclid(1_000)).map_err(|_| NOT)?;
    Ok(Time::from_micros(micros))
}

/// The first instant a range that starts with this text has: a bare date means
/// its whole day in UTC.
pub fn parse_start(text: &str) -> Result<Time, ParseError> {
    match date(text) {
        Some(date) => Ok(midnight(date).unwrap_or(LAST)),
        None => parse(text),
    }
}

/// The last instant a range that ends with this text has: a bare date means
/// its whole day in UTC.
pub fn parse_end(text: &str) -> Result<Time, ParseError> {
    match date(text) {
        Some(date) => {
            // Behind the calendar's last days there is nothing to leave out.
            let next = date.checked_add(1.day()).ok().and_then(|next| midnight(next).ok());
            Ok(next.map_or(LAST, |next| next.plus(-1)))
        }
        None => parse(text),
    }
}

/// The first instant of a time's month in UTC.
pub fn month_of(time: Time) -> Time {
    let timestamp = Timestamp::from_microsecond(time.micros()).unwrap_or(Timestamp::MIN);
    let first = timestamp.to_zoned(TimeZone::UTC).date().first_of_month();
    midnight(first).unwrap_or(time)
}

/// Exactly `YYYY-MM-DD`.
fn date(text: &str) -> Option<Date> {
    if text.len() == "2026-11-23".len() { text.parse().ok() } else { None }
}

fn midnight(date: Date) -> Result<Time, ParseError> {
    let zoned = date.to_zoned(TimeZone::UTC).map_err(|_| NOT)?;
    Ok(Time::from_micros(zoned.timestamp().as_microsecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_reads_with_any_offset_and_prints_in_utc() {
        for (text, utc) in [
            ("2026-11-23T10:00:00Z", "2026-11-23T10:00:00Z"),
            ("2026-11-23T10:00:00.25+01:00", "2026-11-23T09:00:00.25Z"),
            ("2026-11-23T10:00:00.123456789Z", "2026-11-23T10:00:00.123456Z"),
            ("1969-12-31T23:59:59.9999995Z", "1969-12-31T23:59:59.999999Z"),
            ("2024-02-29T00:00:00-00:30", "2024-02-29T00:30:00Z"),
        ] {
            assert_eq!(parse(text).map(format).as_deref(), Ok(utc), "{text}");
        }
    }

    #[test]
    fn what_is_not_a_time_is_refused() {
        for text in [
            "",
            "now",
            "1700000000",
            "2026-11-23",
            "2026-11-23T10:00:00",
            "2026-13-01T00:00:00Z",
            "2026-02-29T00:00:00Z",
            "2026-11-23T10:00:00Z[UTC]",
            "10000-01-01T00:00:00Z",
            "2026-11-23T10:00:00Z\0",
        ] {
            assert!(parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_bare_date_means_its_whole_day_in_utc() {
        let start = parse_start("2026-11-23").unwrap();
        let end = parse_end("2026-11-23").unwrap();
        assert_eq!(format(start), "2026-11-23T00:00:00Z");
        assert_eq!(format(end), "2026-11-23T23:59:59.999999Z");
        assert_eq!(parse_end("2026-11-23T10:00:00Z"), parse("2026-11-23T10:00:00Z"));
        for text in ["9999-12-30", "9999-12-31"] {
            assert!(parse_end(text).unwrap() > parse("9999-12-29T23:59:59Z").unwrap(), "{text}");
        }
        for text in ["2026-02-30", "20261123", "2026-1-1", "2026-11-2x"] {
            assert!(parse_start(text).is_err() && parse_end(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_month_starts_on_its_first_at_midnight_in_utc() {
        for (text, first) in [
            ("2026-11-30T23:59:59.999999Z", "2026-11-01T00:00:00Z"),
            ("2026-12-01T00:00:00Z", "2026-12-01T00:00:00Z"),
            ("2024-03-01T00:30:00+01:00", "2024-02-01T00:00:00Z"),
        ] {
            assert_eq!(format(month_of(parse(text).unwrap())), first, "{text}");
        }
    }

    #[test]
    fn a_time_beyond_the_calendar_prints_as_its_end() {
        assert_eq!(format(Time::from_micros(i64::MAX)), Timestamp::MAX.to_string());
        assert_eq!(format(Time::from_micros(i64::MIN)), Timestamp::MIN.to_string());
    }
}
