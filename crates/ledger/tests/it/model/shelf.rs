//! What a store keeps: a projection some records behind, in which some rows may
//! be ahead of the others, and the records that not all rows have yet.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use ledger::{
    Credits, Event, Facts, Grant, GrantId, Hold, HoldId, KeyEntry, KeyId, Kind, Loaded, Order,
    Overlay, Read, Sealed, Seq, Wallet, WalletId, Working,
};
use proptest::test_runner::TestCaseError;

/// Rows as of one record, the records after it, and rows of a chunk that was
/// being written when the process ended.
pub(super) struct Shelf {
    rows: Working,
    wallets: Vec<WalletId>,
    tail: VecDeque<Sealed>,
    ahead: Ahead,
}

#[derive(Default)]
struct Ahead {
    wallets: BTreeMap<WalletId, Wallet>,
    grants: BTreeMap<GrantId, Grant>,
    holds: BTreeMap<HoldId, Hold>,
    refunded: BTreeMap<Seq, Credits>,
    keys: BTreeMap<KeyId, KeyEntry>,
}

/// Which rows of the chunk were written: bit by bit, in turn.
struct Bits(u64);

impl Bits {
    fn next(&mut self) -> bool {
        self.0 = self.0.rotate_right(1);
        self.0 & 1 == 1
    }
}

impl Shelf {
    pub(super) fn new(rows: Working) -> Self {
        let (wallets, tail) = (Vec::new(), VecDeque::new());
        Self { rows, wallets, tail, ahead: Ahead::default() }
    }

    /// The last record that all rows have.
    pub(super) fn projected(&self) -> Seq {
        self.rows.head().seq
    }

    pub(super) fn append(&mut self, sealed: &[Sealed]) {
        let opened = sealed.iter().filter(|sealed| sealed.record.event.kind() == Kind::Open);
        self.wallets.extend(opened.filter_map(|sealed| sealed.record.wallet));
        self.tail.extend(sealed.iter().cloned());
    }

    /// Projects a part of what is not projected yet, and has it forgotten.
    pub(super) fn project(&mut self, part: u8, working: &mut Working) -> Result<(), TestCaseError> {
        let count = self.tail.len() * usize::from(part) / 255;
        let chunk: Vec<Sealed> = self.tail.drain(..count).collect();
        replay(&mut self.rows, chunk.iter())?;
        for sealed in &chunk {
            working.forget(&sealed.record);
        }
        Ok(())
    }

    /// What an order needs that may not be in memory.
    pub(super) fn load(&self, working: &Working, order: &Order) -> Facts {
        let command = &order.command;
        let id = command.wallet();
        let missing = id.filter(|id| working.wallet(*id).is_none());
        let operation = command.operation();
        let key = order.key.as_ref().map(|(key, _)| KeyId::of(&order.actor, operation, id, key));
        Facts {
            seq: self.projected(),
            wallet: missing.and_then(|id| self.wallet(id)).map(Arc::new),
            hold: command.hold().and_then(|hold| self.hold(id?, hold)).map(Box::new),
            grant: command.grant().and_then(|grant| self.grant(id?, grant)).map(Box::new),
            refunded: command.refund_of().map(|of| (of, self.refunded(of))),
            key: key.and_then(|key| Some((key, self.key(key)?))),
        }
    }

    /// The process ended while it wrote a chunk, and starts anew: it loads the
    /// wallets, and folds the records that not all rows have.
    pub(super) fn restart(&mut self, whole: &Working, bits: u64) -> Result<Working, TestCaseError> {
        self.write_some(whole, &mut Bits(bits));
        let mut working = Working::new(self.rows.head());
        for id in &self.wallets {
            if let Some(wallet) = self.wallet(*id) {
                working.admit(Arc::new(wallet));
            }
        }
        let mut loaded = Loaded::new(&working);
        for facts in self.tail.iter().flat_map(|sealed| self.named_by(sealed)) {
            loaded.add(&facts);
        }
        let mut overlay = Overlay::new(&loaded);
        for sealed in &self.tail {
            overlay.replay(&sealed.record, sealed.hash).map_err(fail)?;
        }
        let delta = overlay.into_delta();
        working.merge(delta);
        Ok(working)
    }

    /// Writes some of the rows that the records of the tail change.
    fn write_some(&mut self, whole: &Working, bits: &mut Bits) {
        let ahead = &mut self.ahead;
        for record in self.tail.iter().map(|sealed| &sealed.record) {
            let Some(wallet) = record.wallet.and_then(|id| whole.wallet(id)) else { continue };
            if bits.next() {
                ahead.wallets.insert(wallet.id, head_of(wallet));
            }
            for change in record.grants.iter().filter(|_| bits.next()) {
                let row = find_grant(whole, wallet.id, change.id);
                ahead.grants.extend(row.map(|row| (row.id, row)));
            }
            for change in record.holds.iter().filter(|_| bits.next()) {
                let row = find_hold(whole, wallet.id, change.id);
                ahead.holds.extend(row.map(|row| (row.id, row)));
            }
            if let Event::Refund { of, .. } = record.event
                && bits.next()
            {
                ahead.refunded.insert(of, whole.refunded(of));
            }
            let key = record.key_id().filter(|_| bits.next());
            ahead.keys.extend(key.and_then(|key| Some((key, whole.key(key)?))));
        }
    }

    /// The rows of what a record changes, where they are closed.
    fn named_by(&self, sealed: &Sealed) -> Vec<Facts> {
        let record = &sealed.record;
        let Some(id) = record.wallet else { return Vec::new() };
        let grants = record.grants.iter().map(|change| self.grant(id, change.id).map(Box::new));
        let holds = record.holds.iter().map(|change| self.hold(id, change.id).map(Box::new));
        let grants = grants.map(|grant| Facts { grant, ..Facts::default() });
        grants.chain(holds.map(|hold| Facts { hold, ..Facts::default() })).collect()
    }

    /// A wallet put together from its rows.
    fn wallet(&self, id: WalletId) -> Option<Wallet> {
        let known = self.rows.wallet(id);
        let rows = known.map(|wallet| head_of(wallet)).into_iter();
        let row = rows.chain(self.ahead.wallets.get(&id).cloned()).max_by_key(|row| row.seq)?;
        let open = known.into_iter().flat_map(|wallet| wallet.grants()).map(|grant| grant.id);
        let ahead = self.ahead.grants.values().filter(|grant| grant.wallet == id);
        let grants = open.chain(ahead.map(|grant| grant.id)).filter_map(|g| self.grant(id, g));
        let open = known.into_iter().flat_map(|wallet| wallet.holds()).map(|hold| hold.id);
        let ahead = self.ahead.holds.values().filter(|hold| hold.wallet == id);
        let holds = open.chain(ahead.map(|hold| hold.id)).filter_map(|h| self.hold(id, h));
        Some(Wallet::load(row, grants, holds))
    }

    fn grant(&self, wallet: WalletId, id: GrantId) -> Option<Grant> {
        let rows = find_grant(&self.rows, wallet, id).into_iter();
        rows.chain(self.ahead.grants.get(&id).cloned()).max_by_key(|row| row.seq)
    }

    fn hold(&self, wallet: WalletId, id: HoldId) -> Option<Hold> {
        let rows = find_hold(&self.rows, wallet, id).into_iter();
        rows.chain(self.ahead.holds.get(&id).cloned()).max_by_key(|row| row.seq)
    }

    fn refunded(&self, of: Seq) -> Credits {
        let ahead = self.ahead.refunded.get(&of).copied();
        self.rows.refunded(of).max(ahead.unwrap_or(Credits::ZERO))
    }

    fn key(&self, id: KeyId) -> Option<KeyEntry> {
        self.rows.key(id).or(self.ahead.keys.get(&id).copied())
    }
}

pub(super) fn fail(broken: ledger::Broken) -> TestCaseError {
    TestCaseError::fail(broken.to_string())
}

/// Folds records into a state.
pub(super) fn replay<'s>(
    state: &mut Working,
    records: impl Iterator<Item = &'s Sealed>,
) -> Result<(), TestCaseError> {
    let mut overlay = Overlay::new(state);
    for sealed in records {
        overlay.replay(&sealed.record, sealed.hash).map_err(fail)?;
    }
    let delta = overlay.into_delta();
    state.merge(delta);
    Ok(())
}

/// A wallet's own row.
fn head_of(wallet: &Wallet) -> Wallet {
    let mut row = Wallet::empty(wallet.id, wallet.owner, wallet.unit.clone(), wallet.opened_at);
    row.balances = wallet.balances;
    row.seq = wallet.seq;
    row
}

fn find_grant(rows: &Working, wallet: WalletId, id: GrantId) -> Option<Grant> {
    let open = rows.wallet(wallet).and_then(|wallet| wallet.grant(id));
    open.or_else(|| rows.closed_grant(id)).cloned()
}

fn find_hold(rows: &Working, wallet: WalletId, id: HoldId) -> Option<Hold> {
    let open = rows.wallet(wallet).and_then(|wallet| wallet.hold(id));
    open.or_else(|| rows.closed_hold(id)).cloned()
}
