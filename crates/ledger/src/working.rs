//! The state commands are decided on: what recent records left, and what was
//! loaded for them. It is committed state only; an overlay holds the rest.

use std::collections::HashMap;
use std::sync::Arc;

use crate::chain::Hash;
use crate::credits::Credits;
use crate::grant::Grant;
use crate::hold::Hold;
use crate::id::{GrantId, HoldId, Seq, WalletId};
use crate::key::{KeyEntry, KeyId};
use crate::overlay::Delta;
use crate::time::Time;
use crate::wallet::Wallet;

/// The end of the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The last record.
    pub seq: Seq,
    /// Its hash.
    pub hash: Hash,
    /// Its time.
    pub at: Time,
}

impl Head {
    /// Before the first record.
    pub const START: Self =
        Self { seq: Seq::ZERO, hash: Hash::ZERO, at: Time::from_micros(i64::MIN) };
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
    /// Everything up to this record is in it.
    pub seq: Seq,
    /// The wallet.
    pub wallet: Option<Wallet>,
    /// The hold it names, where that is closed.
    pub hold: Option<Hold>,
    /// The grant it names, where nothing remains of it.
    pub grant: Option<Grant>,
    /// The transaction it gives back, and what was given back of it.
    pub refunded: Option<(Seq, Credits)>,
    /// Its key, where that was used.
    pub key: Option<(KeyId, KeyEntry)>,
}

/// Committed state in memory.
#[derive(Clone, Debug)]
pub struct Working {
    head: Head,
    wallets: HashMap<WalletId, Arc<Wallet>>,
    holds: HashMap<HoldId, Hold>,
    grants: HashMap<GrantId, Grant>,
    refunded: HashMap<Seq, (Credits, Seq)>,
    keys: HashMap<KeyId, KeyEntry>,
}

impl Working {
    /// Nothing loaded, at that end of the journal.
    pub fn new(head: Head) -> Self {
        Self {
            head,
            wallets: HashMap::new(),
            holds: HashMap::new(),
            grants: HashMap::new(),
            refunded: HashMap::new(),
            keys: HashMap::new(),
        }
    }

    /// Keeps what was loaded, unless something as new is here already.
    pub fn admit(&mut self, facts: Facts) {
        if let Some(wallet) = facts.wallet {
            self.wallets.entry(wallet.id).or_insert_with(|| Arc::new(wallet));
        }
        if let Some(hold) = facts.hold.filter(|hold| !hold.is_open()) {
            self.holds.entry(hold.id).or_insert(hold);
        }
        if let Some(grant) = facts.grant.filter(|grant| !grant.state.remaining.is_positive()) {
            self.grants.entry(grant.id).or_insert(grant);
        }
        if let Some((of, refunded)) = facts.refunded {
            self.refunded.entry(of).or_insert((refunded, facts.seq));
        }
        if let Some((id, entry)) = facts.key {
            self.keys.entry(id).or_insert(entry);
        }
    }

    /// Takes over what a committed batch changed.
    pub fn merge(&mut self, delta: Delta) {
        self.head = delta.head;
        self.wallets.extend(delta.wallets);
        self.holds.extend(delta.holds);
        self.grants.extend(delta.grants);
        self.refunded.extend(delta.refunded);
        self.keys.extend(delta.keys);
    }

    /// Forgets what every load from now on will find: keys, closed holds and
    /// grants, and refunds whose last record is `seq` or before.
    pub fn prune(&mut self, seq: Seq) {
        self.holds.retain(|_, hold| hold.seq > seq);
        self.grants.retain(|_, grant| grant.seq > seq);
        self.refunded.retain(|_, (_, last)| *last > seq);
        self.keys.retain(|_, entry| entry.seq > seq);
    }

    /// Forgets a wallet, unless a record after `seq` is in it.
    pub fn evict(&mut self, id: WalletId, seq: Seq) -> bool {
        let old = self.wallets.get(&id).is_some_and(|wallet| wallet.seq <= seq);
        old && self.wallets.remove(&id).is_some()
    }

    /// The wallets in memory.
    pub fn wallets(&self) -> impl ExactSizeIterator<Item = &Arc<Wallet>> {
        self.wallets.values()
    }
}

impl Read for Working {
    fn head(&self) -> Head {
        self.head
    }

    fn wallet(&self, id: WalletId) -> Option<&Arc<Wallet>> {
        self.wallets.get(&id)
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
