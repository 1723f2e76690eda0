//! What a store keeps: a projection some records behind, the records it has not
//! projected yet, and what it hands out of them when something is loaded.

use std::collections::VecDeque;

use ledger::{
    Facts, Grant, GrantId, Hold, HoldId, KeyId, Loaded, Order, Overlay, Read, Sealed, Seq, Wallet,
    WalletId, Working,
};
use proptest::test_runner::TestCaseError;

use super::naive::{self, Model};

/// Rows as of one record, and the records after it.
pub(super) struct Shelf {
    rows: Working,
    tail: VecDeque<Sealed>,
}

/// Which rows of a half-written chunk are written already.
pub(super) struct Ahead<'s> {
    rows: &'s Working,
    bits: u64,
}

impl Ahead<'_> {
    fn next(&mut self) -> bool {
        let bit = self.bits & 1 == 1;
        self.bits = self.bits.rotate_right(1);
        bit
    }
}

impl Shelf {
    pub(super) fn new(rows: Working) -> Self {
        Self { rows, tail: VecDeque::new() }
    }

    /// The last record that all rows have.
    pub(super) fn projected(&self) -> Seq {
        self.rows.head().seq
    }

    pub(super) fn append(&mut self, sealed: &[Sealed]) {
        self.tail.extend(sealed.iter().cloned());
    }

    /// Projects a part of what is not projected yet, and has it forgotten.
    pub(super) fn project(&mut self, part: u8, working: &mut Working) -> Result<(), TestCaseError> {
        let count = self.tail.len() * usize::from(part) / 255;
        let chunk: Vec<Sealed> = self.tail.drain(..count).collect();
        replay(&mut self.rows, chunk.iter())?;
        chunk.iter().for_each(|sealed| working.forget(&sealed.record));
        Ok(())
    }

    /// What an order needs that may not be in memory.
    pub(super) fn load(&self, working: &Working, order: &Order) -> Facts {
        let (rows, command) = (&self.rows, &order.command);
        let id = command.wallet();
        let missing = id.filter(|id| working.wallet(*id).is_none());
        let operation = command.operation();
        let key = order.key.as_ref().map(|(key, _)| KeyId::of(&order.actor, operation, id, key));
        Facts {
            seq: self.projected(),
            wallet: missing.and_then(|id| rows.wallet(id)).map(|wallet| reload(wallet)),
            hold: command.hold().and_then(|hold| find_hold(rows, id?, hold)),
            grant: command.grant().and_then(|grant| find_grant(rows, id?, grant)),
            refunded: command.refund_of().map(|of| (of, rows.refunded(of))),
            key: key.and_then(|key| Some((key, rows.key(key)?))),
        }
    }

    /// A process that starts anew: it loads every row, some of which are ahead,
    /// and folds the records that not all rows have.
    pub(super) fn restart(
        &self,
        model: &Model,
        whole: &Working,
        bits: u64,
    ) -> Result<Working, TestCaseError> {
        let mut ahead = Ahead { rows: whole, bits };
        let mut working = Working::new(self.rows.head());
        let mut facts = Vec::new();
        for wallet in &model.wallets {
            let (loaded, closed) = self.load_wallet(wallet, &mut ahead);
            loaded.into_iter().for_each(|wallet| working.admit(wallet));
            facts.extend(closed);
        }
        for spend in &model.spends {
            let of = Seq::from_number(spend.seq);
            let refunded = Some((of, self.either(&mut ahead).refunded(of)));
            facts.push(Facts { refunded, ..Facts::default() });
        }
        let mut loaded = Loaded::new(&working);
        facts.into_iter().for_each(|facts| loaded.add(facts));
        let mut overlay = Overlay::new(&loaded);
        for sealed in &self.tail {
            overlay.replay(&sealed.record, sealed.hash).map_err(fail)?;
        }
        let delta = overlay.into_delta();
        working.merge(delta);
        Ok(working)
    }

    fn either<'s>(&'s self, ahead: &mut Ahead<'s>) -> &'s Working {
        if ahead.next() { ahead.rows } else { &self.rows }
    }

    /// A wallet of rows, each as of here or of there, and its closed ones.
    fn load_wallet<'s>(
        &'s self,
        known: &naive::Wallet,
        ahead: &mut Ahead<'s>,
    ) -> (Option<Wallet>, Vec<Facts>) {
        let id = known.id;
        let row = self.either(ahead).wallet(id).map(|wallet| head_of(wallet));
        let ids = known.grants.iter().map(|grant| grant.id);
        let grants: Vec<Grant> =
            ids.filter_map(|grant| find_grant(self.either(ahead), id, grant)).collect();
        let ids = known.holds.iter().map(|hold| hold.id);
        let holds: Vec<Hold> =
            ids.filter_map(|hold| find_hold(self.either(ahead), id, hold)).collect();
        let some_grants = grants.iter().cloned().map(Some);
        let some_holds = holds.iter().cloned().map(Some);
        let closed = some_grants.map(|grant| Facts { grant, ..Facts::default() });
        let closed = closed.chain(some_holds.map(|hold| Facts { hold, ..Facts::default() }));
        let closed = closed.collect();
        // Rows come in no order; the youngest first is as good as any.
        let (grants, holds) = (grants.into_iter().rev(), holds.into_iter().rev());
        (row.map(|row| Wallet::load(row, grants, holds)), closed)
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
    let mut row =
        Wallet::empty(wallet.id, wallet.owner, wallet.unit.clone(), wallet.opened_at);
    row.balances = wallet.balances;
    row.seq = wallet.seq;
    row
}

/// A wallet put together from its rows.
fn reload(wallet: &Wallet) -> Wallet {
    let grants = wallet.grants().iter().rev().cloned();
    Wallet::load(head_of(wallet), grants, wallet.holds().cloned())
}

fn find_grant(rows: &Working, wallet: WalletId, id: GrantId) -> Option<Grant> {
    let open = rows.wallet(wallet).and_then(|wallet| wallet.grant(id));
    open.or_else(|| rows.closed_grant(id)).cloned()
}

fn find_hold(rows: &Working, wallet: WalletId, id: HoldId) -> Option<Hold> {
    let open = rows.wallet(wallet).and_then(|wallet| wallet.hold(id));
    open.or_else(|| rows.closed_hold(id)).cloned()
}
