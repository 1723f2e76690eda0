//! What is due in a wallet, and what follows when credits come free: expiry
//! needs no job to be true.

use super::change::{Change, add, sub};
use super::draft::Draft;
use super::tick;
use crate::account::Account;
use crate::command::Order;
use crate::credits::Credits;
use crate::grant::Grant;
use crate::hold::{Hold, HoldStatus, OnExpiry};
use crate::id::WalletId;
use crate::invariant::Broken;
use crate::overlay::Overlay;
use crate::record::{Event, Posting};
use crate::time::Time;
use crate::wallet::Wallet;
use crate::working::Read;

/// What falls due, in the order it is settled at one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    /// The first hold in the wallet's order.
    Hold,
    /// A grant becomes effective in a wallet that owes.
    Repay,
    /// A grant expires.
    Grant,
}

impl Wallet {
    /// When the next thing falls due: a hold, a grant's expiry, a repayment.
    fn next_due(&self) -> Option<(Time, Due)> {
        let hold = self.due.first().map(|(instant, ..)| (*instant, Due::Hold));
        let loose = || {
            self.grants.iter().filter(|g| g.state.frozen_at.is_none() && g.unheld().is_positive())
        };
        let expiry = loose().filter_map(|g| g.state.expires_at).min().map(|at| (at, Due::Grant));
        let owes = self.balances.debt.is_positive();
        let effective = loose().filter(|_| owes).map(|g| g.terms.effective_at).min();
        let repay = effective.map(|at| (at, Due::Repay));
        [hold, repay, expiry].into_iter().flatten().min()
    }

    /// Whether a command or a read at that instant must settle it first.
    pub fn is_due(&self, now: Time) -> bool {
        self.next_due().is_some_and(|(instant, _)| instant <= now)
    }
}

/// Settles all that is due, instant by instant. Its records move the time on,
/// and what falls due meanwhile is settled too: the time behind it all.
pub(super) fn settle(state: &mut Overlay<'_>, now: Time, id: WalletId) -> Result<Time, Broken> {
    loop {
        let now = tick(state, now);
        let wallet = state.wallet(id).ok_or(Broken("a wallet is lost"))?;
        let Some((instant, due)) = wallet.next_due().filter(|(instant, _)| *instant <= now) else {
            return Ok(now);
        };
        let before = state.head().seq;
        if due == Due::Hold {
            lapse_all(state, now, (id, instant))?;
        }
        expire_and_repay(state, now, None, (id, instant))?;
        if state.head().seq == before {
            return Err(Broken("what is due does not settle"));
        }
    }
}

/// Closes every hold due at an instant, before any grant expires at it; what
/// each frees repays debt.
fn lapse_all(
    state: &mut Overlay<'_>,
    now: Time,
    (id, instant): (WalletId, Time),
) -> Result<(), Broken> {
    loop {
        let wallet = state.wallet(id).ok_or(Broken("a wallet is lost"))?;
        let first = wallet.due.first().filter(|(due, ..)| *due <= instant);
        let Some((.., hold)) = first else { return Ok(()) };
        let hold = wallet.hold(*hold).ok_or(Broken("a due hold is lost"))?;
        lapse(wallet, hold, instant)?.emit_after(state, now, None)?;
        repay(state, now, None, (id, instant))?;
    }
}

/// Closes a hold at its expiry, by its policy.
fn lapse(wallet: &Wallet, hold: &Hold, instant: Time) -> Result<Draft, Broken> {
    let mut change = Change::new(wallet, instant);
    let left = hold.capturable();
    if hold.terms.on_expiry == OnExpiry::Release || !left.is_positive() {
        change.close_hold(hold, HoldStatus::Expired)?;
        return Ok(Draft::new(Event::Lapse, wallet.id, change).billed_as(hold, Vec::new()));
    }
    change.capture(hold, left, Credits::ZERO)?;
    change.debit(Account::Revenue(hold.terms.service.clone()), left)?;
    change.close_hold(hold, HoldStatus::Captured)?;
    Ok(Draft::new(Event::Capture, wallet.id, change).billed_as(hold, Vec::new()))
}

/// What follows a command: credits it freed expire if they are past it, and
/// repay debt.
pub(super) fn follow(
    state: &mut Overlay<'_>,
    now: Time,
    order: &Order,
    at: (WalletId, Time),
) -> Result<(), Broken> {
    expire_and_repay(state, now, Some(order), at)
}

fn expire_and_repay(
    state: &mut Overlay<'_>,
    now: Time,
    order: Option<&Order>,
    (id, instant): (WalletId, Time),
) -> Result<(), Broken> {
    repay(state, now, order, (id, instant))?;
    loop {
        let wallet = state.wallet(id).ok_or(Broken("a wallet is lost"))?;
        let past = |grant: &&Grant| grant.is_past(instant) && grant.unheld().is_positive();
        let Some(grant) = wallet.grants.iter().find(past) else { return Ok(()) };
        let draft = expire(wallet, grant, instant)?;
        draft.emit_after(state, now, order)?;
    }
}

fn expire(wallet: &Wallet, grant: &Grant, instant: Time) -> Result<Draft, Broken> {
    let mut change = Change::new(wallet, instant);
    let lost = grant.unheld();
    let state = &mut change.grant(grant.id)?.state;
    state.remaining = state.held;
    state.expired = add(state.expired, lost)?;
    change.debit(Account::Expired, lost)?;
    Ok(Draft::new(Event::Expire, wallet.id, change))
}

fn repay(
    state: &mut Overlay<'_>,
    now: Time,
    order: Option<&Order>,
    (id, instant): (WalletId, Time),
) -> Result<(), Broken> {
    let wallet = state.wallet(id).ok_or(Broken("a wallet is lost"))?;
    let paid = wallet.balances.debt.min(wallet.drawable(instant));
    if !paid.is_positive() {
        return Ok(());
    }
    let mut change = Change::new(wallet, instant);
    change.draw(paid)?;
    change.debit(Account::Debt, paid)?;
    change.after.debt = sub(change.after.debt, paid)?;
    let draft = Draft::new(Event::Repay, id, change);
    draft.emit_after(state, now, order)?;
    Ok(())
}

/// Books what a clawback could not take.
pub(super) fn owe(
    state: &mut Overlay<'_>,
    now: Time,
    order: &Order,
    (id, owed): (WalletId, Credits),
) -> Result<(), Broken> {
    if !owed.is_positive() {
        return Ok(());
    }
    let wallet = state.wallet(id).ok_or(Broken("a wallet is lost"))?;
    let mut change = Change::new(wallet, now);
    change.after.debt = add(change.after.debt, owed)?;
    change.posting =
        Some(Posting { debit: Account::Debt, credit: Account::Clawback, amount: owed });
    let draft = Draft::new(Event::Owe, id, change);
    draft.emit_after(state, now, Some(order))?;
    Ok(())
}
