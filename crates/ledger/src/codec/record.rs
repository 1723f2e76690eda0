//! A record and its event.

use super::fields::{Reader, Writer};
use super::parts::{
    code, credits, opt_time, read_actor, read_balances, read_cost, read_grant, read_hold,
    read_pair, read_posting, read_quantity, seq, value, write_actor, write_balances, write_cost,
    write_grant, write_hold, write_pair, write_posting, write_quantity,
};
use super::{DecodeError, FORMAT};
use crate::chain::Hash;
use crate::command::Operation;
use crate::credits::Credits;
use crate::id::WalletId;
use crate::key::{Fingerprint, KeyId, KeyUse};
use crate::record::{Event, Kind, Mode, Record, Usage};
use crate::refusal::{Limit, Refusal};
use crate::time::Time;
use crate::wallet::Owner;
use crate::words::WordsDigest;

/// A record's canonical bytes.
pub fn encode(record: &Record) -> Vec<u8> {
    let mut w = Writer::starting_with(FORMAT);
    w.int(1, record.seq.number());
    w.int(2, record.at.micros());
    w.int(3, code(Kind::ALL, &record.event.kind()));
    w.part(4, |w| write_event(w, &record.event));
    w.opt_int(5, record.wallet.map(WalletId::number));
    if let Some(after) = &record.after {
        w.part(6, |w| write_balances(w, after));
    }
    if let Some(posting) = &record.posting {
        w.part(7, |w| write_posting(w, posting));
    }
    w.opt_int(8, record.effective_at.map(Time::micros));
    w.opt_int(9, record.occurred_at.map(Time::micros));
    w.text(10, record.subject.as_ref());
    w.part(11, |w| write_actor(w, &record.actor));
    w.list(12, &record.grants, write_grant);
    w.list(13, &record.holds, write_hold);
    write_cause(&mut w, record);
    w.into_bytes()
}

/// The fields behind the figures: what it was for, and what asked for it.
fn write_cause(w: &mut Writer, record: &Record) {
    if let Some(cost) = &record.cost {
        w.part(14, |w| write_cost(w, cost));
    }
    w.text(15, record.reference.as_ref());
    w.text(16, record.usage.service.as_ref());
    w.opt_int(17, record.usage.price_version);
    w.list(18, &record.usage.quantities, write_quantity);
    w.text(19, record.job.as_ref());
    w.list(20, &record.labels, write_pair);
    w.text(21, record.request.as_ref());
    if let Some(used) = &record.key {
        w.part(22, |w| {
            w.text(1, Some(&used.key));
            w.int(2, code(Operation::ALL, &used.operation));
            w.bytes(3, &used.fingerprint.0);
        });
    }
    if let Some(digest) = &record.words {
        w.bytes(23, &digest.0);
    }
}

/// A record from its bytes.
pub fn decode(body: &[u8]) -> Result<Record, DecodeError> {
    let (format, fields) = body.split_first().ok_or(DecodeError::Malformed("start"))?;
    if *format != FORMAT {
        return Err(DecodeError::Format(*format));
    }
    let mut r = Reader::new(fields, "fields");
    let r = &mut r;
    let mut record = Record {
        seq: seq(r, 1)?,
        at: Time::from_micros(r.int(2)?),
        event: read_event(r)?,
        wallet: r.opt_int(5)?.map(WalletId::from_number),
        after: r.opt_part(6, read_balances)?,
        posting: r.opt_part(7, read_posting)?,
        effective_at: opt_time(r, 8)?,
        occurred_at: opt_time(r, 9)?,
        subject: r.opt_text(10)?,
        actor: r.opt_part(11, read_actor)?.ok_or(DecodeError::Malformed("actor"))?,
        grants: r.list(12, read_grant)?,
        holds: r.list(13, read_hold)?,
        cost: r.opt_part(14, read_cost)?,
        reference: r.opt_text(15)?,
        usage: Usage {
            service: r.opt_text(16)?,
            price_version: r.opt_int(17)?,
            quantities: r.list(18, read_quantity)?,
        },
        job: r.opt_text(19)?,
        labels: r.list(20, read_pair)?,
        request: r.opt_text(21)?,
        key: None,
        words: None,
    };
    record.key = r.opt_part(22, |r| read_key(r, &record))?;
    record.words = r.opt_bytes(23)?.map(digest).transpose()?;
    r.finish()?;
    Ok(record)
}

fn read_key(r: &mut Reader<'_>, of: &Record) -> Result<KeyUse, DecodeError> {
    let (key, operation) = (r.text(1)?, value(Operation::ALL, r.int(2)?, "operation")?);
    // An `open` is keyed before its wallet is.
    let wallet = of.wallet.filter(|_| operation != Operation::Open);
    let id = KeyId::of(&of.actor, operation, wallet, &key);
    Ok(KeyUse { id, key, operation, fingerprint: Fingerprint(r.array(3)?) })
}

fn digest(bytes: &[u8]) -> Result<WordsDigest, DecodeError> {
    bytes.try_into().map(WordsDigest).map_err(|_| DecodeError::Malformed("digest"))
}

fn write_event(w: &mut Writer, event: &Event) {
    match event {
        Event::Genesis { book, mode, format, public_key } => {
            w.bytes(1, book);
            w.int(2, code(Mode::ALL, mode));
            w.int(3, *format);
            w.bytes(4, public_key);
        }
        Event::Open { owner: Owner::User(id), unit } => {
            w.int(1, *id);
            w.text(2, Some(unit));
        }
        Event::Refund { of, refunded } => {
            w.int(1, of.number());
            w.int(2, refunded.micros());
        }
        Event::Erase { of } => w.int(1, of.number()),
        Event::Refuse { operation, refusal } => {
            w.int(1, code(Operation::ALL, operation));
            write_refusal(w, refusal);
        }
        Event::Seal { through, digest } => {
            w.int(1, *through);
            w.bytes(2, &digest.0);
        }
        _ => {}
    }
}

fn read_event(r: &mut Reader<'_>) -> Result<Event, DecodeError> {
    let kind = value(Kind::ALL, r.int(3)?, "kind of event")?;
    let event = r.opt_part(4, |r| event_of(kind, r))?;
    event.ok_or(DecodeError::Malformed("event"))
}

fn event_of(kind: Kind, r: &mut Reader<'_>) -> Result<Event, DecodeError> {
    Ok(match kind {
        Kind::Genesis => Event::Genesis {
            book: r.array(1)?,
            mode: value(Mode::ALL, r.int(2)?, "mode")?,
            format: r.int(3)?,
            public_key: r.array(4)?,
        },
        Kind::Open => Event::Open { owner: Owner::User(r.int(1)?), unit: r.text(2)? },
        Kind::Refund => Event::Refund { of: seq(r, 1)?, refunded: credits(r, 2)? },
        Kind::Erase => Event::Erase { of: seq(r, 1)? },
        Kind::Refuse => Event::Refuse {
            operation: value(Operation::ALL, r.int(1)?, "operation")?,
            refusal: read_refusal(r)?,
        },
        Kind::Seal => Event::Seal { through: r.int(1)?, digest: Hash(r.array(2)?) },
        Kind::Grant => Event::Grant,
        Kind::Spend => Event::Spend,
        Kind::Authorize => Event::Authorize,
        Kind::Extend => Event::Extend,
        Kind::Capture => Event::Capture,
        Kind::Release => Event::Release,
        Kind::Lapse => Event::Lapse,
        Kind::Expire => Event::Expire,
        Kind::Remove => Event::Remove,
        Kind::Clawback => Event::Clawback,
        Kind::Owe => Event::Owe,
        Kind::Repay => Event::Repay,
        Kind::Freeze => Event::Freeze,
        Kind::Thaw => Event::Thaw,
        Kind::SetStatus => Event::SetStatus,
    })
}

/// A decided refusal: its code and its figures. Others have no record.
fn write_refusal(w: &mut Writer, refusal: &Refusal) {
    let (code, figures): (i64, [Option<Credits>; 3]) = match *refusal {
        Refusal::Insufficient { required, available, held } => {
            (1, [Some(required), Some(available), Some(held)])
        }
        Refusal::Paused => (2, [None; 3]),
        Refusal::Suspended => (3, [None; 3]),
        Refusal::HoldSettled => (4, [None; 3]),
        Refusal::HoldExpired => (5, [None; 3]),
        Refusal::HoldHasChildren => (6, [None; 3]),
        Refusal::OverCapture { requested, capturable } => {
            (7, [Some(requested), Some(capturable), None])
        }
        Refusal::RefundExceeds { requested, refundable } => {
            (8, [Some(requested), Some(refundable), None])
        }
        Refusal::GrantFrozen => (9, [None; 3]),
        Refusal::GrantNotFrozen => (10, [None; 3]),
        Refusal::Limit(limit) => {
            let bound = Credits::from_micros(self::code(Limit::ALL, &limit));
            (11, [Some(bound), None, None])
        }
        Refusal::KeyReused
        | Refusal::UnknownWallet
        | Refusal::UnknownHold
        | Refusal::UnknownGrant
        | Refusal::UnknownRecord
        | Refusal::AmountOutOfRange
        | Refusal::Invalid(_) => (0, [None; 3]),
    };
    w.int(2, code);
    for (tag, figure) in (3..).zip(figures) {
        w.opt_int(tag, figure.map(Credits::micros));
    }
}

fn read_refusal(r: &mut Reader<'_>) -> Result<Refusal, DecodeError> {
    Ok(match r.int(2)? {
        1 => Refusal::Insufficient {
            required: credits(r, 3)?,
            available: credits(r, 4)?,
            held: credits(r, 5)?,
        },
        2 => Refusal::Paused,
        3 => Refusal::Suspended,
        4 => Refusal::HoldSettled,
        5 => Refusal::HoldExpired,
        6 => Refusal::HoldHasChildren,
        7 => Refusal::OverCapture { requested: credits(r, 3)?, capturable: credits(r, 4)? },
        8 => Refusal::RefundExceeds { requested: credits(r, 3)?, refundable: credits(r, 4)? },
        9 => Refusal::GrantFrozen,
        10 => Refusal::GrantNotFrozen,
        11 => Refusal::Limit(value(Limit::ALL, r.int(3)?, "limit")?),
        _ => return Err(DecodeError::Unknown("refusal")),
    })
}
