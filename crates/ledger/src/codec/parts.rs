//! The parts of a record: accounts, actors, figures, grants and holds. A code
//! is a place in the type's list of values, which only ever grows at its end.

use super::DecodeError;
use super::fields::{Reader, Writer};
use crate::account::{Account, Source};
use crate::actor::Actor;
use crate::cost::{Cost, Currency};
use crate::credits::Credits;
use crate::grant::{GrantChange, GrantState, GrantTerms};
use crate::hold::{HoldChange, HoldState, HoldStatus, HoldTerms, OnExpiry, OverCapture, Reserve};
use crate::id::{GrantId, HoldId, Seq, WalletId};
use crate::record::{Balances, Posting};
use crate::text::Text;
use crate::time::Time;
use crate::wallet::Status;

type Decoded<T> = Result<T, DecodeError>;

/// A value's code: its place in the list, from 1.
pub(super) fn code<T: PartialEq>(all: &[T], value: &T) -> i64 {
    let place = all.iter().position(|known| known == value).unwrap_or_default();
    i64::try_from(place.saturating_add(1)).unwrap_or_default()
}

/// The value of a code.
pub(super) fn value<T: Copy>(all: &[T], code: i64, what: &'static str) -> Decoded<T> {
    let place = usize::try_from(code).ok().and_then(|code| code.checked_sub(1));
    place.and_then(|place| all.get(place)).copied().ok_or(DecodeError::Unknown(what))
}

pub(super) fn credits(r: &mut Reader<'_>, tag: u8) -> Decoded<Credits> {
    r.int(tag).map(Credits::from_micros)
}

pub(super) fn seq(r: &mut Reader<'_>, tag: u8) -> Decoded<Seq> {
    r.int(tag).map(Seq::from_number)
}

pub(super) fn opt_time(r: &mut Reader<'_>, tag: u8) -> Decoded<Option<Time>> {
    Ok(r.opt_int(tag)?.map(Time::from_micros))
}

fn time(r: &mut Reader<'_>, tag: u8) -> Decoded<Time> {
    r.int(tag).map(Time::from_micros)
}

pub(super) fn write_actor(w: &mut Writer, actor: &Actor) {
    match actor {
        Actor::User(id) => w.int(1, *id),
        Actor::Key(name) => w.text(2, Some(name)),
        Actor::System => {}
    }
}

pub(super) fn read_actor(r: &mut Reader<'_>) -> Decoded<Actor> {
    if let Some(id) = r.opt_int(1)? {
        return Ok(Actor::User(id));
    }
    Ok(r.opt_text(2)?.map_or(Actor::System, Actor::Key))
}

fn write_account(w: &mut Writer, account: &Account) {
    match account {
        Account::Wallet(id) => w.int(1, id.number()),
        Account::Issuance(source) => w.int(2, code(&Source::ALL, source)),
        Account::Revenue(service) => w.part(3, |w| w.text(1, service.as_ref())),
        Account::Adjustment => w.int(4, 1),
        Account::Expired => w.int(4, 2),
        Account::Clawback => w.int(4, 3),
        Account::Debt => w.int(4, 4),
    }
}

fn read_account(r: &mut Reader<'_>) -> Decoded<Account> {
    if let Some(id) = r.opt_int(1)? {
        return Ok(Account::Wallet(WalletId::from_number(id)));
    }
    if let Some(source) = r.opt_int(2)? {
        return value(&Source::ALL, source, "source").map(Account::Issuance);
    }
    if let Some(service) = r.opt_part(3, |r| r.opt_text(1))? {
        return Ok(Account::Revenue(service));
    }
    match r.int(4)? {
        1 => Ok(Account::Adjustment),
        2 => Ok(Account::Expired),
        3 => Ok(Account::Clawback),
        4 => Ok(Account::Debt),
        _ => Err(DecodeError::Unknown("account")),
    }
}

pub(super) fn write_posting(w: &mut Writer, posting: &Posting) {
    w.part(1, |w| write_account(w, &posting.debit));
    w.part(2, |w| write_account(w, &posting.credit));
    w.int(3, posting.amount.micros());
}

pub(super) fn read_posting(r: &mut Reader<'_>) -> Decoded<Posting> {
    let debit = r.opt_part(1, read_account)?.ok_or(DecodeError::Malformed("posting"))?;
    let credit = r.opt_part(2, read_account)?.ok_or(DecodeError::Malformed("posting"))?;
    Ok(Posting { debit, credit, amount: credits(r, 3)? })
}

pub(super) fn write_balances(w: &mut Writer, after: &Balances) {
    w.int(1, after.posted.micros());
    w.int(2, after.held.micros());
    w.int(3, after.frozen.micros());
    w.int(4, after.debt.micros());
    w.int(5, after.account_seq);
    w.int(6, code(Status::ALL, &after.status));
}

pub(super) fn read_balances(r: &mut Reader<'_>) -> Decoded<Balances> {
    Ok(Balances {
        posted: credits(r, 1)?,
        held: credits(r, 2)?,
        frozen: credits(r, 3)?,
        debt: credits(r, 4)?,
        account_seq: r.int(5)?,
        status: value(Status::ALL, r.int(6)?, "status")?,
    })
}

pub(super) fn write_cost(w: &mut Writer, cost: &Cost) {
    w.int(1, cost.micro_cents);
    w.bytes(2, cost.currency.as_str().as_bytes());
}

pub(super) fn read_cost(r: &mut Reader<'_>) -> Decoded<Cost> {
    let micro_cents = r.int(1)?;
    let bytes: [u8; 3] = r.array(2)?;
    let currency = std::str::from_utf8(&bytes).ok().and_then(Currency::parse);
    Ok(Cost { micro_cents, currency: currency.ok_or(DecodeError::Malformed("currency"))? })
}

pub(super) fn write_pair(w: &mut Writer, (name, value): &(Text, Text)) {
    w.text(1, Some(name));
    w.text(2, Some(value));
}

pub(super) fn read_pair(r: &mut Reader<'_>) -> Decoded<(Text, Text)> {
    Ok((r.text(1)?, r.text(2)?))
}

pub(super) fn write_quantity(w: &mut Writer, (name, quantity): &(Text, i64)) {
    w.text(1, Some(name));
    w.int(2, *quantity);
}

pub(super) fn read_quantity(r: &mut Reader<'_>) -> Decoded<(Text, i64)> {
    Ok((r.text(1)?, r.int(2)?))
}

fn write_grant_id(w: &mut Writer, id: GrantId) {
    w.int(1, id.seq.number());
    w.int(2, id.ordinal);
}

fn read_grant_id(r: &mut Reader<'_>) -> Decoded<GrantId> {
    Ok(GrantId { seq: seq(r, 1)?, ordinal: r.int(2)? })
}

pub(super) fn write_grant(w: &mut Writer, change: &GrantChange) {
    write_grant_id(w, change.id);
    if let Some(terms) = &change.made {
        w.part(3, |w| write_grant_terms(w, terms));
    }
    let state = &change.state;
    w.int(4, state.remaining.micros());
    w.int(5, state.held.micros());
    w.opt_int(6, state.expires_at.map(Time::micros));
    w.opt_int(7, state.frozen_at.map(Time::micros));
    w.int(8, state.clawed.micros());
    w.int(9, state.expired.micros());
}

pub(super) fn read_grant(r: &mut Reader<'_>) -> Decoded<GrantChange> {
    let id = read_grant_id(r)?;
    let made = r.opt_part(3, read_grant_terms)?;
    let state = GrantState {
        remaining: credits(r, 4)?,
        held: credits(r, 5)?,
        expires_at: opt_time(r, 6)?,
        frozen_at: opt_time(r, 7)?,
        clawed: credits(r, 8)?,
        expired: credits(r, 9)?,
    };
    Ok(GrantChange { id, made, state })
}

fn write_grant_terms(w: &mut Writer, terms: &GrantTerms) {
    w.int(1, code(&Source::ALL, &terms.source));
    w.int(2, terms.amount.micros());
    w.int(3, terms.priority);
    w.int(4, terms.effective_at.micros());
    if let Some(cost) = &terms.cost {
        w.part(5, |w| write_cost(w, cost));
    }
    w.int(6, terms.created_at.micros());
}

fn read_grant_terms(r: &mut Reader<'_>) -> Decoded<GrantTerms> {
    Ok(GrantTerms {
        source: value(&Source::ALL, r.int(1)?, "source")?,
        amount: credits(r, 2)?,
        priority: r.int(3)?,
        effective_at: time(r, 4)?,
        cost: r.opt_part(5, read_cost)?,
        created_at: time(r, 6)?,
    })
}

pub(super) fn write_hold(w: &mut Writer, change: &HoldChange) {
    w.int(1, change.id.0.number());
    if let Some(terms) = &change.made {
        w.part(2, |w| write_hold_terms(w, terms));
    }
    let state = &change.state;
    w.int(3, state.amount.micros());
    w.int(4, state.captured.micros());
    w.int(5, state.captured_by_children.micros());
    w.int(6, state.released.micros());
    w.int(7, state.reserved_by_children.micros());
    w.int(8, state.children_open);
    w.int(9, state.expires_at.micros());
    w.int(10, code(HoldStatus::ALL, &state.status));
    w.opt_int(11, state.settled_at.map(Time::micros));
    w.list(12, &state.reserves, |w, reserve| {
        write_grant_id(w, reserve.grant);
        w.int(3, reserve.amount.micros());
    });
}

pub(super) fn read_hold(r: &mut Reader<'_>) -> Decoded<HoldChange> {
    let id = HoldId(seq(r, 1)?);
    let made = r.opt_part(2, read_hold_terms)?;
    let state = HoldState {
        amount: credits(r, 3)?,
        captured: credits(r, 4)?,
        captured_by_children: credits(r, 5)?,
        released: credits(r, 6)?,
        reserved_by_children: credits(r, 7)?,
        children_open: r.int(8)?,
        expires_at: time(r, 9)?,
        status: value(HoldStatus::ALL, r.int(10)?, "hold status")?,
        settled_at: opt_time(r, 11)?,
        reserves: r
            .list(12, |r| Ok(Reserve { grant: read_grant_id(r)?, amount: credits(r, 3)? }))?,
    };
    Ok(HoldChange { id, made, state })
}

fn write_hold_terms(w: &mut Writer, terms: &HoldTerms) {
    w.opt_int(1, terms.parent.map(|parent| parent.0.number()));
    w.int(2, terms.depth);
    w.int(3, code(OnExpiry::ALL, &terms.on_expiry));
    w.int(4, code(OverCapture::ALL, &terms.over_capture));
    w.text(5, terms.service.as_ref());
    w.opt_int(6, terms.price_version);
    w.text(7, terms.job.as_ref());
    w.part(8, |w| write_actor(w, &terms.actor));
    w.int(9, terms.created_at.micros());
}

fn read_hold_terms(r: &mut Reader<'_>) -> Decoded<HoldTerms> {
    Ok(HoldTerms {
        parent: r.opt_int(1)?.map(|seq| HoldId(Seq::from_number(seq))),
        depth: r.int(2)?,
        on_expiry: value(OnExpiry::ALL, r.int(3)?, "expiry policy")?,
        over_capture: value(OverCapture::ALL, r.int(4)?, "capture policy")?,
        service: r.opt_text(5)?,
        price_version: r.opt_int(6)?,
        job: r.opt_text(7)?,
        actor: r.opt_part(8, read_actor)?.ok_or(DecodeError::Malformed("actor"))?,
        created_at: time(r, 9)?,
    })
}
