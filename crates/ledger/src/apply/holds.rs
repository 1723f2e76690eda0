//! Authorize, extend, capture and release.

use super::change::{Change, add, sub};
use super::draft::Draft;
use super::{Stop, check_active, check_available, check_countable};
use crate::account::Account;
use crate::command::{Authorize, Capture, Completion, Extend, Order};
use crate::credits::Credits;
use crate::hold::{Hold, HoldChange, HoldState, HoldStatus, HoldTerms, OverCapture};
use crate::id::HoldId;
use crate::invariant::Broken;
use crate::overlay::Overlay;
use crate::record::Event;
use crate::refusal::{Invalid, Limit, Refusal};
use crate::time::Time;
use crate::wallet::Wallet;
use crate::working::Read;

/// The most open holds of a wallet.
const OPEN_HOLDS_MAX: usize = 10_000;
/// How deep holds nest.
const DEPTH_MAX: i64 = 8;
/// The longest a hold lives, from its placing.
const LIFE_MAX: i64 = 30 * Time::DAY;

/// An open hold of the wallet, or why it is not.
fn find<'s>(state: &Overlay<'_>, wallet: &'s Wallet, id: HoldId) -> Result<&'s Hold, Refusal> {
    if let Some(hold) = wallet.hold(id) {
        return Ok(hold);
    }
    match state.closed_hold(id).filter(|hold| hold.wallet == wallet.id) {
        None => Err(Refusal::UnknownHold),
        Some(hold) if hold.state.status == HoldStatus::Expired => Err(Refusal::HoldExpired),
        Some(_) => Err(Refusal::HoldSettled),
    }
}

fn check_expires_in(expires_in: i64) -> Result<(), Refusal> {
    let allowed = (Time::SECOND..=LIFE_MAX).contains(&expires_in);
    if allowed { Ok(()) } else { Err(Refusal::Invalid(Invalid::ExpiresIn)) }
}

pub(super) fn authorize(
    state: &Overlay<'_>,
    now: Time,
    wallet: &Wallet,
    (order, command): (&Order, &Authorize),
) -> Result<Draft, Stop> {
    check_expires_in(command.expires_in)?;
    check_active(wallet)?;
    if wallet.holds.len() >= OPEN_HOLDS_MAX {
        return Err(Refusal::Limit(Limit::OpenHolds).into());
    }
    let parent = command.parent.map(|id| find(state, wallet, id)).transpose()?;
    check_funds(now, wallet, parent, command.amount)?;
    let mut change = Change::new(wallet, now);
    let mut expires_at = now.plus(command.expires_in);
    let reserves = match parent {
        None => change.reserve(command.amount)?,
        Some(parent) => {
            expires_at = expires_at.min(parent.state.expires_at);
            reserve_of_parent(&mut change, parent, command.amount)?;
            Vec::new()
        }
    };
    let hold = HoldChange {
        id: HoldId(state.head().seq.next()),
        made: Some(terms(now, parent, order, command)?),
        state: opened(command.amount, expires_at, reserves),
    };
    change.holds.insert(0, hold);
    Ok(Draft::new(Event::Authorize, wallet.id, change).using(command.usage.clone()))
}

fn check_funds(
    now: Time,
    wallet: &Wallet,
    parent: Option<&Hold>,
    required: Credits,
) -> Result<(), Refusal> {
    let Some(parent) = parent else { return check_available(wallet, now, required) };
    let available = parent.capturable();
    if available >= required {
        return Ok(());
    }
    Err(Refusal::Insufficient { required, available, held: wallet.balances.held })
}

fn reserve_of_parent(
    change: &mut Change<'_>,
    parent: &Hold,
    amount: Credits,
) -> Result<(), Broken> {
    let state = &mut change.hold(parent.id)?.state;
    state.reserved_by_children = add(state.reserved_by_children, amount)?;
    let open = state.children_open.checked_add(1);
    state.children_open = open.ok_or(Broken("a parent miscounts its children"))?;
    Ok(())
}

fn terms(
    now: Time,
    parent: Option<&Hold>,
    order: &Order,
    command: &Authorize,
) -> Result<HoldTerms, Stop> {
    let depth = parent.map_or(Some(1), |parent| parent.terms.depth.checked_add(1));
    let depth = depth.filter(|depth| *depth <= DEPTH_MAX);
    Ok(HoldTerms {
        parent: command.parent,
        depth: depth.ok_or(Refusal::Limit(Limit::HoldDepth))?,
        on_expiry: command.on_expiry,
        over_capture: command.over_capture,
        service: command.usage.service.clone(),
        price_version: command.usage.price_version,
        job: order.job.clone(),
        actor: order.actor.clone(),
        created_at: now,
    })
}

fn opened(amount: Credits, expires_at: Time, reserves: Vec<crate::hold::Reserve>) -> HoldState {
    HoldState {
        amount,
        captured: Credits::ZERO,
        captured_by_children: Credits::ZERO,
        released: Credits::ZERO,
        reserved_by_children: Credits::ZERO,
        children_open: 0,
        expires_at,
        status: HoldStatus::Open,
        settled_at: None,
        reserves,
    }
}

/// Moves a hold's expiry later, within its parent's and 30 days of life.
pub(super) fn extend(
    state: &Overlay<'_>,
    now: Time,
    wallet: &Wallet,
    command: &Extend,
) -> Result<Draft, Stop> {
    check_expires_in(command.expires_in)?;
    let hold = find(state, wallet, command.hold)?;
    check_active(wallet)?;
    let asked = now.plus(command.expires_in);
    if asked.since(hold.terms.created_at) > LIFE_MAX {
        return Err(Refusal::Limit(Limit::HoldLife).into());
    }
    let parent = hold.terms.parent.and_then(|id| wallet.hold(id));
    let bound = parent.map_or(asked, |parent| asked.min(parent.state.expires_at));
    let mut change = Change::new(wallet, now);
    let extended = &mut change.hold(hold.id)?.state;
    extended.expires_at = extended.expires_at.max(bound);
    Ok(Draft::new(Event::Extend, wallet.id, change).billed_as(hold, Vec::new()))
}

pub(super) fn capture(
    state: &Overlay<'_>,
    now: Time,
    wallet: &Wallet,
    command: &Capture,
) -> Result<Draft, Stop> {
    let hold = find(state, wallet, command.hold)?;
    let closes = command.completion == Completion::Final;
    if closes && hold.state.children_open > 0 {
        return Err(Refusal::HoldHasChildren.into());
    }
    let reserved = command.amount.min(hold.capturable());
    let extra = beyond(now, wallet, hold, sub(command.amount, reserved)?)?;
    let taken = add(reserved, extra)?;
    if !taken.is_positive() {
        let (required, held) = (command.amount, wallet.balances.held);
        return Err(Refusal::Insufficient { required, available: Credits::ZERO, held }.into());
    }
    check_countable(top(wallet, hold).state.amount, extra)?;
    let mut change = Change::new(wallet, now);
    change.capture(hold, reserved, extra)?;
    change.debit(Account::Revenue(hold.terms.service.clone()), taken)?;
    if closes {
        change.close_hold(hold, HoldStatus::Captured)?;
    }
    let quantities = command.quantities.clone();
    Ok(Draft::new(Event::Capture, wallet.id, change).billed_as(hold, quantities))
}

/// The hold at the top of a family: what raises another raises it too, and it
/// is the largest.
fn top<'w>(wallet: &'w Wallet, hold: &'w Hold) -> &'w Hold {
    let parent = hold.terms.parent.and_then(|id| wallet.hold(id));
    parent.map_or(hold, |parent| top(wallet, parent))
}

/// What a capture takes beyond the hold. While paused, nothing.
fn beyond(now: Time, wallet: &Wallet, hold: &Hold, missing: Credits) -> Result<Credits, Refusal> {
    if !missing.is_positive() {
        return Ok(Credits::ZERO);
    }
    let capturable = hold.capturable();
    match hold.terms.over_capture {
        OverCapture::Reject => {
            let requested = capturable.checked_add(missing).unwrap_or(missing);
            Err(Refusal::OverCapture { requested, capturable })
        }
        OverCapture::UpToAvailable if check_active(wallet).is_err() => Ok(Credits::ZERO),
        OverCapture::UpToAvailable => Ok(missing.min(wallet.available(now))),
    }
}

pub(super) fn release(
    state: &Overlay<'_>,
    now: Time,
    wallet: &Wallet,
    id: HoldId,
) -> Result<Draft, Stop> {
    let hold = find(state, wallet, id)?;
    if hold.state.children_open > 0 {
        return Err(Refusal::HoldHasChildren.into());
    }
    let mut change = Change::new(wallet, now);
    change.close_hold(hold, HoldStatus::Released)?;
    Ok(Draft::new(Event::Release, wallet.id, change).billed_as(hold, Vec::new()))
}
