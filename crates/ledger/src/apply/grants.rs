//! Grant, refund, clawback, freeze and thaw.

use super::change::{Change, add, sub};
use super::draft::Draft;
use super::{Stop, check_countable, tick};
use crate::account::{Account, Source};
use crate::command;
use crate::cost::Cost;
use crate::credits::Credits;
use crate::grant::{Grant, GrantChange, GrantState, GrantTerms};
use crate::id::GrantId;
use crate::invariant::Broken;
use crate::overlay::Overlay;
use crate::record::Event;
use crate::refusal::{Invalid, Limit, Refusal};
use crate::time::Time;
use crate::wallet::Wallet;
use crate::working::Read;

/// The most open grants of a wallet.
const OPEN_GRANTS_MAX: usize = 1_000;

/// A grant's burn priority where nothing says otherwise.
const PRIORITY: i64 = 50;

pub(super) fn grant(
    state: &Overlay<'_>,
    now: Time,
    wallet: &Wallet,
    command: &command::Grant,
) -> Result<Draft, Stop> {
    if !(0..=100).contains(&command.priority) {
        return Err(Refusal::Invalid(Invalid::Priority).into());
    }
    let effective_at = command.effective_at.unwrap_or(now);
    if command.expires_at.is_some_and(|end| end <= effective_at || end <= now) {
        return Err(Refusal::Invalid(Invalid::ExpiresBeforeEffective).into());
    }
    let terms = GrantTerms {
        source: command.source,
        amount: command.amount,
        priority: command.priority,
        effective_at,
        cost: command.cost,
        created_at: now,
    };
    let change = make(state, wallet, terms, command.expires_at)?;
    Ok(Draft::new(Event::Grant, wallet.id, change))
}

/// A refund is always a new grant that does not expire; its cost is the share
/// of what the spend's credits had cost.
pub(super) fn refund(
    state: &Overlay<'_>,
    now: Time,
    wallet: &Wallet,
    command: &command::Refund,
) -> Result<Draft, Stop> {
    let original = &command.original;
    let before = state.refunded(original.seq);
    let refundable = sub(original.amount, before)?;
    if command.amount > refundable {
        return Err(Refusal::RefundExceeds { requested: command.amount, refundable }.into());
    }
    let refunded = add(before, command.amount)?;
    let share = |part| original.cost.and_then(|cost: Cost| cost.share(part, original.amount));
    let cost = match (share(refunded), share(before)) {
        (Some(total), Some(earlier)) => total.checked_sub(earlier),
        _ => None,
    };
    let terms = GrantTerms {
        source: command.source,
        amount: command.amount,
        priority: PRIORITY,
        effective_at: now,
        cost,
        created_at: now,
    };
    let change = make(state, wallet, terms, None)?;
    Ok(Draft::new(Event::Refund { of: original.seq, refunded }, wallet.id, change))
}

/// The change that makes a grant.
fn make<'w>(
    state: &Overlay<'_>,
    wallet: &'w Wallet,
    terms: GrantTerms,
    expires_at: Option<Time>,
) -> Result<Change<'w>, Stop> {
    if wallet.grants().len() >= OPEN_GRANTS_MAX {
        return Err(Refusal::Limit(Limit::OpenGrants).into());
    }
    let (amount, source, now) = (terms.amount, terms.source, terms.created_at);
    check_countable(wallet.balances.posted, amount)?;
    let mut change = Change::new(wallet, now);
    change.credit(Account::Issuance(source), amount)?;
    change.grants.push(GrantChange {
        id: GrantId { seq: state.head().seq.next(), ordinal: 1 },
        made: Some(terms),
        state: GrantState {
            remaining: amount,
            held: Credits::ZERO,
            expires_at,
            frozen_at: None,
            clawed: Credits::ZERO,
            expired: Credits::ZERO,
        },
    });
    Ok(change)
}

fn find<'s>(state: &'s Overlay<'_>, wallet: &'s Wallet, id: GrantId) -> Result<&'s Grant, Refusal> {
    let open = wallet.grant(id);
    let grant = open.or_else(|| state.closed_grant(id).filter(|grant| grant.wallet == wallet.id));
    grant.ok_or(Refusal::UnknownGrant)
}

pub(super) fn freeze(
    state: &Overlay<'_>,
    now: Time,
    wallet: &Wallet,
    id: GrantId,
) -> Result<Draft, Stop> {
    let grant = find(state, wallet, id)?;
    if grant.state.frozen_at.is_some() {
        return Err(Refusal::GrantFrozen.into());
    }
    let mut change = Change::new(wallet, now);
    change.start_grant(grant)?.state.frozen_at = Some(now);
    change.after.frozen = add(change.after.frozen, grant.unheld())?;
    Ok(Draft::new(Event::Freeze, wallet.id, change))
}

/// A thawed grant expires as much later as it was frozen.
pub(super) fn thaw(
    state: &Overlay<'_>,
    now: Time,
    wallet: &Wallet,
    id: GrantId,
) -> Result<Draft, Stop> {
    let grant = find(state, wallet, id)?;
    let frozen_at = grant.state.frozen_at.ok_or(Refusal::GrantNotFrozen)?;
    let mut change = Change::new(wallet, now);
    let thawed = &mut change.start_grant(grant)?.state;
    thawed.frozen_at = None;
    thawed.expires_at = thawed.expires_at.map(|end| end.plus(now.since(frozen_at)));
    change.after.frozen = sub(change.after.frozen, grant.unheld())?;
    Ok(Draft::new(Event::Thaw, wallet.id, change))
}

/// Takes what is unheld of a grant, at most its share of the money that went
/// back; beside it, what the wallet owes for the rest.
pub(super) fn clawback(
    state: &Overlay<'_>,
    now: Time,
    wallet: &Wallet,
    command: &command::Clawback,
) -> Result<(Draft, Credits), Stop> {
    if command.refunded_total <= 0 || command.refunded_total > command.paid {
        return Err(Refusal::Invalid(Invalid::Share).into());
    }
    let grant = find(state, wallet, command.grant)?;
    let share = grant.terms.amount.mul_div_floor(command.refunded_total, command.paid);
    let share = share.ok_or(Broken("a share overflows"))?;
    let due =
        if share > grant.state.clawed { sub(share, grant.state.clawed)? } else { Credits::ZERO };
    let taken = due.min(grant.unheld());
    let owed = match command.shortfall {
        command::Shortfall::Forgive => Credits::ZERO,
        command::Shortfall::Owe => sub(due, taken)?,
    };
    check_countable(wallet.balances.debt, owed)?;
    let mut change = Change::new(wallet, tick(state, now));
    let clawed = &mut change.start_grant(grant)?.state;
    clawed.remaining = sub(clawed.remaining, taken)?;
    clawed.clawed = add(add(clawed.clawed, taken)?, owed)?;
    if grant.state.frozen_at.is_some() {
        change.after.frozen = sub(change.after.frozen, taken)?;
    }
    if taken.is_positive() {
        change.debit(Account::Clawback, taken)?;
    }
    Ok((Draft::new(Event::Clawback, wallet.id, change), owed))
}

impl command::Grant {
    /// A grant that is effective at once and never expires.
    pub const fn plain(wallet: crate::id::WalletId, amount: Credits, source: Source) -> Self {
        Self {
            wallet,
            amount,
            source,
            priority: PRIORITY,
            effective_at: None,
            expires_at: None,
            cost: None,
        }
    }
}
