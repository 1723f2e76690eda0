//! Apply: what a command does. It validates, looks for the key, settles what
//! is due, checks limits, then emits 1..n consecutive records.

mod change;
mod draft;
mod grants;
mod holds;
mod settle;
mod spends;
mod wallets;

use crate::command::{Command, Order};
use crate::credits::Credits;
use crate::id::{Seq, WalletId};
use crate::invariant::{Broken, check_balances};
use crate::key::{KeyEntry, KeyId, KeyUse};
use crate::overlay::Overlay;
use crate::record::Event;
use crate::refusal::{Invalid, Limit, Refusal};
use crate::time::Time;
use crate::wallet::{Status, Wallet};
use crate::working::Read;
use draft::Draft;

/// The most labels a record may have.
const LABELS_MAX: usize = 8;

/// The most that a wallet's posted, its debt or one of its holds comes to: far
/// from the end of `i64`, so that sums of a wallet's figures never reach it.
const FIGURE_MAX: Credits = Credits::from_micros(2_000_000_000_000_000_000);

/// What became of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was done; its answer is that record. A `settle` names the last one.
    Applied(Seq),
    /// Its key was used for the same request before; that record has the answer.
    Replayed(KeyEntry),
    /// It changed nothing. A keyed one that state decided has a record.
    Refused(Refusal, Option<Seq>),
}

/// Why a command ends early.
#[derive(Clone, Copy, Debug)]
enum Stop {
    Refused(Refusal),
    Broken(Broken),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Broken> for Stop {
    fn from(broken: Broken) -> Self {
        Self::Broken(broken)
    }
}

/// Applies a command. On `Err` an invariant is broken: drop the overlay, stop.
pub fn apply(state: &mut Overlay<'_>, now: Time, order: &Order) -> Result<Outcome, Broken> {
    match attempt(state, now, order) {
        Ok(outcome) => Ok(outcome),
        Err(Stop::Broken(broken)) => Err(broken),
        Err(Stop::Refused(refusal)) => {
            let record = record_refusal(state, now, order, refusal)?;
            Ok(Outcome::Refused(refusal, record))
        }
    }
}

/// Applies commands all or none. A refusal, of an earlier use of a key too, names the
/// place of its command and leaves no record: no key has an outcome.
pub fn apply_all(
    state: &mut Overlay<'_>,
    now: Time,
    orders: &[Order],
) -> Result<Result<Vec<Outcome>, (usize, Refusal)>, Broken> {
    let mut trial = Overlay::new(state);
    let mut outcomes = Vec::with_capacity(orders.len());
    for (place, order) in orders.iter().enumerate() {
        match attempt(&mut trial, now, order) {
            Ok(Outcome::Replayed(KeyEntry { refusal: Some(refusal), .. })) => {
                return Ok(Err((place, refusal)));
            }
            Ok(outcome) => outcomes.push(outcome),
            Err(Stop::Broken(broken)) => return Err(broken),
            Err(Stop::Refused(refusal)) => return Ok(Err((place, refusal))),
        }
    }
    let delta = trial.into_delta();
    state.absorb(delta);
    Ok(Ok(outcomes))
}

/// The time of a record behind the head: strictly later.
fn tick(state: &Overlay<'_>, now: Time) -> Time {
    now.max(state.head().at.plus(1))
}

fn attempt(state: &mut Overlay<'_>, now: Time, order: &Order) -> Result<Outcome, Stop> {
    validate(order)?;
    if let Some(entry) = lookup(state, order) {
        let (_, fingerprint) = order.key.as_ref().ok_or(Broken("a key is lost"))?;
        let same = entry.fingerprint == *fingerprint;
        return if same { Ok(Outcome::Replayed(entry)) } else { Err(Refusal::KeyReused.into()) };
    }
    let Some(id) = order.command.wallet() else {
        let (now, draft) = (tick(state, now), wallets::without_wallet(state, order)?);
        return Ok(Outcome::Applied(draft.emit(state, now, order)?));
    };
    if state.wallet(id).is_none() {
        return Err(Refusal::UnknownWallet.into());
    }
    let now = settle::settle(state, now, id)?;
    if matches!(order.command, Command::Settle(_)) {
        return Ok(Outcome::Applied(state.head().seq));
    }
    let (draft, owed) = decide(state, now, order, id)?;
    let seq = draft.emit(state, now, order)?;
    settle::owe(state, now, order, (id, owed))?;
    settle::follow(state, now, order, (id, now))?;
    assert_wallet(state, id, now)?;
    Ok(Outcome::Applied(seq))
}

/// What can be refused without looking at the state.
fn validate(order: &Order) -> Result<(), Refusal> {
    let named_once = order.labels.iter().enumerate().all(|(place, (name, _))| {
        order.labels.iter().skip(place).skip(1).all(|(other, _)| other != name)
    });
    if order.labels.len() > LABELS_MAX || !named_once {
        return Err(Refusal::Invalid(Invalid::Labels));
    }
    let amount = match &order.command {
        Command::Grant(c) => c.amount,
        Command::Spend(c) => c.amount,
        Command::Authorize(c) => c.amount,
        Command::Capture(c) => c.amount,
        Command::Remove(c) => c.amount,
        Command::Refund(c) => c.amount,
        _ => return Ok(()),
    };
    if amount.is_amount() { Ok(()) } else { Err(Refusal::AmountOutOfRange) }
}

fn key_id(order: &Order) -> Option<KeyId> {
    let (key, _) = order.key.as_ref()?;
    let command = &order.command;
    Some(KeyId::of(&order.actor, command.operation(), command.wallet(), key))
}

fn lookup(state: &Overlay<'_>, order: &Order) -> Option<KeyEntry> {
    key_id(order).and_then(|id| state.key(id))
}

/// The command's own record, and what it leaves owed.
fn decide(
    state: &Overlay<'_>,
    now: Time,
    order: &Order,
    id: WalletId,
) -> Result<(Draft, Credits), Stop> {
    let wallet = state.wallet(id).ok_or(Refusal::UnknownWallet)?;
    let draft = match &order.command {
        Command::Grant(command) => grants::grant(state, now, wallet, command),
        Command::Refund(command) => grants::refund(state, now, wallet, command),
        Command::Freeze(_, grant) => grants::freeze(state, now, wallet, *grant),
        Command::Thaw(_, grant) => grants::thaw(state, now, wallet, *grant),
        Command::Clawback(command) => return grants::clawback(state, now, wallet, command),
        Command::Spend(command) => spends::spend(now, wallet, command),
        Command::Remove(command) => spends::remove(now, wallet, command),
        Command::Authorize(command) => holds::authorize(state, now, wallet, (order, command)),
        Command::Extend(command) => holds::extend(state, now, wallet, command),
        Command::Capture(command) => holds::capture(state, now, wallet, command),
        Command::Release(command) => holds::release(state, now, wallet, command.hold),
        Command::SetStatus(command) => Ok(wallets::set_status(now, wallet, command)),
        Command::Open(_) | Command::Settle(_) | Command::Erase(_) | Command::Seal(_) => {
            Err(Broken("a command is decided in the wrong place").into())
        }
    };
    draft.map(|draft| (draft, Credits::ZERO))
}

/// Paused and suspended wallets neither spend nor hold.
fn check_active(wallet: &Wallet) -> Result<(), Refusal> {
    match wallet.balances.status {
        Status::Active => Ok(()),
        Status::Paused => Err(Refusal::Paused),
        Status::Suspended => Err(Refusal::Suspended),
    }
}

fn check_available(wallet: &Wallet, at: Time, required: Credits) -> Result<(), Refusal> {
    let available = wallet.available(at);
    if available >= required {
        return Ok(());
    }
    Err(Refusal::Insufficient { required, available, held: wallet.balances.held })
}

/// A figure that grows by an amount must stay within what can be counted.
fn check_countable(figure: Credits, amount: Credits) -> Result<(), Refusal> {
    let sum = figure.checked_add(amount).filter(|sum| *sum <= FIGURE_MAX);
    sum.map(|_| ()).ok_or(Refusal::Limit(Limit::Balance))
}

/// The postcondition of every command, as far as it is cheap.
fn assert_wallet(state: &Overlay<'_>, id: WalletId, now: Time) -> Result<(), Broken> {
    let wallet = state.wallet(id).ok_or(Broken("a wallet is lost"))?;
    check_balances(&wallet.balances)?;
    let owes = wallet.balances.debt.is_positive();
    if owes && wallet.drawable(now).is_positive() {
        return Err(Broken("L2: a debt beside available credits"));
    }
    Ok(())
}

/// A keyed refusal that state decided is the key's outcome for ever.
fn record_refusal(
    state: &mut Overlay<'_>,
    now: Time,
    order: &Order,
    refusal: Refusal,
) -> Result<Option<Seq>, Broken> {
    if !refusal.is_decided() || order.key.is_none() {
        return Ok(None);
    }
    let event = Event::Refuse { operation: order.command.operation(), refusal };
    let draft = Draft::without_change(event, order.command.wallet());
    let now = tick(state, now);
    draft.emit(state, now, order).map(Some)
}

/// The key of an order as its record keeps it.
fn key_use(order: &Order) -> Option<KeyUse> {
    let (key, fingerprint) = order.key.clone()?;
    Some(KeyUse { id: key_id(order)?, key, operation: order.command.operation(), fingerprint })
}
