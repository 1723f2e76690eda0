//! What happens in the month, drawn from a seed in integers alone.

use domain::Time;
use ledger::{Hash, chain};

use super::people::CUSTOMERS;

/// Something that happens.
pub(super) struct Event {
    pub(super) at: Time,
    /// A word for keys, different for every event.
    pub(super) name: String,
    pub(super) deed: Deed,
}

/// What is done, customers by their place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    /// A customer gets the credits of their plan.
    Renew(usize),
    /// A service is used at its price a request.
    Use(usize, &'static str),
    /// An automation holds, works, and captures or fails.
    Automate(usize, Work),
    /// Credits as a gesture.
    Add(usize),
    /// Credits given twice are taken back.
    Remove(usize),
    /// A card is looked into.
    Pause(usize),
    /// A fraud is.
    Suspend(usize),
}

/// What an automation uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Work {
    pub(super) input_tokens: u32,
    pub(super) output_tokens: u32,
    pub(super) seconds: u32,
    pub(super) fails: bool,
}

const MINUTE: i64 = 60 * Time::SECOND;
const HOUR: i64 = 60 * MINUTE;

/// Services by how often they are used, in 256ths.
const SERVICES: [(&str, u8); 5] = [
    ("ai_chat", 110),
    ("file_processing", 60),
    ("file_upload", 40),
    ("workflow", 30),
    ("data_analysis", 16),
];

/// How busy the hours of a day are, by UTC.
const HOURS: [u64; 24] =
    [1, 1, 1, 1, 1, 2, 4, 8, 12, 14, 14, 12, 10, 12, 14, 14, 12, 10, 8, 6, 5, 4, 3, 2];

/// The month's events in order.
///
/// It begins with a day and ends a moment before `until`.
pub(super) fn plan(seed: u64, begins: Time, until: Time) -> Vec<Event> {
    let days = u64::try_from(until.since(begins) / Time::DAY + 1).unwrap_or(1);
    let mut events = Vec::new();
    for (place, customer) in CUSTOMERS.iter().enumerate() {
        if customer.plan.month().is_some() {
            let at = begins.plus(MINUTE * index(place));
            events.push(Event { at, name: format!("renew-{place}"), deed: Deed::Renew(place) });
        }
        for number in 0..customer.events {
            events.push(used(seed, (begins, days), (place, number)));
        }
    }
    let day = |day: i64, hour: i64| begins.plus(day * Time::DAY + hour * HOUR);
    for (at, deed) in [
        (day(9, 11), Deed::Add(1)),
        (day(10, 15), Deed::Add(4)),
        (day(11, 9), Deed::Remove(4)),
        (day(18, 16), Deed::Suspend(8)),
        (day(26, 10), Deed::Pause(2)),
    ] {
        events.push(Event { at, name: format!("desk-{}", at.micros()), deed });
    }
    events.retain(|event| event.at < until.plus(-10 * MINUTE));
    events.sort_by(|a, b| (a.at, &a.name).cmp(&(b.at, &b.name)));
    events
}

/// Something a customer does, at an hour at which such things are done.
fn used(seed: u64, (begins, days): (Time, u64), (place, number): (usize, u64)) -> Event {
    let name = format!("{place}-{number}");
    let chance = Chance(chain(Hash::ZERO, format!("demo\0{seed}\0{name}").as_bytes()).0);
    let day = signed(chance.below(0, days)) * Time::DAY;
    let minute = signed(chance.below(2, 60 * 1_000_000)) * 60;
    // The first hour is for renewals.
    let at = begins.plus((day + signed(hour(&chance)) * HOUR + minute).max(HOUR));
    Event { at, name, deed: deed(&chance, place) }
}

fn hour(chance: &Chance) -> u64 {
    let mut left = chance.below(1, HOURS.iter().sum());
    for (hour, weight) in (0..).zip(HOURS) {
        if left < weight {
            return hour;
        }
        left -= weight;
    }
    12
}

fn deed(chance: &Chance, place: usize) -> Deed {
    if chance.below(3, 100) < 45 {
        let work = Work {
            input_tokens: number(300 + chance.below(4, 2_200)),
            output_tokens: number(20 + chance.below(5, 380)),
            seconds: number(5 + chance.below(6, 240)),
            fails: chance.below(7, 100) < 7,
        };
        return Deed::Automate(place, work);
    }
    let mut left = chance.below(4, 256);
    for (service, weight) in SERVICES {
        if left < u64::from(weight) {
            return Deed::Use(place, service);
        }
        left -= u64::from(weight);
    }
    Deed::Use(place, "ai_chat")
}

/// Eight draws that look like chance.
struct Chance([u8; 32]);

impl Chance {
    /// The draw of that place, below a bound.
    fn below(&self, place: usize, bound: u64) -> u64 {
        let bytes = self.0.iter().skip(place * 4).take(4);
        let draw = bytes.fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        (draw * bound.min(u64::from(u32::MAX))) >> 32
    }
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn index(place: usize) -> i64 {
    i64::try_from(place).unwrap_or(0)
}

fn number(draw: u64) -> u32 {
    u32::try_from(draw).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_has_its_events_in_order_and_the_same_for_ever() {
        let begins = Time::from_micros(20_000 * Time::DAY);
        let ends = begins.plus(30 * Time::DAY + 9 * HOUR);
        let month = plan(1, begins, ends);
        assert!(month.len() > 1_000, "{}", month.len());
        assert!(month.is_sorted_by_key(|event| event.at));
        assert!(month.iter().all(|event| (begins..ends).contains(&event.at)));
        let names: std::collections::BTreeSet<_> = month.iter().map(|event| &event.name).collect();
        assert_eq!(names.len(), month.len());
        let again = plan(1, begins, ends);
        assert!(month.iter().zip(&again).all(|(a, b)| (a.at, &a.deed) == (b.at, &b.deed)));
        let fails = |event: &&Event| matches!(event.deed, Deed::Automate(_, work) if work.fails);
        assert!(month.iter().filter(fails).count() > 10);
    }
}
