//! A change of one wallet in the making: its figures, and copies of the grants
//! and holds it touches. It becomes one record; only folding that changes state.

use crate::account::Account;
use crate::cost::Cost;
use crate::credits::Credits;
use crate::grant::{Grant, GrantChange};
use crate::hold::{Hold, HoldChange, Reserve};
use crate::id::{GrantId, HoldId};
use crate::invariant::Broken;
use crate::record::{Balances, Posting};
use crate::time::Time;
use crate::wallet::Wallet;

/// A sum or difference that the wallet's bounds keep within `i64`.
pub(super) fn add(a: Credits, b: Credits) -> Result<Credits, Broken> {
    a.checked_add(b).ok_or(Broken("a figure overflows"))
}

/// A difference that must not go below zero.
pub(super) fn sub(a: Credits, b: Credits) -> Result<Credits, Broken> {
    let left = a.checked_sub(b).ok_or(Broken("a figure overflows"))?;
    if left < Credits::ZERO { Err(Broken("a figure goes below zero")) } else { Ok(left) }
}

/// A change of one wallet.
pub(super) struct Change<'w> {
    wallet: &'w Wallet,
    /// The instant it takes effect.
    pub(super) instant: Time,
    pub(super) after: Balances,
    pub(super) posting: Option<Posting>,
    pub(super) cost: Drawn,
    pub(super) grants: Vec<GrantChange>,
    pub(super) holds: Vec<HoldChange>,
}

/// The cost of what was drawn: known while every draw has one currency.
#[derive(Clone, Copy)]
pub(super) enum Drawn {
    Nothing,
    Costed(Cost),
    Mixed,
}

impl Drawn {
    fn with(self, cost: Option<Cost>) -> Self {
        match (self, cost) {
            (Self::Nothing, Some(cost)) => Self::Costed(cost),
            (Self::Costed(sum), Some(cost)) => {
                sum.checked_add(cost).map_or(Self::Mixed, Self::Costed)
            }
            (known, None) => known,
            (Self::Mixed, _) => Self::Mixed,
        }
    }

    pub(super) fn cost(self) -> Option<Cost> {
        match self {
            Self::Costed(cost) => Some(cost),
            Self::Nothing | Self::Mixed => None,
        }
    }
}

impl<'w> Change<'w> {
    pub(super) fn new(wallet: &'w Wallet, instant: Time) -> Self {
        Self {
            wallet,
            instant,
            after: wallet.balances,
            posting: None,
            cost: Drawn::Nothing,
            grants: Vec::new(),
            holds: Vec::new(),
        }
    }

    /// Credits leave the wallet for an account.
    pub(super) fn debit(&mut self, account: Account, amount: Credits) -> Result<(), Broken> {
        self.after.posted = sub(self.after.posted, amount)?;
        self.post(Account::Wallet(self.wallet.id), account, amount)
    }

    /// Credits enter the wallet from an account.
    pub(super) fn credit(&mut self, account: Account, amount: Credits) -> Result<(), Broken> {
        self.after.posted = add(self.after.posted, amount)?;
        self.post(account, Account::Wallet(self.wallet.id), amount)
    }

    fn post(&mut self, debit: Account, credit: Account, amount: Credits) -> Result<(), Broken> {
        let next = self.after.account_seq.checked_add(1);
        self.after.account_seq = next.ok_or(Broken("account_seq overflows"))?;
        self.posting = Some(Posting { debit, credit, amount });
        Ok(())
    }

    /// The state of an open grant to change.
    pub(super) fn grant(&mut self, id: GrantId) -> Result<&mut GrantChange, Broken> {
        if let Some(place) = self.grants.iter().position(|change| change.id == id) {
            return self.grants.get_mut(place).ok_or(Broken("a change is lost"));
        }
        let grant = self.wallet.grant(id).ok_or(Broken("a reserved grant is not open"))?;
        self.start_grant(grant)
    }

    /// Starts to change a grant, open or not.
    pub(super) fn start_grant(&mut self, grant: &Grant) -> Result<&mut GrantChange, Broken> {
        // Nearly every record changes one, and is in memory until all tables have it.
        if self.grants.is_empty() {
            self.grants.reserve_exact(1);
        }
        self.grants.push(GrantChange { id: grant.id, made: None, state: grant.state.clone() });
        self.grants.last_mut().ok_or(Broken("a change is lost"))
    }

    /// The state of an open hold to change.
    pub(super) fn hold(&mut self, id: HoldId) -> Result<&mut HoldChange, Broken> {
        if let Some(place) = self.holds.iter().position(|change| change.id == id) {
            return self.holds.get_mut(place).ok_or(Broken("a change is lost"));
        }
        let hold = self.wallet.hold(id).ok_or(Broken("a hold's parent is not open"))?;
        self.holds.push(HoldChange { id, made: None, state: hold.state.clone() });
        self.holds.last_mut().ok_or(Broken("a change is lost"))
    }

    /// Splits `amount` over the grants open at the instant, in burn order, as
    /// far as they go. What does not fit is missing from the sum.
    fn split(&self, amount: Credits) -> Result<Vec<(&'w Grant, Credits)>, Broken> {
        let mut left = amount;
        let mut parts = Vec::new();
        for grant in self.wallet.grants().iter().filter(|grant| grant.is_open(self.instant)) {
            let reserved = self.grants.iter().find(|change| change.id == grant.id);
            let state = reserved.map_or(&grant.state, |change| &change.state);
            let part = sub(state.remaining, state.held)?.min(left);
            if part.is_positive() {
                parts.push((grant, part));
                left = sub(left, part)?;
            }
            if !left.is_positive() {
                break;
            }
        }
        if left.is_positive() { Err(Broken("a draw exceeds what is available")) } else { Ok(parts) }
    }

    /// Takes unheld credits out of the open grants, in burn order. The caller
    /// has checked that so much is available, and posts it.
    pub(super) fn draw(&mut self, amount: Credits) -> Result<(), Broken> {
        for (grant, part) in self.split(amount)? {
            self.take(grant, part)?;
        }
        Ok(())
    }

    /// Takes credits out of one grant.
    fn take(&mut self, grant: &Grant, part: Credits) -> Result<(), Broken> {
        let state = &mut self.changing(grant)?.state;
        let before = state.remaining;
        state.remaining = sub(before, part)?;
        let cost = cost_between(grant, before, state.remaining);
        self.cost = self.cost.with(cost);
        Ok(())
    }

    fn changing(&mut self, grant: &Grant) -> Result<&mut GrantChange, Broken> {
        if self.grants.iter().any(|change| change.id == grant.id) {
            return self.grant(grant.id);
        }
        self.start_grant(grant)
    }

    /// Reserves unheld credits of the open grants, in burn order.
    pub(super) fn reserve(&mut self, amount: Credits) -> Result<Vec<Reserve>, Broken> {
        let mut reserves = Vec::new();
        for (grant, part) in self.split(amount)? {
            let state = &mut self.changing(grant)?.state;
            state.held = add(state.held, part)?;
            reserves.push(Reserve { grant: grant.id, amount: part });
        }
        self.after.held = add(self.after.held, amount)?;
        Ok(reserves)
    }

    /// Takes credits out of what a top-level hold reserves, in burn order.
    pub(super) fn take_reserved(&mut self, root: HoldId, amount: Credits) -> Result<(), Broken> {
        let mut left = amount;
        let mut kept = Vec::new();
        for mut reserve in std::mem::take(&mut self.hold(root)?.state.reserves) {
            let part = reserve.amount.min(left);
            left = sub(left, part)?;
            reserve.amount = sub(reserve.amount, part)?;
            if part.is_positive() {
                let grant = self.wallet.grant(reserve.grant);
                self.take(grant.ok_or(Broken("a reserved grant is not open"))?, part)?;
                let state = &mut self.grant(reserve.grant)?.state;
                state.held = sub(state.held, part)?;
            }
            if reserve.amount.is_positive() {
                kept.push(reserve);
            }
        }
        self.hold(root)?.state.reserves = kept;
        self.after.held = sub(self.after.held, amount)?;
        if left.is_positive() { Err(Broken("a hold reserves too little")) } else { Ok(()) }
    }

    /// Gives back all that a top-level hold reserves.
    pub(super) fn unreserve(&mut self, root: HoldId) -> Result<(), Broken> {
        for reserve in std::mem::take(&mut self.hold(root)?.state.reserves) {
            let state = &mut self.grant(reserve.grant)?.state;
            state.held = sub(state.held, reserve.amount)?;
            if state.frozen_at.is_some() {
                self.after.frozen = add(self.after.frozen, reserve.amount)?;
            }
            self.after.held = sub(self.after.held, reserve.amount)?;
        }
        Ok(())
    }

    /// Closes a hold whose children are closed: what is left goes back to its
    /// parent, or to the grants.
    pub(super) fn close_hold(
        &mut self,
        hold: &Hold,
        status: crate::hold::HoldStatus,
    ) -> Result<(), Broken> {
        let instant = self.instant;
        let state = &mut self.hold(hold.id)?.state;
        let spent = add(state.captured, state.captured_by_children)?;
        let left = sub(sub(state.amount, spent)?, state.released)?;
        state.released = add(state.released, left)?;
        state.status = status;
        state.settled_at = Some(instant);
        match hold.terms.parent {
            None => self.unreserve(hold.id),
            Some(parent) => {
                let parent = &mut self.hold(parent)?.state;
                parent.reserved_by_children = sub(parent.reserved_by_children, left)?;
                let open = parent.children_open.checked_sub(1);
                parent.children_open = open.ok_or(Broken("a parent miscounts its children"))?;
                Ok(())
            }
        }
    }

    /// Captures `reserved` out of a hold and `extra` beyond it: every hold
    /// above it counts both.
    pub(super) fn capture(
        &mut self,
        hold: &Hold,
        reserved: Credits,
        extra: Credits,
    ) -> Result<(), Broken> {
        let total = add(reserved, extra)?;
        let state = &mut self.hold(hold.id)?.state;
        state.captured = add(state.captured, total)?;
        state.amount = add(state.amount, extra)?;
        let (mut root, mut above) = (hold.id, hold.terms.parent);
        while let Some(id) = above {
            let state = &mut self.hold(id)?.state;
            state.amount = add(state.amount, extra)?;
            state.captured_by_children = add(state.captured_by_children, total)?;
            state.reserved_by_children = sub(state.reserved_by_children, reserved)?;
            let parent = self.wallet.hold(id).ok_or(Broken("a hold's parent is not open"))?;
            (root, above) = (id, parent.terms.parent);
        }
        self.take_reserved(root, reserved)?;
        self.draw(extra)
    }
}

/// What the credits that leave a grant had cost: the costs of all that ever
/// leaves it add up to the grant's own, so that no rounding is lost.
fn cost_between(grant: &Grant, before: Credits, after: Credits) -> Option<Cost> {
    let cost = grant.terms.cost?;
    let whole = grant.terms.amount;
    let upto = |remaining| cost.share(whole.checked_sub(remaining)?, whole);
    upto(after)?.checked_sub(upto(before)?)
}
