//! Changes on top of committed state, kept or dropped whole: a batch's until
//! its COMMIT is known, an atomic batch's until its last command succeeded.

use std::collections::HashMap;
use std::sync::Arc;

use crate::chain::{Hash, chain};
use crate::codec;
use crate::credits::Credits;
use crate::fold::fold;
use crate::grant::Grant;
use crate::hold::Hold;
use crate::id::{GrantId, HoldId, Seq, WalletId};
use crate::invariant::Broken;
use crate::key::{KeyEntry, KeyId};
use crate::record::Record;
use crate::wallet::Wallet;
use crate::words::Words;
use crate::working::{Head, Read};

/// A record with its bytes, its hash and its words: what is appended.
#[derive(Clone, Debug)]
pub struct Sealed {
    /// The record.
    pub record: Arc<Record>,
    /// Its canonical bytes.
    pub body: Vec<u8>,
    /// The chain up to it.
    pub hash: Hash,
    /// Its words.
    pub words: Option<Words>,
}

/// What an overlay changed.
#[derive(Clone, Debug)]
pub struct Delta {
    pub(crate) head: Head,
    pub(crate) wallets: HashMap<WalletId, Arc<Wallet>>,
    pub(crate) holds: HashMap<HoldId, Hold>,
    pub(crate) grants: HashMap<GrantId, Grant>,
    pub(crate) refunded: HashMap<Seq, (Credits, Seq)>,
    pub(crate) keys: HashMap<KeyId, KeyEntry>,
    pub(crate) sealed: Vec<Sealed>,
}

impl Delta {
    /// The records to append, in order.
    pub fn sealed(&self) -> &[Sealed] {
        &self.sealed
    }

    /// The records to append, in order, taken out of it.
    pub fn take_sealed(&mut self) -> Vec<Sealed> {
        std::mem::take(&mut self.sealed)
    }

    /// The keys they use.
    pub fn keys(&self) -> impl Iterator<Item = KeyId> {
        self.keys.keys().copied()
    }

    /// The end of the journal behind them.
    pub fn head(&self) -> Head {
        self.head
    }
}

/// Changes on top of `base`.
pub struct Overlay<'a> {
    base: &'a (dyn Read + Sync),
    delta: Delta,
}

impl<'a> Overlay<'a> {
    /// No changes yet.
    pub fn new(base: &'a (dyn Read + Sync)) -> Self {
        let delta = Delta {
            head: base.head(),
            wallets: HashMap::new(),
            holds: HashMap::new(),
            grants: HashMap::new(),
            refunded: HashMap::new(),
            keys: HashMap::new(),
            sealed: Vec::new(),
        };
        Self { base, delta }
    }

    /// Its changes.
    pub fn into_delta(self) -> Delta {
        self.delta
    }

    /// Keeps the changes of an overlay on this one.
    pub fn absorb(&mut self, delta: Delta) {
        self.delta.head = delta.head;
        self.delta.wallets.extend(delta.wallets);
        self.delta.holds.extend(delta.holds);
        self.delta.grants.extend(delta.grants);
        self.delta.refunded.extend(delta.refunded);
        self.delta.keys.extend(delta.keys);
        self.delta.sealed.extend(delta.sealed);
    }

    /// The records emitted into it.
    pub fn sealed(&self) -> &[Sealed] {
        &self.delta.sealed
    }

    /// Writes a record: its bytes, its hash, and by folding it its effect.
    pub(crate) fn emit(&mut self, record: Record, words: Option<Words>) -> Result<Seq, Broken> {
        let seq = record.seq;
        let body = codec::encode(&record);
        let hash = chain(self.delta.head.hash, &body);
        fold(self, &record)?;
        self.delta.head = Head { seq, hash, at: record.at };
        self.delta.sealed.push(Sealed { record: Arc::new(record), body, hash, words });
        Ok(seq)
    }

    /// Folds a record another server, or an earlier run, wrote.
    pub fn replay(&mut self, record: &Record, hash: Hash) -> Result<(), Broken> {
        fold(self, record)?;
        self.delta.head = Head { seq: record.seq, hash, at: record.at };
        Ok(())
    }

    /// A wallet to change; copied from the base the first time.
    pub(crate) fn wallet_mut(&mut self, id: WalletId) -> Option<&mut Wallet> {
        if !self.delta.wallets.contains_key(&id) {
            let wallet = Arc::clone(self.base.wallet(id)?);
            self.delta.wallets.insert(id, wallet);
        }
        self.delta.wallets.get_mut(&id).map(Arc::make_mut)
    }

    pub(crate) fn put_wallet(&mut self, wallet: Wallet) {
        self.delta.wallets.insert(wallet.id, Arc::new(wallet));
    }

    pub(crate) fn put_closed_hold(&mut self, hold: Hold) {
        self.delta.holds.insert(hold.id, hold);
    }

    pub(crate) fn put_closed_grant(&mut self, grant: Grant) {
        self.delta.grants.insert(grant.id, grant);
    }

    pub(crate) fn put_refunded(&mut self, of: Seq, refunded: Credits, seq: Seq) {
        self.delta.refunded.insert(of, (refunded, seq));
    }

    pub(crate) fn put_key(&mut self, id: KeyId, entry: KeyEntry) {
        self.delta.keys.insert(id, entry);
    }
}

impl Read for Overlay<'_> {
    fn head(&self) -> Head {
        self.delta.head
    }

    fn wallet(&self, id: WalletId) -> Option<&Arc<Wallet>> {
        self.delta.wallets.get(&id).or_else(|| self.base.wallet(id))
    }

    fn closed_hold(&self, id: HoldId) -> Option<&Hold> {
        self.delta.holds.get(&id).or_else(|| self.base.closed_hold(id))
    }

    fn closed_grant(&self, id: GrantId) -> Option<&Grant> {
        self.delta.grants.get(&id).or_else(|| self.base.closed_grant(id))
    }

    fn refunded(&self, of: Seq) -> Credits {
        self.delta.refunded.get(&of).map_or_else(|| self.base.refunded(of), |(total, _)| *total)
    }

    fn key(&self, id: KeyId) -> Option<KeyEntry> {
        self.delta.keys.get(&id).copied().or_else(|| self.base.key(id))
    }
}
