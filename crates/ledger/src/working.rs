//! The state commands are decided on: what recent records left, what was loaded for
//! them, and batches that are being committed. Who reads sees committed state only.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::sync::Arc;

use crate::chain::Hash as ChainHash;
use crate::credits::Credits;
use crate::grant::Grant;
use crate::hold::Hold;
use crate::id::{GrantId, HoldId, Seq, WalletId};
use crate::key::{KeyEntry, KeyId};
use crate::overlay::Delta;
use crate::record::{Event, Record};
use crate::time::Time;
use crate::wallet::Wallet;

/// The end of the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The last record.
    pub seq: Seq,
    /// Its hash.
    pub hash: ChainHash,
    /// Its time.
    pub at: Time,
}

impl Head {
    /// Before the first record.
    pub const START: Self =
        Self { seq: Seq::ZERO, hash: ChainHash::ZERO, at: Time::from_micros(i64::MIN) };
}

/// Reads state. Something that is not there was never there, or was not loaded:
/// whoever loads for a command loads all that it names.
pub trait Read {
    /// The end of the journal.
    fn head(&self) -> Head;
    /// A wallet.
    fn wallet(&self, id: WalletId) -> Option<&Arc<Wallet>>;
    /// A hold that is closed.
    fn closed_hold(&self, id: HoldId) -> Option<&Hold>;
    /// A grant of which nothing remains.
    fn closed_grant(&self, id: GrantId) -> Option<&Grant>;
    /// What was given back of a transaction.
    fn refunded(&self, of: Seq) -> Credits;
    /// A used key.
    fn key(&self, id: KeyId) -> Option<KeyEntry>;
}

/// What was loaded for one command, in one snapshot.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Everything up to this record is in what was loaded: the end of the journal
    /// then. Zero where nothing was.
    pub seq: Seq,
    /// The wallet, as it was in memory or is in the tables.
    pub wallet: Option<Arc<Wallet>>,
    /// The hold it names, where that is closed.
    pub hold: Option<Box<Hold>>,
    /// The grant it names, where nothing remains of it.
    pub grant: Option<Box<Grant>>,
    /// The transaction it gives back, and what was given back of it.
    pub refunded: Option<(Seq, Credits)>,
    /// Its key, where that was used.
    pub key: Option<(KeyId, KeyEntry)>,
}

/// Committed state in memory: wallets, and what the records of the tail (those
/// a load may not find yet) left of everything else.
#[derive(Clone, Debug)]
pub struct Working {
    head: Head,
    /// Wallets used since the last rotation, and those used before it.
    young: HashMap<WalletId, Arc<Wallet>>,
    old: HashMap<WalletId, Arc<Wallet>>,
    /// The last record at that rotation: none of the old ones has a later one.
    rotated: Seq,
    holds: HashMap<HoldId, Hold>,
    grants: HashMap<GrantId, Grant>,
    refunded: HashMap<Seq, (Credits, Seq)>,
    keys: HashMap<KeyId, KeyEntry>,
    /// Batches that were decided and whose COMMIT is not known yet, oldest first. Only
    /// the next batch sees them.
    pending: VecDeque<Delta>,
}

impl Working {
    /// Nothing loaded, at that end of the journal.
    pub fn new(head: Head) -> Self {
        Self {
            head,
            young: HashMap::new(),
            old: HashMap::new(),
            rotated: head.seq,
            holds: HashMap::new(),
            grants: HashMap::new(),
            refunded: HashMap::new(),
            keys: HashMap::new(),
            pending: VecDeque::new(),
        }
    }

    /// The end the journal has once all that is being committed is.
    pub fn tip(&self) -> Head {
        self.pending.back().map_or(self.head, Delta::head)
    }

    /// Decides the next batch on top of this one, whose COMMIT is not known yet.
    pub fn expect(&mut self, delta: Delta) {
        self.pending.push_back(delta);
    }

    /// The oldest batch that is being committed.
    pub fn expected(&self) -> Option<&Delta> {
        self.pending.front()
    }

    /// Takes over the oldest batch that is being committed: it is.
    pub fn confirm(&mut self) {
        if let Some(delta) = self.pending.pop_front() {
            self.merge(delta);
        }
    }

    /// Drops all but so many of the batches that are being committed: the others were
    /// not, or what they were decided on was not.
    pub fn give_up(&mut self, kept: usize) {
        self.pending.truncate(kept);
    }

    /// Keeps a wallet that was loaded, unless it is here already: then what is
    /// here is as new.
    pub fn admit(&mut self, wallet: Arc<Wallet>) {
        if self.wallet(wallet.id).is_none() {
            self.young.insert(wallet.id, wallet);
        }
    }

    /// Takes over what a committed batch changed.
    pub fn merge(&mut self, delta: Delta) {
        self.head = delta.head;
        if !self.old.is_empty() {
            for id in delta.wallets.keys() {
                self.old.remove(id);
            }
        }
        self.young.extend(delta.wallets);
        self.holds.extend(delta.holds);
        self.grants.extend(delta.grants);
        self.refunded.extend(delta.refunded);
        self.keys.extend(delta.keys);
    }

    /// Forgets what a record left that every load from now on will find.
    /// Wallets stay: they are worth keeping.
    pub fn forget(&mut self, record: &Record) {
        let seq = record.seq;
        if let Some(id) = record.key_id() {
            remove_if(&mut self.keys, id, |entry| entry.seq <= seq);
        }
        for change in &record.holds {
            remove_if(&mut self.holds, change.id, |hold| hold.seq <= seq);
        }
        for change in &record.grants {
            remove_if(&mut self.grants, change.id, |grant| grant.seq <= seq);
        }
        if let Event::Refund { of, .. } = record.event {
            remove_if(&mut self.refunded, of, |(_, last)| *last <= seq);
        }
    }

    /// Forgets the wallets unused since the last rotation, once a load finds all that was in
    /// them then: from now on each finds what is up to `seq`. They are handed over, since to
    /// drop many takes a while.
    pub fn rotate(&mut self, seq: Seq) -> HashMap<WalletId, Arc<Wallet>> {
        if seq < self.rotated {
            return HashMap::new();
        }
        self.rotated = self.head.seq;
        let next = HashMap::with_capacity(self.young.len());
        std::mem::replace(&mut self.old, std::mem::replace(&mut self.young, next))
    }

    /// How many wallets were used since the last rotation.
    pub fn used(&self) -> usize {
        self.young.len()
    }

    /// How many wallets are in memory.
    pub fn wallets(&self) -> usize {
        self.young.len().saturating_add(self.old.len())
    }
}

fn remove_if<K: Eq + Hash, V>(map: &mut HashMap<K, V>, key: K, gone: impl Fn(&V) -> bool) {
    if let Entry::Occupied(entry) = map.entry(key)
        && gone(entry.get())
    {
        entry.remove();
    }
}

/// What the next batch is decided on: batches that are being committed, committed state
/// and, under it, what was loaded for the commands at hand. What is in memory is as new
/// as a load or newer, so it goes first.
pub struct Loaded<'w> {
    working: &'w Working,
    wallets: HashMap<WalletId, Arc<Wallet>>,
    holds: HashMap<HoldId, Hold>,
    grants: HashMap<GrantId, Grant>,
    refunded: HashMap<Seq, Credits>,
    keys: HashMap<KeyId, KeyEntry>,
}

impl<'w> Loaded<'w> {
    /// The wallets that were loaded, to be kept once the commands are done.
    pub fn into_wallets(self) -> impl Iterator<Item = Arc<Wallet>> {
        self.wallets.into_values()
    }

    /// Nothing loaded.
    pub fn new(working: &'w Working) -> Self {
        Self {
            working,
            wallets: HashMap::new(),
            holds: HashMap::new(),
            grants: HashMap::new(),
            refunded: HashMap::new(),
            keys: HashMap::new(),
        }
    }

    /// Keeps what was loaded for a command. Of several loads of one wallet any
    /// will do: where they differ, what is in memory is newer.
    pub fn add(&mut self, facts: &Facts) {
        let loaded = facts.wallet.iter().filter(|loaded| self.working.wallet(loaded.id).is_none());
        self.wallets.extend(loaded.map(|wallet| (wallet.id, Arc::clone(wallet))));
        let closed = facts.hold.iter().filter(|hold| !hold.is_open());
        self.holds.extend(closed.map(|hold| (hold.id, Hold::clone(hold))));
        let spent = facts.grant.iter().filter(|grant| !grant.state.remaining.is_positive());
        self.grants.extend(spent.map(|grant| (grant.id, Grant::clone(grant))));
        self.refunded.extend(facts.refunded);
        self.keys.extend(facts.key);
    }
}

impl<'w> Loaded<'w> {
    /// What the newest batch that is being committed has of something.
    fn expected<T>(&self, find: impl FnMut(&'w Delta) -> Option<T>) -> Option<T> {
        self.working.pending.iter().rev().find_map(find)
    }
}

impl Read for Loaded<'_> {
    fn head(&self) -> Head {
        self.working.tip()
    }

    fn wallet(&self, id: WalletId) -> Option<&Arc<Wallet>> {
        let expected = self.expected(|delta| delta.wallets.get(&id));
        expected.or_else(|| self.working.wallet(id)).or_else(|| self.wallets.get(&id))
    }

    fn closed_hold(&self, id: HoldId) -> Option<&Hold> {
        let expected = self.expected(|delta| delta.holds.get(&id));
        expected.or_else(|| self.working.closed_hold(id)).or_else(|| self.holds.get(&id))
    }

    fn closed_grant(&self, id: GrantId) -> Option<&Grant> {
        let expected = self.expected(|delta| delta.grants.get(&id));
        expected.or_else(|| self.working.closed_grant(id)).or_else(|| self.grants.get(&id))
    }

    fn refunded(&self, of: Seq) -> Credits {
        let expected = self.expected(|delta| delta.refunded.get(&of).copied());
        let recent = expected.or_else(|| self.working.refunded.get(&of).copied());
        let known = recent.map(|(refunded, _)| refunded);
        known.or_else(|| self.refunded.get(&of).copied()).unwrap_or(Credits::ZERO)
    }

    fn key(&self, id: KeyId) -> Option<KeyEntry> {
        let expected = self.expected(|delta| delta.keys.get(&id).copied());
        expected.or_else(|| self.working.key(id)).or_else(|| self.keys.get(&id).copied())
    }
}

impl Read for Working {
    fn head(&self) -> Head {
        self.head
    }

    fn wallet(&self, id: WalletId) -> Option<&Arc<Wallet>> {
        self.young.get(&id).or_else(|| self.old.get(&id))
    }

    fn closed_hold(&self, id: HoldId) -> Option<&Hold> {
        self.holds.get(&id)
    }

    fn closed_grant(&self, id: GrantId) -> Option<&Grant> {
        self.grants.get(&id)
    }

    fn refunded(&self, of: Seq) -> Credits {
        self.refunded.get(&of).map_or(Credits::ZERO, |(refunded, _)| *refunded)
    }

    fn key(&self, id: KeyId) -> Option<KeyEntry> {
        self.keys.get(&id).copied()
    }
}
