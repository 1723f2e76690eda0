//! Holds, open and closed.

use ledger::{
    Actor, Credits, GrantId, Hold, HoldId, HoldState, HoldStatus, HoldTerms, OnExpiry, OverCapture,
    Partition, Reserve, Seq, Text, Time, WalletId,
};

use super::change::{Left, Made};
use crate::error::Error;
use crate::page::Page;
use crate::query::{Column, Query, Sql};
use crate::row::{Row, only};
use crate::tx::Tx;
use crate::value::Value;

macro_rules! select {
    ($clauses:literal) => {
        concat!(
            "SELECT hold_id, wallet_id, parent_id, depth, on_expiry, over_capture, service,
                price_version, job, actor, created_at,
                amount, captured, captured_by_children, released, reserved_by_children,
                children_open, expires_at, status, settled_at, reserves, seq
            FROM holds
            ",
            $clauses
        )
    };
}

const BY_ID: Sql = Sql::both("holds.by_id", select!("WHERE partition_id = $1 AND hold_id = $2"));

const OPEN: Sql = Sql::each(
    "holds.open",
    select!("WHERE partition_id = $1 AND wallet_id = ANY($2) AND status = 'open'"),
);

const LIST: Sql = Sql::both(
    "holds.list",
    select!(
        "WHERE partition_id = $1 AND wallet_id = $2
            AND (CAST($3 AS TEXT) IS NULL OR status = $3)
        ORDER BY hold_id DESC
        LIMIT $4 OFFSET $5"
    ),
);

const COUNT: Sql = Sql::both(
    "holds.count",
    "SELECT COUNT(*)
    FROM holds
    WHERE partition_id = $1 AND wallet_id = $2
        AND (CAST($3 AS TEXT) IS NULL OR status = $3)",
);

const DUE: Sql = Sql::both(
    "holds.due",
    "SELECT wallet_id, expires_at
    FROM holds
    WHERE partition_id = $1 AND status = 'open' AND expires_at <= $2
    ORDER BY expires_at
    LIMIT $3",
);

const MAKE: Sql = Sql::bulk(
    "holds.make",
    "holds",
    &[
        Column::i64("partition_id"),
        Column::i64("hold_id"),
        Column::i64("wallet_id"),
        Column::i64("parent_id"),
        Column::i64("depth"),
        Column::text("on_expiry"),
        Column::text("over_capture"),
        Column::text("service"),
        Column::i64("price_version"),
        Column::text("job"),
        Column::text("actor"),
        Column::i64("created_at"),
        Column::i64("amount"),
        Column::i64("captured"),
        Column::i64("captured_by_children"),
        Column::i64("released"),
        Column::i64("reserved_by_children"),
        Column::i64("children_open"),
        Column::i64("expires_at"),
        Column::text("status"),
        Column::i64("settled_at"),
        Column::bytes("reserves"),
        Column::i64("seq"),
    ],
    "ON CONFLICT (partition_id, hold_id)
    DO UPDATE SET amount = excluded.amount, captured = excluded.captured,
        captured_by_children = excluded.captured_by_children, released = excluded.released,
        reserved_by_children = excluded.reserved_by_children,
        children_open = excluded.children_open, expires_at = excluded.expires_at,
        status = excluded.status, settled_at = excluded.settled_at,
        reserves = excluded.reserves, seq = excluded.seq
    WHERE holds.seq < excluded.seq",
);

const LEAVE: Sql = Sql::bulk_update(
    "holds.leave",
    "holds",
    &[
        Column::i64("amount"),
        Column::i64("captured"),
        Column::i64("captured_by_children"),
        Column::i64("released"),
        Column::i64("reserved_by_children"),
        Column::i64("children_open"),
        Column::i64("expires_at"),
        Column::text("status"),
        Column::i64("settled_at"),
        Column::bytes("reserves"),
        Column::i64("seq"),
        Column::i64("partition_id"),
        Column::i64("hold_id"),
    ],
    2,
);

pub(super) const ALL: &[&Sql] = &[&BY_ID, &OPEN, &LIST, &COUNT, &DUE, &MAKE, &LEAVE];

/// What a hold is placed with, and on which wallet.
pub(super) type Terms = (WalletId, HoldTerms);
pub(super) type New = Made<HoldId, Terms, HoldState>;
pub(super) type Changed = Left<HoldId, HoldState>;

pub(super) async fn make(tx: &mut Tx, holds: &[New]) -> Result<(), Error> {
    let rows = holds.iter().map(|hold| {
        let (wallet, terms) = &hold.terms;
        let [amount, captured, by_children, released, reserved, children, expires_at, rest @ ..] =
            state(&hold.state, hold.seq);
        let [status, settled_at, reserves, seq] = rest;
        [
            Partition::FIRST.into(),
            hold.key.into(),
            (*wallet).into(),
            terms.parent.into(),
            terms.depth.into(),
            terms.on_expiry.as_str().into(),
            terms.over_capture.as_str().into(),
            terms.service.as_ref().into(),
            terms.price_version.into(),
            terms.job.as_ref().into(),
            terms.actor.to_string().into(),
            terms.created_at.into(),
            amount,
            captured,
            by_children,
            released,
            reserved,
            children,
            expires_at,
            status,
            settled_at,
            reserves,
            seq,
        ]
    });
    // A row that is as late already is not hit.
    tx.bulk(&MAKE, rows).await.map(drop)
}

pub(super) async fn leave(tx: &mut Tx, holds: &[Changed]) -> Result<(), Error> {
    let rows = holds.iter().map(|hold| {
        let [amount, captured, by_children, released, reserved, children, expires_at, rest @ ..] =
            state(&hold.state, hold.seq);
        let [status, settled_at, reserves, seq] = rest;
        [
            amount,
            captured,
            by_children,
            released,
            reserved,
            children,
            expires_at,
            status,
            settled_at,
            reserves,
            seq,
            Partition::FIRST.into(),
            hold.key.into(),
        ]
    });
    // A row that is as late already is not hit.
    tx.bulk(&LEAVE, rows).await.map(drop)
}

fn state(state: &HoldState, seq: Seq) -> [Value<'static>; 11] {
    [
        state.amount.into(),
        state.captured.into(),
        state.captured_by_children.into(),
        state.released.into(),
        state.reserved_by_children.into(),
        state.children_open.into(),
        state.expires_at.into(),
        state.status.as_str().into(),
        state.settled_at.into(),
        write_reserves(&state.reserves).into(),
        seq.into(),
    ]
}

fn read(row: &mut Row<'_>) -> Result<Hold, Error> {
    Ok(Hold {
        id: row.get()?,
        wallet: row.get()?,
        terms: HoldTerms {
            parent: row.get()?,
            depth: row.get()?,
            on_expiry: row.parse("what an expiry does", |word: String| OnExpiry::parse(&word))?,
            over_capture: row
                .parse("what an over-capture does", |word: String| OverCapture::parse(&word))?,
            service: row.get()?,
            price_version: row.get()?,
            job: row.get()?,
            actor: row.parse("an actor", |word: String| read_actor(&word))?,
            created_at: row.get()?,
        },
        state: HoldState {
            amount: row.get()?,
            captured: row.get()?,
            captured_by_children: row.get()?,
            released: row.get()?,
            reserved_by_children: row.get()?,
            children_open: row.get()?,
            expires_at: row.get()?,
            status: row.parse("a hold's status", |word: String| HoldStatus::parse(&word))?,
            settled_at: row.get()?,
            reserves: row.parse("reserves", |bytes: Vec<u8>| read_reserves(&bytes))?,
        },
        seq: row.get()?,
    })
}

/// An actor as it prints.
fn read_actor(word: &str) -> Option<Actor> {
    match word.split_once(':') {
        None if word == "system" => Some(Actor::System),
        Some(("user", id)) => id.parse().ok().map(Actor::User),
        Some(("key", name)) => Text::parse(name).ok().map(Actor::Key),
        _ => None,
    }
}

/// Three big-endian integers a reserve: the grant's record and ordinal, the amount.
fn write_reserves(reserves: &[Reserve]) -> Vec<u8> {
    let numbers = reserves.iter().flat_map(|reserve| {
        [reserve.grant.seq.number(), reserve.grant.ordinal, reserve.amount.micros()]
    });
    numbers.flat_map(i64::to_be_bytes).collect()
}

fn read_reserves(bytes: &[u8]) -> Option<Vec<Reserve>> {
    let (numbers, []) = bytes.as_chunks::<8>() else { return None };
    let numbers: Vec<i64> = numbers.iter().map(|bytes| i64::from_be_bytes(*bytes)).collect();
    let (reserves, []) = numbers.as_chunks::<3>() else { return None };
    let read = |[seq, ordinal, amount]: &[i64; 3]| Reserve {
        grant: GrantId { seq: Seq::from_number(*seq), ordinal: *ordinal },
        amount: Credits::from_micros(*amount),
    };
    Some(reserves.iter().map(read).collect())
}

/// A hold, open or closed.
pub async fn find_hold(tx: &mut Tx, id: HoldId) -> Result<Option<Hold>, Error> {
    tx.opt(BY_ID.rows([Partition::FIRST.into(), id.into()], read)).await
}

/// The open ones of wallets.
pub(super) async fn list_open(tx: &mut Tx, wallets: &[WalletId]) -> Result<Vec<Hold>, Error> {
    let wallets = wallets.iter().map(|id| id.number());
    tx.all(OPEN.rows_of_each([Partition::FIRST.into()], wallets, read)).await
}

/// Holds of a wallet, newest first; all of them, or those of one status.
pub async fn list_holds(
    tx: &mut Tx,
    wallet: WalletId,
    status: Option<HoldStatus>,
    page: Page,
) -> Result<Vec<Hold>, Error> {
    let [partition, wallet, status] = filter_args(wallet, status);
    let args = [partition, wallet, status, page.limit.into(), page.offset.into()];
    tx.all(LIST.rows(args, read)).await
}

/// How many the list has on all pages.
pub async fn count_holds(
    tx: &mut Tx,
    wallet: WalletId,
    status: Option<HoldStatus>,
) -> Result<i64, Error> {
    tx.one(COUNT.rows(filter_args(wallet, status), only)).await
}

fn filter_args(wallet: WalletId, status: Option<HoldStatus>) -> [Value<'static>; 3] {
    [Partition::FIRST.into(), wallet.into(), status.map(HoldStatus::as_str).into()]
}

/// Wallets with a hold whose expiry has come, and when it did.
pub(super) fn due(now: Time, limit: i64) -> Query<'static, (Time, WalletId)> {
    DUE.rows([Partition::FIRST.into(), now.into(), limit.into()], |row| {
        let wallet = row.get()?;
        Ok((row.get()?, wallet))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_actor_reads_back_as_it_prints_and_nothing_else_reads() {
        let key = Text::parse("a:b").unwrap();
        for actor in [Actor::System, Actor::User(7), Actor::Key(key)] {
            assert_eq!(read_actor(&actor.to_string()), Some(actor));
        }
        for word in ["", "systems", "user:", "user:x", "key:", "robot:1"] {
            assert_eq!(read_actor(word), None, "{word:?}");
        }
    }

    #[test]
    fn reserves_read_back_and_half_of_one_does_not() {
        let reserve = |seq, ordinal, amount| Reserve {
            grant: GrantId { seq: Seq::from_number(seq), ordinal },
            amount: Credits::from_micros(amount),
        };
        let reserves = vec![reserve(1, 2, 3), reserve(i64::MAX, 1, i64::MAX)];
        let bytes = write_reserves(&reserves);
        assert_eq!(read_reserves(&bytes), Some(reserves));
        assert_eq!(read_reserves(&[]), Some(Vec::new()));
        assert_eq!(read_reserves(&bytes[..8]), None);
        assert_eq!(read_reserves(&bytes[..25]), None);
    }
}
