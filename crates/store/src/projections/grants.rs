//! Grants, open and closed.

use ledger::{
    Cost, Currency, Grant, GrantId, GrantState, GrantStatus, GrantTerms, Partition, Seq, Source,
    Time, WalletId,
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
            "SELECT made_seq, ordinal, wallet_id, source, amount, priority, effective_at,
                cost_micro_cents, cost_currency, created_at,
                remaining, held, expires_at, frozen_at, clawed, expired, seq
            FROM grants
            ",
            $clauses
        )
    };
}

/// `GrantStatus` in SQL: a list is filtered where its rows are. `$4` is now. A
/// test holds it against [`Grant::status`].
macro_rules! of_status {
    () => {
        "WHERE partition_id = $1 AND wallet_id = $2
        AND (CAST($3 AS TEXT) IS NULL OR $3 = CASE
            WHEN frozen_at IS NOT NULL THEN 'frozen'
            WHEN remaining > 0 AND effective_at > $4 THEN 'pending'
            WHEN remaining > 0 THEN 'open'
            WHEN expired > 0 THEN 'expired'
            WHEN clawed > 0 THEN 'clawed_back'
            ELSE 'spent'
        END)"
    };
}

const BY_ID: Sql = Sql::both(
    "grants.by_id",
    select!("WHERE partition_id = $1 AND made_seq = $2 AND ordinal = $3"),
);

const OPEN: Sql = Sql::each(
    "grants.open",
    select!("WHERE partition_id = $1 AND wallet_id = ANY($2) AND is_open"),
);

const LIST: Sql = Sql::both(
    "grants.list",
    concat!(
        select!(""),
        of_status!(),
        "ORDER BY made_seq DESC, ordinal DESC
        LIMIT $5 OFFSET $6"
    ),
);

const COUNT: Sql = Sql::both("grants.count", concat!("SELECT COUNT(*) FROM grants ", of_status!()));

const DUE: Sql = Sql::both(
    "grants.due",
    "SELECT wallet_id, due_at
    FROM grants
    WHERE partition_id = $1 AND due_at <= $2
    ORDER BY due_at
    LIMIT $3",
);

const MAKE: Sql = Sql::bulk(
    "grants.make",
    "grants",
    &[
        Column::i64("partition_id"),
        Column::i64("made_seq"),
        Column::i64("ordinal"),
        Column::i64("wallet_id"),
        Column::text("source"),
        Column::i64("amount"),
        Column::i64("priority"),
        Column::i64("effective_at"),
        Column::i64("cost_micro_cents"),
        Column::text("cost_currency"),
        Column::i64("created_at"),
        Column::i64("remaining"),
        Column::i64("held"),
        Column::i64("expires_at"),
        Column::i64("frozen_at"),
        Column::i64("clawed"),
        Column::i64("expired"),
        Column::i64("seq"),
    ],
    "ON CONFLICT (partition_id, made_seq, ordinal)
    DO UPDATE SET remaining = excluded.remaining, held = excluded.held,
        expires_at = excluded.expires_at, frozen_at = excluded.frozen_at,
        clawed = excluded.clawed, expired = excluded.expired, seq = excluded.seq
    WHERE grants.seq < excluded.seq",
);

const LEAVE: Sql = Sql::bulk_update(
    "grants.leave",
    "grants",
    &[
        Column::i64("remaining"),
        Column::i64("held"),
        Column::i64("expires_at"),
        Column::i64("frozen_at"),
        Column::i64("clawed"),
        Column::i64("expired"),
        Column::i64("seq"),
        Column::i64("partition_id"),
        Column::i64("made_seq"),
        Column::i64("ordinal"),
    ],
    3,
);

pub(super) const ALL: &[&Sql] = &[&BY_ID, &OPEN, &LIST, &COUNT, &DUE, &MAKE, &LEAVE];

/// What a grant is made with, and for whom.
pub(super) type Terms = (WalletId, GrantTerms);
pub(super) type New = Made<GrantId, Terms, GrantState>;
pub(super) type Changed = Left<GrantId, GrantState>;

pub(super) async fn make(tx: &mut Tx, grants: &[New]) -> Result<(), Error> {
    let rows = grants.iter().map(|grant| {
        let (wallet, terms) = &grant.terms;
        let [remaining, held, expires_at, frozen_at, clawed, expired, seq] =
            state(&grant.state, grant.seq);
        [
            Partition::FIRST.into(),
            grant.key.seq.into(),
            grant.key.ordinal.into(),
            (*wallet).into(),
            terms.source.as_str().into(),
            terms.amount.into(),
            terms.priority.into(),
            terms.effective_at.into(),
            terms.cost.map(|cost| cost.micro_cents).into(),
            terms.cost.as_ref().map(|cost| cost.currency.as_str()).into(),
            terms.created_at.into(),
            remaining,
            held,
            expires_at,
            frozen_at,
            clawed,
            expired,
            seq,
        ]
    });
    // A row that is as late already is not hit.
    tx.bulk(&MAKE, rows).await.map(drop)
}

pub(super) async fn leave(tx: &mut Tx, grants: &[Changed]) -> Result<(), Error> {
    let rows = grants.iter().map(|grant| {
        let [remaining, held, expires_at, frozen_at, clawed, expired, seq] =
            state(&grant.state, grant.seq);
        let (partition, GrantId { seq: made, ordinal }) = (Partition::FIRST.into(), grant.key);
        let id = (made.into(), ordinal.into());
        [remaining, held, expires_at, frozen_at, clawed, expired, seq, partition, id.0, id.1]
    });
    // A row that is as late already is not hit.
    tx.bulk(&LEAVE, rows).await.map(drop)
}

fn state(state: &GrantState, seq: Seq) -> [Value<'static>; 7] {
    [
        state.remaining.into(),
        state.held.into(),
        state.expires_at.into(),
        state.frozen_at.into(),
        state.clawed.into(),
        state.expired.into(),
        seq.into(),
    ]
}

fn read(row: &mut Row<'_>) -> Result<Grant, Error> {
    Ok(Grant {
        id: GrantId { seq: row.get()?, ordinal: row.get()? },
        wallet: row.get()?,
        terms: GrantTerms {
            source: row.parse("a source", |word: String| Source::parse(&word))?,
            amount: row.get()?,
            priority: row.get()?,
            effective_at: row.get()?,
            cost: read_cost(row)?,
            created_at: row.get()?,
        },
        state: GrantState {
            remaining: row.get()?,
            held: row.get()?,
            expires_at: row.get()?,
            frozen_at: row.get()?,
            clawed: row.get()?,
            expired: row.get()?,
        },
        seq: row.get()?,
    })
}

fn read_cost(row: &mut Row<'_>) -> Result<Option<Cost>, Error> {
    let micro_cents: Option<i64> = row.get()?;
    row.parse("a currency where there is a cost", |code: Option<String>| {
        match (micro_cents, code) {
            (Some(micro_cents), Some(code)) => {
                Some(Some(Cost { micro_cents, currency: Currency::parse(&code)? }))
            }
            (None, None) => Some(None),
            _ => None,
        }
    })
}

/// A grant, open or closed.
pub async fn find_grant(tx: &mut Tx, id: GrantId) -> Result<Option<Grant>, Error> {
    tx.opt(BY_ID.rows([Partition::FIRST.into(), id.seq.into(), id.ordinal.into()], read)).await
}

/// The open ones of wallets.
pub(super) async fn list_open(tx: &mut Tx, wallets: &[WalletId]) -> Result<Vec<Grant>, Error> {
    let wallets = wallets.iter().map(|id| id.number());
    tx.all(OPEN.rows_of_each([Partition::FIRST.into()], wallets, read)).await
}

/// Which grants of a wallet are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GrantFilter {
    /// Only those that are this at that instant.
    pub status: Option<GrantStatus>,
    /// The instant.
    pub at: Time,
}

/// Grants of a wallet, newest first.
pub async fn list_grants(
    tx: &mut Tx,
    wallet: WalletId,
    filter: GrantFilter,
    page: Page,
) -> Result<Vec<Grant>, Error> {
    let [partition, wallet, status, at] = filter_args(wallet, filter);
    let args = [partition, wallet, status, at, page.limit.into(), page.offset.into()];
    tx.all(LIST.rows(args, read)).await
}

/// How many the list has on all pages.
pub async fn count_grants(
    tx: &mut Tx,
    wallet: WalletId,
    filter: GrantFilter,
) -> Result<i64, Error> {
    tx.one(COUNT.rows(filter_args(wallet, filter), only)).await
}

fn filter_args(wallet: WalletId, filter: GrantFilter) -> [Value<'static>; 4] {
    let status = filter.status.map(GrantStatus::as_str);
    [Partition::FIRST.into(), wallet.into(), status.into(), filter.at.into()]
}

/// Wallets with a grant whose expiry has come, and when it did.
pub(super) fn due(now: Time, limit: i64) -> Query<'static, (Time, WalletId)> {
    DUE.rows([Partition::FIRST.into(), now.into(), limit.into()], |row| {
        let wallet = row.get()?;
        Ok((row.get()?, wallet))
    })
}
