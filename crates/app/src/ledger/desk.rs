//! What lies before the committer: what waits, what it has taken and is committing, and
//! how the next commit is to begin.

use std::collections::VecDeque;
use std::sync::Arc;

use ledger::{Seq, Wallet, WalletId};
use tokio::sync::oneshot;

use super::decide::Decided;
use super::error::SubmitError;
use super::queue::Prepared;

/// Appends on their way at a time: one that is being committed, and one that was decided
/// and sent behind it. More of them would only make each smaller. The embedded engine
/// writes one at a time, and says so when it is on the disk.
const FLIGHTS_MAX: usize = 2;
/// How many must wait at least for a flight behind another one: each costs the server as
/// much as some twenty records.
const BEHIND_MIN: usize = 32;

/// Who only wants to see: the head, and a wallet as of it.
pub(super) struct Look {
    pub(super) wallet: Option<WalletId>,
    /// There was no such wallet when the head was locked.
    pub(super) is_absent: bool,
    pub(super) reply: oneshot::Sender<Result<Seen, SubmitError>>,
}

impl Look {
    pub(super) fn at(
        wallet: Option<WalletId>,
        reply: oneshot::Sender<Result<Seen, SubmitError>>,
    ) -> Self {
        Self { wallet, is_absent: false, reply }
    }
}

/// The end of the journal, and a wallet as it was then, if there is one.
pub(super) struct Seen {
    pub(super) as_of: Seq,
    pub(super) wallet: Option<Arc<Wallet>>,
}

/// The desk.
#[derive(Default)]
pub(super) struct Desk {
    /// What waits for the next commit.
    pub(super) batch: VecDeque<Prepared>,
    pub(super) looks: Vec<Look>,
    /// What the next commit begins with.
    pub(super) begin: Begin,
    /// What one begins with where nothing is amiss.
    pub(super) usual: Begin,
    /// The commit that is asked for; until it is written the next one can't be.
    pub(super) asked: Option<u64>,
    /// What is being committed, oldest first.
    pub(super) flights: VecDeque<Flight>,
    /// What was decided on a flight that failed: decided anew once all are back.
    pub(super) fallen: Vec<Flight>,
    /// Commits asked for whose end is not known.
    pub(super) under_way: usize,
    /// Flights that are on the disk and not sent to be answered yet.
    pub(super) landed: usize,
    /// The server is away: nothing is asked for until a moment has passed.
    pub(super) is_paused: bool,
    /// The server closes: there is no commit any more for what comes.
    pub(super) is_closed: bool,
    /// How many were asked for.
    pub(super) count: u64,
    /// The head's fence, as it was seen last with the head locked.
    pub(super) fence: i64,
    /// When the server was found to be away, by the monotonic clock.
    pub(super) away_since: Option<i64>,
}

/// What a commit begins with.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub(super) enum Begin {
    /// The head is where it was, or the append fails.
    #[default]
    Trusting,
    /// The head is locked, and what is behind ours is folded.
    Locking,
    /// It isn't known whether the flights happened.
    Settling,
}

/// What one commit has taken.
#[derive(Default)]
pub(super) struct Flight {
    /// That of its commit, which counts up.
    pub(super) number: u64,
    pub(super) batch: Vec<Prepared>,
    pub(super) looks: Vec<Look>,
    pub(super) decided: Decided,
    /// When it began, by the monotonic clock.
    pub(super) began: i64,
}

/// What is to be asked for, with the number of the commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ask {
    /// An append behind what is being committed.
    Append(u64),
    /// A transaction that finds out where the head is, alone.
    Transaction(u64),
}

impl Desk {
    /// Has requests wait for the next commit; those that come too late are handed back.
    pub(super) fn put(&mut self, batch: Vec<Prepared>) -> Vec<Prepared> {
        if self.is_closed {
            return batch;
        }
        self.batch.extend(batch);
        Vec::new()
    }

    /// Nothing waits, nothing is under way, and all that has landed is on its way to who
    /// asked.
    pub(super) fn is_idle(&self) -> bool {
        let is_over = self.asked.is_none() && self.under_way == 0 && self.landed == 0;
        self.has_nothing_to_do() && is_over
    }

    fn has_nothing_to_do(&self) -> bool {
        let is_empty = self.batch.is_empty() && self.looks.is_empty() && self.fallen.is_empty();
        is_empty && self.begin != Begin::Settling
    }

    /// What is to be asked for now, which is noted as asked for.
    pub(super) fn ask(&mut self) -> Option<Ask> {
        if self.asked.is_some() || self.is_paused || self.has_nothing_to_do() {
            return None;
        }
        let number = self.count + 1;
        let ask = match self.begin {
            Begin::Trusting if self.has_room() => Ask::Append(number),
            Begin::Locking | Begin::Settling if self.under_way == 0 => Ask::Transaction(number),
            Begin::Trusting | Begin::Locking | Begin::Settling => return None,
        };
        self.count = number;
        self.asked = Some(number);
        self.under_way += 1;
        Some(ask)
    }

    /// Nothing is on its way, or what waits is as much as that, and worth a flight: who sends
    /// each request at once behind the one before commits more often, each time for fewer.
    fn has_room(&self) -> bool {
        let ahead = self.flights.back().map_or(0, |last| last.batch.len() + last.looks.len());
        let waiting = self.batch.len() + self.looks.len();
        self.under_way == 0 || self.under_way < FLIGHTS_MAX && waiting >= ahead.max(BEHIND_MIN)
    }

    /// The commit is written, or nothing comes of it: the next one may be asked for.
    pub(super) fn is_written(&mut self, number: u64) {
        self.asked = self.asked.filter(|asked| *asked != number);
    }

    /// The commit has ended.
    pub(super) fn has_ended(&mut self, number: u64) {
        self.is_written(number);
        self.under_way -= 1;
    }

    /// A commit takes what waits, at most so many orders, except that one request is never
    /// split.
    pub(super) fn take(&mut self, number: u64, orders_max: usize, began: i64) -> Flight {
        let fallen = std::mem::take(&mut self.fallen);
        self.put_back(fallen.into_iter());
        let mut flight = Flight { number, began, ..Flight::default() };
        let mut count = 0;
        while count < orders_max
            && let Some(prepared) = self.batch.pop_front()
        {
            count += prepared.waiting.entry.work.orders().len();
            flight.batch.push(prepared);
        }
        flight.looks.append(&mut self.looks);
        for look in &mut flight.looks {
            look.is_absent = false;
        }
        flight
    }

    /// Flights go back to what waits, before all else and in their order.
    pub(super) fn put_back(&mut self, flights: impl DoubleEndedIterator<Item = Flight>) {
        for flight in flights.rev() {
            for prepared in flight.batch.into_iter().rev() {
                self.batch.push_front(prepared);
            }
            self.looks.extend(flight.looks);
        }
    }

    /// The flight and what was decided on it did not happen, or none of them did. How many
    /// there are still.
    pub(super) fn fall_from(&mut self, number: Option<u64>) -> usize {
        let from = match number {
            Some(number) => self.flights.iter().position(|flight| flight.number == number),
            None => Some(0),
        };
        if let Some(from) = from {
            self.fallen.extend(self.flights.drain(from..));
        }
        self.flights.len()
    }

    /// Refuses what waits, and what has fallen.
    pub(super) fn refuse(&mut self, error: &SubmitError) {
        self.fallen.drain(..).for_each(|flight| flight.refuse(error));
        refuse(self.batch.drain(..), error);
        refuse_looks(self.looks.drain(..), error);
    }
}

impl Flight {
    /// Refuses all that it has taken.
    pub(super) fn refuse(mut self, error: &SubmitError) {
        self.refuse_batch(error);
        refuse_looks(self.looks, error);
    }

    /// Refuses what would be decided.
    pub(super) fn refuse_batch(&mut self, error: &SubmitError) {
        refuse(self.batch.drain(..), error);
    }
}

pub(super) fn refuse(batch: impl IntoIterator<Item = Prepared>, error: &SubmitError) {
    for prepared in batch {
        let (entry, _place) = prepared.waiting.into_parts();
        // Who asked may be gone.
        let _ = entry.reply.send(Err(error.again()));
    }
}

fn refuse_looks(looks: impl IntoIterator<Item = Look>, error: &SubmitError) {
    for look in looks {
        // Who asked may be gone.
        let _ = look.reply.send(Err(error.again()));
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::watch;

    use super::super::queue::{Entry, Work, queue};
    use super::super::tail::Tail;
    use super::*;

    /// Somebody who only looks waits as somebody who spends does.
    fn come(desk: &mut Desk, count: usize) {
        desk.looks.extend((0..count).map(|_| Look::at(None, oneshot::channel().0)));
    }

    fn depart(desk: &mut Desk, number: u64) {
        assert_eq!(desk.ask(), Some(Ask::Append(number)));
        let flight = desk.take(number, 64, 0);
        desk.flights.push_back(flight);
        desk.is_written(number);
    }

    #[test]
    fn a_flight_is_sent_behind_another_one_where_as_many_wait_as_that_has() {
        let mut desk = Desk::default();
        come(&mut desk, 40);
        depart(&mut desk, 1);
        come(&mut desk, 39);
        assert_eq!(desk.ask(), None);
        come(&mut desk, 1);
        depart(&mut desk, 2);
        come(&mut desk, 90);
        assert_eq!(desk.ask(), None, "two are enough");
        desk.flights.pop_front();
        desk.has_ended(1);
        depart(&mut desk, 3);
    }

    #[test]
    fn few_do_not_make_a_flight_behind_another_one() {
        let mut desk = Desk::default();
        come(&mut desk, 1);
        depart(&mut desk, 1);
        come(&mut desk, BEHIND_MIN - 1);
        assert_eq!(desk.ask(), None);
        come(&mut desk, 1);
        depart(&mut desk, 2);
    }

    #[test]
    fn who_comes_once_it_is_closed_is_handed_back() {
        let (queue, _receiver) = queue();
        let prepared = || {
            let entry = Entry { work: Work::Each(Vec::new()), reply: oneshot::channel().0 };
            let (waiting, floor) =
                (queue.admit(entry), Tail::default().floor(&watch::Sender::new(Seq::ZERO)));
            Prepared { waiting: waiting.unwrap(), facts: Vec::new(), floor }
        };
        let mut desk = Desk::default();
        assert!(desk.put(vec![prepared()]).is_empty());
        desk.is_closed = true;
        assert_eq!(desk.put(vec![prepared(), prepared()]).len(), 2);
        assert_eq!(desk.batch.len(), 1);
    }

    #[test]
    fn who_waits_is_taken_once_nothing_is_under_way() {
        let mut desk = Desk::default();
        come(&mut desk, 2);
        depart(&mut desk, 1);
        come(&mut desk, 1);
        assert_eq!(desk.ask(), None);
        desk.flights.pop_front();
        desk.has_ended(1);
        assert_eq!(desk.ask(), Some(Ask::Append(2)));
    }
}
