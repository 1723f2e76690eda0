//! What a record may do to grants: make one, draw on open ones in burn order,
//! and else only what its kind is for.

use super::{Seen, demand};
use crate::credits::Credits;
use crate::grant::{Grant, GrantChange, GrantState};
use crate::id::GrantId;
use crate::record::Kind;
use crate::working::Read;

/// L1, L2 and L5 of the grants that a record changes.
pub(super) fn check(seen: &Seen<'_>) -> Result<(), &'static str> {
    let changes = &seen.record.grants;
    let once = changes.iter().enumerate().all(|(place, change)| {
        changes.iter().skip(place).skip(1).all(|other| other.id != change.id)
    });
    demand(once, "it changes a grant twice")?;
    if matches!(seen.kind, Kind::Grant | Kind::Refund) {
        return check_made(seen);
    }
    let mut sums = Sums::default();
    for change in changes {
        let before = known(seen, change)?;
        check_state(seen.kind, &before.state, &change.state)?;
        sums = sums.with(&before.state, &change.state).ok_or("a sum overflows")?;
    }
    let (was, is) = (&seen.wallet.balances, &seen.after);
    let moved = seen.record.amount().unwrap_or(Credits::ZERO);
    demand(sums.remaining == moved, "its posting is not what leaves the grants (L1)")?;
    let held = was.held.checked_add(sums.held) == Some(is.held);
    demand(held, "held does not follow from the grants it changes (H1)")?;
    let frozen = was.frozen.checked_add(sums.frozen) == Some(is.frozen);
    demand(frozen, "frozen does not follow from the grants it changes (L2)")?;
    check_draw(seen)
}

/// The one new grant of a record, as large as its posting.
fn check_made(seen: &Seen<'_>) -> Result<(), &'static str> {
    let [GrantChange { id, made: Some(terms), state }] = seen.record.grants.as_slice() else {
        return Err("it makes not one grant");
    };
    let new = *id == GrantId { seq: seen.record.seq, ordinal: 1 };
    let whole = seen.record.amount() == Some(terms.amount) && state.remaining == terms.amount;
    let zero = Credits::ZERO;
    let fresh = [state.held, state.clawed, state.expired] == [zero; 3] && state.frozen_at.is_none();
    demand(new && whole && fresh, "the grant it makes is not a new one (L1)")?;
    let (was, is) = (&seen.wallet.balances, &seen.after);
    let kept = was.held == is.held && was.frozen == is.frozen;
    demand(kept, "a new grant is neither held nor frozen (L2)")
}

/// By how much the changes of a record change what the wallet has in all.
#[derive(Default)]
struct Sums {
    remaining: Credits,
    held: Credits,
    frozen: Credits,
}

impl Sums {
    fn with(self, before: &GrantState, after: &GrantState) -> Option<Self> {
        let frozen = |state: &GrantState| match state.frozen_at {
            Some(_) => state.remaining.checked_sub(state.held),
            None => Some(Credits::ZERO),
        };
        let add = |sum: Credits, was: Credits, is: Credits| sum.checked_add(is.checked_sub(was)?);
        Some(Self {
            remaining: add(self.remaining, before.remaining, after.remaining)?,
            held: add(self.held, before.held, after.held)?,
            frozen: add(self.frozen, frozen(before)?, frozen(after)?)?,
        })
    }
}

/// The grant as it was: it must have been there, in this wallet.
fn known<'s>(seen: &Seen<'s>, change: &GrantChange) -> Result<&'s Grant, &'static str> {
    demand(change.made.is_none(), "it makes a grant, which its kind does not")?;
    let open = seen.wallet.grant(change.id);
    let closed = || seen.state.closed_grant(change.id).filter(|g| g.wallet == seen.wallet.id);
    open.or_else(closed).ok_or("it changes a grant that is not there")
}

/// Each part of a grant's state changes by the kinds that are for it.
fn check_state(kind: Kind, before: &GrantState, after: &GrantState) -> Result<(), &'static str> {
    use Kind::{
        Authorize, Capture, Clawback, Expire, Freeze, Lapse, Release, Remove, Repay, Spend, Thaw,
    };
    let takes = matches!(kind, Spend | Capture | Remove | Repay | Clawback | Expire);
    let holds = matches!(kind, Authorize | Capture | Release | Lapse);
    let allowed = (before.remaining == after.remaining || takes)
        && (before.held == after.held || holds)
        && (before.frozen_at == after.frozen_at || matches!(kind, Freeze | Thaw))
        && (before.expires_at == after.expires_at || kind == Thaw)
        && (before.clawed == after.clawed || kind == Clawback)
        && (before.expired == after.expired || kind == Expire);
    demand(allowed, "it changes of a grant what its kind does not")?;
    let shrinks = after.remaining <= before.remaining && after.clawed >= before.clawed;
    demand(shrinks && after.held >= Credits::ZERO, "a grant grows (L2)")
}

fn taken(before: &Grant, change: &GrantChange) -> Option<Credits> {
    before.state.remaining.checked_sub(change.state.remaining)
}

/// L5: what a record draws comes from open grants, in burn order.
fn check_draw(seen: &Seen<'_>) -> Result<(), &'static str> {
    let record = seen.record;
    let moved = record.posting.as_ref().map_or(Credits::ZERO, |posting| posting.amount);
    match seen.kind {
        Kind::Spend | Kind::Remove | Kind::Repay => check_parts(seen, moved, taken),
        Kind::Authorize => {
            let placed = record
                .holds
                .first()
                .filter(|hold| hold.made.as_ref().is_some_and(|terms| terms.parent.is_none()));
            let reserved = placed.map_or(Credits::ZERO, |hold| hold.state.amount);
            check_parts(seen, reserved, |before, change| {
                change.state.held.checked_sub(before.state.held)
            })
        }
        Kind::Capture => check_beyond(seen),
        Kind::Expire => check_expired(seen),
        _ => Ok(()),
    }
}

fn check_parts(
    seen: &Seen<'_>,
    amount: Credits,
    part: impl Fn(&Grant, &GrantChange) -> Option<Credits>,
) -> Result<(), &'static str> {
    let expected = split(seen, amount)?;
    let parts: Option<Vec<_>> = seen
        .record
        .grants
        .iter()
        .map(|change| Some((change.id, part(known(seen, change).ok()?, change)?)))
        .collect();
    demand(parts.as_ref() == Some(&expected), "it draws on other grants than is its turn (L5)")
}

/// Whose turn it is: open grants in burn order, as far as they go.
fn split(seen: &Seen<'_>, amount: Credits) -> Result<Vec<(GrantId, Credits)>, &'static str> {
    let mut left = amount;
    let mut parts = Vec::new();
    for grant in seen.wallet.grants().iter().filter(|grant| grant.is_open(seen.instant)) {
        let part = grant.unheld().min(left);
        if part.is_positive() {
            parts.push((grant.id, part));
            left = left.checked_sub(part).ok_or("a sum overflows")?;
        }
    }
    demand(left == Credits::ZERO, "it draws more than is available (L2)")?;
    Ok(parts)
}

/// What a capture takes beyond its hold is a draw; the rest its family reserved.
fn check_beyond(seen: &Seen<'_>) -> Result<(), &'static str> {
    let (captured, top) = seen.captured().ok_or("it captures no open hold")?;
    let change = seen.record.holds.first().ok_or("it captures no open hold")?;
    let beyond = change.state.amount.checked_sub(captured.state.amount);
    let beyond = beyond.filter(|beyond| *beyond >= Credits::ZERO).ok_or("a hold shrinks (H1)")?;
    let drawn = split(seen, beyond)?;
    let of = |parts: &[(GrantId, Credits)], id: GrantId| {
        parts.iter().find(|(grant, _)| *grant == id).map_or(Credits::ZERO, |(_, part)| *part)
    };
    let reserves: Vec<_> =
        top.state.reserves.iter().map(|part| (part.grant, part.amount)).collect();
    for change in &seen.record.grants {
        let part = taken(known(seen, change)?, change);
        let reserved = part.and_then(|part| part.checked_sub(of(&drawn, change.id)));
        let fits = reserved.is_some_and(|reserved| {
            reserved >= Credits::ZERO && reserved <= of(&reserves, change.id)
        });
        demand(fits, "it draws on other grants than is its turn (L5)")?;
    }
    Ok(())
}

/// One grant past its expiry, and all of it that no hold reserves.
fn check_expired(seen: &Seen<'_>) -> Result<(), &'static str> {
    let [change] = seen.record.grants.as_slice() else { return Err("it expires not one grant") };
    let before = known(seen, change)?;
    let whole = change.state.remaining == change.state.held;
    let counted = before.state.expired.checked_add(before.unheld()) == Some(change.state.expired);
    demand(before.is_past(seen.instant) && whole && counted, "the grant it expires is not past it")
}
