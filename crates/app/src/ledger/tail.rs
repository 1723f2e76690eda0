//! The tail: the last records, in memory until every load finds them in the tables behind
//! the journal, and who reads along has read them.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use ledger::{Sealed, Seq};
use tokio::sync::watch;

use super::shared::lock;

/// So many are kept for who reads along, at most: who is further behind reads the journal.
const READ_ALONG_MAX: i64 = 100_000;

#[derive(Default)]
pub(super) struct Tail {
    records: Mutex<VecDeque<Arc<Sealed>>>,
    floors: Arc<Mutex<BTreeMap<Seq, usize>>>,
    /// How far each is who reads along.
    readers: Mutex<Vec<watch::Receiver<Seq>>>,
}

/// A record that loads in flight may still lack: nothing after it is forgotten
/// while this lives.
pub(super) struct Floor {
    pub(super) seq: Seq,
    floors: Arc<Mutex<BTreeMap<Seq, usize>>>,
}

impl Drop for Floor {
    fn drop(&mut self) {
        let mut floors = lock(&self.floors);
        if let Some(count) = floors.get_mut(&self.seq) {
            *count -= 1;
            if *count == 0 {
                floors.remove(&self.seq);
            }
        }
    }
}

impl Tail {
    /// Keeps what was committed, and says how many that is.
    pub(super) fn keep(&self, sealed: impl IntoIterator<Item = Arc<Sealed>>) -> usize {
        let mut records = lock(&self.records);
        let before = records.len();
        for sealed in sealed {
            // Everyone finds a record by its place.
            let last = records.back().map(|last| last.record.seq.next());
            assert!(last.is_none_or(|next| next == sealed.record.seq), "the tail has a gap");
            records.push_back(sealed);
        }
        records.len().saturating_sub(before)
    }

    /// The oldest of those up to a record, at most so many, which it has no more.
    pub(super) fn take(&self, upto: Seq, most: usize) -> Vec<Arc<Sealed>> {
        let mut records = lock(&self.records);
        let oldest = records.iter().take(most);
        let count = oldest.take_while(|sealed| sealed.record.seq <= upto).count();
        records.drain(..count).collect()
    }

    /// A record, while it is here.
    pub(super) fn get(&self, seq: Seq) -> Option<Arc<Sealed>> {
        let records = lock(&self.records);
        let first = records.front()?.record.seq;
        let place = usize::try_from(seq.number().checked_sub(first.number())?).ok()?;
        records.get(place).cloned()
    }

    /// Those after a record, at most so many.
    pub(super) fn after(&self, seq: Seq, most: i64) -> Vec<Arc<Sealed>> {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let records = lock(&self.records);
        let start = records.partition_point(|sealed| sealed.record.seq <= seq);
        records.iter().skip(start).take(most).cloned().collect()
    }

    /// From now on nothing after the last record that the tables have is forgotten.
    pub(super) fn floor(&self, projected: &watch::Sender<Seq>) -> Arc<Floor> {
        // Nobody forgets what follows between this look and the note of it.
        let mut floors = lock(&self.floors);
        let seq = *projected.borrow();
        *floors.entry(seq).or_default() += 1;
        Arc::new(Floor { seq, floors: Arc::clone(&self.floors) })
    }

    /// What somebody has not read is kept, while they are there and not far behind.
    pub(super) fn read_along(&self, reached: watch::Receiver<Seq>) {
        lock(&self.readers).push(reached);
    }

    /// The last record that may be forgotten: every load in flight has it, and who reads
    /// along.
    pub(super) fn forgettable(&self, projected: &watch::Sender<Seq>) -> Seq {
        let read = self.read();
        let floors = lock(&self.floors);
        let projected = *projected.borrow();
        floors.keys().next().map_or(projected, |oldest| projected.min(*oldest)).min(read)
    }

    /// The last record that everyone has read who reads along.
    fn read(&self) -> Seq {
        let mut readers = lock(&self.readers);
        readers.retain(|reader| reader.has_changed().is_ok());
        let Some(read) = readers.iter().map(|reader| *reader.borrow()).min() else {
            return Seq::from_number(i64::MAX);
        };
        let last = lock(&self.records).back().map_or(Seq::ZERO, |last| last.record.seq);
        read.max(Seq::from_number(last.number().saturating_sub(READ_ALONG_MAX)))
    }
}

#[cfg(test)]
mod tests {
    use ledger::{Actor, Event, Hash, Record, Time};

    use super::*;

    fn sealed(seq: i64) -> Arc<Sealed> {
        let record = Record {
            seq: Seq::from_number(seq),
            at: Time::from_micros(seq),
            event: Event::Release,
            wallet: None,
            after: None,
            posting: None,
            effective_at: None,
            occurred_at: None,
            subject: None,
            actor: Actor::System,
            grants: Vec::new(),
            holds: Vec::new(),
            cost: None,
            reference: None,
            usage: ledger::Usage::default(),
            job: None,
            labels: Vec::new(),
            request: None,
            key: None,
            words: None,
        };
        let (record, hash) = (Arc::new(record), Hash([0; 32]));
        Arc::new(Sealed { record, body: Vec::new(), hash, words: None })
    }

    fn of(seqs: impl IntoIterator<Item = i64>) -> Tail {
        let tail = Tail::default();
        tail.keep(seqs.into_iter().map(sealed));
        tail
    }

    fn numbers(sealed: &[Arc<Sealed>]) -> Vec<i64> {
        sealed.iter().map(|sealed| sealed.record.seq.number()).collect()
    }

    fn at(seq: i64) -> watch::Sender<Seq> {
        watch::Sender::new(Seq::from_number(seq))
    }

    #[test]
    fn the_oldest_are_taken_a_few_at_a_time() {
        let (tail, upto) = (of(1..=9), Seq::from_number(5));
        assert_eq!(numbers(&tail.take(upto, 3)), [1, 2, 3]);
        assert!(tail.get(Seq::from_number(3)).is_none());
        assert_eq!(numbers(&tail.take(upto, 3)), [4, 5]);
        assert_eq!(numbers(&tail.take(upto, 3)), [0; 0]);
        assert_eq!(numbers(&tail.after(Seq::ZERO, 2)), [6, 7]);
    }

    #[test]
    fn what_a_load_may_lack_is_kept() {
        let (tail, projected) = (of(1..=9), at(4));
        let floor = tail.floor(&projected);
        projected.send_replace(Seq::from_number(8));
        assert_eq!(tail.forgettable(&projected).number(), 4);
        drop(floor);
        assert_eq!(tail.forgettable(&projected).number(), 8);
    }

    #[test]
    fn what_is_not_read_is_kept_while_somebody_reads_along() {
        let (tail, projected, reached) = (of(1..=9), at(8), at(3));
        tail.read_along(reached.subscribe());
        assert_eq!(tail.forgettable(&projected).number(), 3);
        reached.send_replace(Seq::from_number(9));
        assert_eq!(tail.forgettable(&projected).number(), 8);
        reached.send_replace(Seq::from_number(5));
        assert_eq!(tail.forgettable(&projected).number(), 5);
        drop(reached);
        assert_eq!(tail.forgettable(&projected).number(), 8);
    }

    #[test]
    fn nothing_is_kept_for_who_is_far_behind() {
        let last = READ_ALONG_MAX + 5;
        let (tail, projected, reached) = (of([last]), at(last), at(0));
        tail.read_along(reached.subscribe());
        assert_eq!(tail.forgettable(&projected).number(), 5);
    }
}
