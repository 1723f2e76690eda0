//! What must hold after every record. A break stops the partition.

use std::collections::HashMap;

use crate::credits::Credits;
use crate::grant::Grant;
use crate::hold::{Hold, HoldState};
use crate::id::{GrantId, HoldId};
use crate::record::Balances;
use crate::time::Time;
use crate::wallet::Wallet;

/// An invariant is broken: a defect here, or a journal that someone changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("ledger invariant broken: {0}")]
pub struct Broken(pub &'static str);

#[expect(clippy::fn_params_excessive_bools, reason = "an assertion takes its truth")]
fn holds(truth: bool, what: &'static str) -> Result<(), Broken> {
    if truth { Ok(()) } else { Err(Broken(what)) }
}

/// L2, as far as the figures alone can say it. Cheap: after every record.
pub(crate) fn check_balances(after: &Balances) -> Result<(), Broken> {
    let zero = Credits::ZERO;
    holds(
        after.held >= zero && after.frozen >= zero && after.debt >= zero,
        "L2: a negative figure",
    )?;
    let bound = after.held.checked_add(after.frozen).ok_or(Broken("L2: figures overflow"))?;
    holds(after.posted >= bound, "L2: posted is less than held and frozen")
}

/// L1, L2 and H1 of a wallet, from its open grants and holds, at an instant
/// up to which it is settled.
pub fn check_wallet(wallet: &Wallet, at: Time) -> Result<(), Broken> {
    check_balances(&wallet.balances)?;
    check_grants(wallet)?;
    check_holds(wallet)?;
    let owes = wallet.balances.debt.is_positive();
    holds(!owes || !wallet.drawable(at).is_positive(), "L2: a debt beside available credits")
}

fn sum(amounts: impl Iterator<Item = Credits>) -> Result<Credits, Broken> {
    let mut total = Credits::ZERO;
    for amount in amounts {
        total = total.checked_add(amount).ok_or(Broken("a sum overflows"))?;
    }
    Ok(total)
}

fn check_grants(wallet: &Wallet) -> Result<(), Broken> {
    let grants = wallet.grants();
    let remaining = sum(grants.iter().map(|grant| grant.state.remaining))?;
    holds(remaining == wallet.balances.posted, "L1: posted is not what the grants hold")?;
    let held = sum(grants.iter().map(|grant| grant.state.held))?;
    holds(held == wallet.balances.held, "H1: held is not what the grants reserve")?;
    let mut reserved = reserved_by_grant(wallet)?;
    let frozen = grants.iter().filter(|grant| grant.state.frozen_at.is_some());
    let frozen = sum(frozen.map(Grant::unheld))?;
    holds(frozen == wallet.balances.frozen, "L2: frozen is not what the frozen grants hold")?;
    for grant in grants {
        let state = &grant.state;
        let ordered = Credits::ZERO <= state.held
            && state.held <= state.remaining
            && state.remaining <= grant.terms.amount;
        holds(ordered, "L2: a grant is not 0 <= held <= remaining <= amount")?;
        let of_holds = reserved.remove(&grant.id).unwrap_or_default();
        holds(of_holds == state.held, "H1: a grant's held is not what the holds reserve of it")?;
    }
    holds(reserved.is_empty(), "H1: a hold reserves of a grant that is not open")?;
    let sorted = grants.is_sorted_by_key(Grant::burn_key);
    holds(sorted, "L5: the grants are not in burn order")
}

/// What the open holds reserve of each grant.
fn reserved_by_grant(wallet: &Wallet) -> Result<HashMap<GrantId, Credits>, Broken> {
    let mut reserved: HashMap<GrantId, Credits> = HashMap::new();
    for part in wallet.holds().flat_map(|hold| &hold.state.reserves) {
        let total = reserved.entry(part.grant).or_default();
        *total = sum([*total, part.amount].into_iter())?;
        holds(part.amount.is_positive(), "H1: a hold reserves nothing of a grant")?;
    }
    Ok(reserved)
}

fn check_holds(wallet: &Wallet) -> Result<(), Broken> {
    let top = wallet.holds().filter(|hold| hold.terms.parent.is_none());
    let held = sum(top.clone().map(Hold::remaining))?;
    holds(held == wallet.balances.held, "H1: held is not what the top-level holds reserve")?;
    for hold in wallet.holds() {
        check_figures(hold)?;
        let top = hold.terms.parent.is_none();
        holds(top || hold.state.reserves.is_empty(), "H1: a child reserves of grants itself")?;
    }
    for hold in top {
        let reserved = sum(hold.state.reserves.iter().map(|reserve| reserve.amount))?;
        holds(reserved == hold.remaining(), "H1: a hold's reserves are not what remains of it")?;
    }
    let mut families: HashMap<HoldId, (Credits, i64)> = HashMap::new();
    for child in wallet.holds() {
        let Some(parent) = child.terms.parent else { continue };
        let outlived =
            wallet.hold(parent).is_none_or(|p| p.state.expires_at < child.state.expires_at);
        holds(!outlived, "H1: a child outlives its parent")?;
        let (reserved, count) = families.entry(parent).or_default();
        *reserved = sum([*reserved, child.remaining()].into_iter())?;
        *count = count.saturating_add(1);
    }
    for hold in wallet.holds() {
        let family = families.get(&hold.id).copied().unwrap_or_default();
        let counted = (hold.state.reserved_by_children, hold.state.children_open);
        holds(counted == family, "H1: a parent and its children differ")?;
    }
    Ok(())
}

/// H1: `captured + released <= amount`, and children within what is left.
fn check_figures(hold: &Hold) -> Result<(), Broken> {
    let HoldState { captured, captured_by_children, released, reserved_by_children, .. } =
        hold.state;
    let figures = [captured, captured_by_children, released, reserved_by_children];
    let none_is_negative = figures.iter().all(|figure| *figure >= Credits::ZERO);
    holds(none_is_negative, "H1: a negative figure of a hold")?;
    holds(hold.capturable() >= Credits::ZERO, "H1: a hold has less left than its children reserve")
}

/// H1 of a closed hold.
pub fn check_closed(hold: &Hold) -> Result<(), Broken> {
    check_figures(hold)?;
    holds(hold.remaining() == Credits::ZERO, "H1: a closed hold has something left")?;
    holds(hold.state.reserves.is_empty(), "H1: a closed hold reserves credits")
}
