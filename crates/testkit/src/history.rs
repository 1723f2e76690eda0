//! What clients asked and were answered, checked against the one order that the
//! journal gives: strict serializability, black box.
//!
//! Every answer names its place in that order. The checker replays the answers by
//! place in a model of a few lines, compares what each said with it, and looks
//! whether the order agrees with the clock: who asked after another was answered
//! comes behind. The journal itself is compared with the answers too: what stands in it
//! and was answered to nobody is as wrong as an answer that does not. This module must not
//! know how servers work.

use std::collections::{BTreeMap, BTreeSet};

/// A request and what came of it. Times are microseconds of one clock.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Whose credits.
    pub user: i64,
    /// When it was first sent.
    pub asked: u64,
    /// When it was finally answered.
    pub answered: u64,
    /// What was answered.
    pub what: What,
}

/// An answer, amounts in micro-credits.
#[derive(Clone, Debug)]
pub enum What {
    /// Credits were granted.
    Granted {
        /// Its place.
        seq: i64,
        /// How much.
        amount: i64,
    },
    /// Credits were spent.
    Spent {
        /// Its place.
        seq: i64,
        /// How much.
        amount: i64,
        /// What was left.
        left: i64,
    },
    /// Credits were set aside.
    Held {
        /// Its place.
        seq: i64,
        /// How much.
        amount: i64,
    },
    /// A hold was captured, all of it spent.
    Captured {
        /// Its place.
        seq: i64,
        /// How much.
        amount: i64,
        /// What was left.
        left: i64,
    },
    /// The balance was read.
    Read {
        /// The end of the journal then.
        seq: i64,
        /// All credits.
        posted: i64,
        /// Those set aside.
        held: i64,
    },
    /// There were too few credits.
    Refused {
        /// What was asked for.
        required: i64,
        /// What was there.
        available: i64,
    },
}

impl What {
    /// Its place, or that of the journal's end then.
    pub fn seq(&self) -> Option<i64> {
        match *self {
            Self::Granted { seq, .. }
            | Self::Spent { seq, .. }
            | Self::Held { seq, .. }
            | Self::Captured { seq, .. }
            | Self::Read { seq, .. } => Some(seq),
            Self::Refused { .. } => None,
        }
    }
}

/// What was found in a history that is sound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Answers with a place of their own.
    pub writes: usize,
    /// Balances.
    pub reads: usize,
    /// Refusals.
    pub refusals: usize,
}

/// A wallet in the model.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Wallet {
    posted: i64,
    held: i64,
}

/// The wallets of a user, each from its place on.
type Past = BTreeMap<i64, Wallet>;

/// Checks a history; what is wrong comes back as sentences.
pub fn check(history: &[Entry]) -> Result<Checked, Vec<String>> {
    let mut findings = Vec::new();
    let pasts = replay(history, &mut findings);
    let mut checked = Checked::default();
    for (entry, seen) in by_time(history) {
        match place(entry) {
            Place::Own(seq) => {
                checked.writes += 1;
                if seq <= seen {
                    findings.push(format!("{entry:?} is not behind {seen}, answered before it"));
                }
            }
            Place::Read(seq) => {
                checked.reads += 1;
                if seq < seen {
                    findings.push(format!("{entry:?} does not see {seen}, answered before it"));
                }
                check_read(entry, &pasts, &mut findings);
            }
            Place::None => {
                checked.refusals += 1;
                check_refusal(entry, (seen, first_after(history, entry)), &pasts, &mut findings);
            }
        }
    }
    if findings.is_empty() { Ok(checked) } else { Err(findings) }
}

/// Compares a history with the places of the journal's records about its users' credits;
/// what is in one of them alone comes back as sentences.
pub fn compare(history: &[Entry], journal: &BTreeSet<i64>) -> Vec<String> {
    let own = |entry| match place(entry) {
        Place::Own(seq) => Some(seq),
        Place::Read(_) | Place::None => None,
    };
    let answered: BTreeSet<i64> = history.iter().filter_map(own).collect();
    let unlisted = journal.difference(&answered);
    let unlisted = unlisted.map(|seq| format!("record {seq} was answered to nobody"));
    let lost = answered.difference(journal).map(|seq| format!("{seq} was answered and is lost"));
    unlisted.chain(lost).collect()
}

/// Where an answer stands in the journal.
enum Place {
    Own(i64),
    Read(i64),
    None,
}

fn place(entry: &Entry) -> Place {
    match (entry.what.seq(), &entry.what) {
        (None, _) => Place::None,
        (Some(seq), What::Read { .. }) => Place::Read(seq),
        (Some(seq), _) => Place::Own(seq),
    }
}

/// The model: each answer in its place.
fn replay(history: &[Entry], findings: &mut Vec<String>) -> BTreeMap<i64, Past> {
    let mut writes: Vec<(i64, &Entry)> = Vec::new();
    for entry in history {
        if let Place::Own(seq) = place(entry) {
            writes.push((seq, entry));
        }
    }
    writes.sort_by_key(|(seq, _)| *seq);
    let mut taken = BTreeSet::new();
    let mut pasts: BTreeMap<i64, Past> = BTreeMap::new();
    for (seq, entry) in writes {
        if !taken.insert(seq) {
            findings.push(format!("{entry:?} shares its place with another"));
        }
        let past = pasts.entry(entry.user).or_default();
        let mut wallet = past.last_key_value().map(|(_, wallet)| *wallet).unwrap_or_default();
        let left = match entry.what {
            What::Granted { amount, .. } => {
                wallet.posted += amount;
                None
            }
            What::Spent { amount, left, .. } => {
                wallet.posted -= amount;
                Some(left)
            }
            What::Held { amount, .. } => {
                wallet.held += amount;
                None
            }
            What::Captured { amount, left, .. } => {
                wallet.held -= amount;
                wallet.posted -= amount;
                Some(left)
            }
            What::Read { .. } | What::Refused { .. } => None,
        };
        if left.is_some_and(|left| left != wallet.posted) {
            findings.push(format!("{entry:?}, but {} are left", wallet.posted));
        }
        if wallet.held < 0 || wallet.posted < wallet.held {
            findings.push(format!("{entry:?} goes below zero"));
        }
        past.insert(seq, wallet);
    }
    pasts
}

fn check_read(entry: &Entry, pasts: &BTreeMap<i64, Past>, findings: &mut Vec<String>) {
    let What::Read { seq, posted, held } = entry.what else { return };
    let past = pasts.get(&entry.user);
    let then = past.and_then(|past| past.range(..=seq).next_back()).map(|(_, wallet)| *wallet);
    let then = then.unwrap_or_default();
    if then != (Wallet { posted, held }) {
        findings.push(format!("{entry:?}, but {} and {} held then", then.posted, then.held));
    }
}

/// A refusal is right if it was so at some time between question and answer.
fn check_refusal(
    entry: &Entry,
    (from, to): (i64, i64),
    pasts: &BTreeMap<i64, Past>,
    findings: &mut Vec<String>,
) {
    let What::Refused { required, available } = entry.what else { return };
    let past = pasts.get(&entry.user);
    let before = past.and_then(|past| past.range(..=from).next_back()).map(|(_, wallet)| *wallet);
    let during = past.into_iter().flat_map(|past| past.range(from..to)).map(|(_, wallet)| *wallet);
    let mut there = before.or(Some(Wallet::default())).into_iter().chain(during);
    let was_so = there.any(|wallet| wallet.posted - wallet.held == available);
    if required <= available || !was_so {
        findings.push(format!("{entry:?} was never so between {from} and {to}"));
    }
}

/// Entries as they were asked, each with the last place that was answered before.
fn by_time(history: &[Entry]) -> impl Iterator<Item = (&Entry, i64)> {
    let mut asked: Vec<&Entry> = history.iter().collect();
    asked.sort_by_key(|entry| entry.asked);
    let mut answered = asked.clone();
    answered.sort_by_key(|entry| entry.answered);
    let (mut next, mut seen) = (0, 0);
    asked.into_iter().map(move |entry| {
        while let Some(before) = answered.get(next).filter(|one| one.answered < entry.asked) {
            if let Place::Own(seq) | Place::Read(seq) = place(before) {
                seen = seen.max(seq);
            }
            next += 1;
        }
        (entry, seen)
    })
}

/// The first place of what was asked after an entry was answered.
fn first_after(history: &[Entry], entry: &Entry) -> i64 {
    let later = history.iter().filter(|other| other.asked > entry.answered);
    let places = later.filter_map(|other| match place(other) {
        Place::Own(seq) => Some(seq),
        Place::Read(_) | Place::None => None,
    });
    places.min().unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(asked: u64, answered: u64, what: What) -> Entry {
        Entry { user: 1, asked, answered, what }
    }

    fn sound() -> Vec<Entry> {
        vec![
            at(0, 1, What::Granted { seq: 2, amount: 10 }),
            at(2, 5, What::Spent { seq: 4, amount: 3, left: 6 }),
            at(2, 4, What::Spent { seq: 3, amount: 1, left: 9 }),
            at(6, 7, What::Read { seq: 4, posted: 6, held: 0 }),
            at(8, 9, What::Held { seq: 5, amount: 4 }),
            at(10, 11, What::Refused { required: 3, available: 2 }),
            at(12, 13, What::Captured { seq: 7, amount: 4, left: 2 }),
        ]
    }

    fn wrong(change: impl FnOnce(&mut Vec<Entry>)) -> String {
        let mut history = sound();
        change(&mut history);
        check(&history).unwrap_err().join("; ")
    }

    #[test]
    fn what_went_one_behind_the_other_is_sound() {
        assert_eq!(check(&sound()), Ok(Checked { writes: 5, reads: 1, refusals: 1 }));
    }

    #[test]
    fn a_lost_spend_shows_in_what_is_left() {
        let lost = wrong(|history| {
            history.remove(2);
        });
        assert!(lost.contains("but 7 are left"));
    }

    #[test]
    fn a_spend_that_counted_twice_shows_in_what_is_left() {
        let twice = wrong(|history| history[1].what = What::Spent { seq: 4, amount: 3, left: 3 });
        assert!(twice.contains("but 6 are left"));
    }

    #[test]
    fn a_read_that_misses_what_was_answered_is_stale() {
        let stale = What::Read { seq: 3, posted: 9, held: 0 };
        assert!(wrong(|history| history[3].what = stale).contains("does not see 4"));
    }

    #[test]
    fn a_read_that_fits_no_moment_is_wrong() {
        let torn = What::Read { seq: 4, posted: 9, held: 0 };
        assert!(wrong(|history| history[3].what = torn).contains("but 6 and 0 held then"));
    }

    #[test]
    fn an_order_against_the_clock_is_wrong() {
        let late = wrong(|history| {
            history[1] = at(30, 31, What::Spent { seq: 4, amount: 3, left: 6 });
        });
        assert!(late.contains("is not behind 7"));
    }

    #[test]
    fn a_refusal_of_what_was_there_is_wrong() {
        let refused = What::Refused { required: 3, available: 1 };
        assert!(wrong(|history| history[5].what = refused).contains("never so"));
    }

    #[test]
    fn what_only_the_journal_has_and_what_it_lacks_are_findings() {
        let places = |places: &[i64]| places.iter().copied().collect();
        assert!(compare(&sound(), &places(&[2, 3, 4, 5, 7])).is_empty());
        let found = compare(&sound(), &places(&[2, 3, 4, 6, 7])).join("; ");
        assert_eq!(found, "record 6 was answered to nobody; 5 was answered and is lost");
    }

    #[test]
    fn two_in_one_place_are_wrong() {
        let same = What::Held { seq: 4, amount: 4 };
        assert!(wrong(|history| history[4].what = same).contains("shares its place"));
    }
}
