//! Wallets: whose, and their figures.

use std::collections::HashMap;

use ledger::{Balances, Owner, Partition, Seq, Status, Text, Time, Wallet, WalletId};

use super::change::{Left, Made};
use super::{grants, holds};
use crate::error::Error;
use crate::query::{Column, Sql};
use crate::row::{Row, only};
use crate::tx::Tx;
use crate::value::Value;

macro_rules! select {
    ($clauses:literal) => {
        concat!(
            "SELECT wallet_id, owner_kind, owner_id, unit, opened_at,
                status, posted, held, frozen, debt, account_seq, seq
            FROM wallets
            ",
            $clauses
        )
    };
}

const BY_ID: Sql =
    Sql::each("wallets.by_id", select!("WHERE partition_id = $1 AND wallet_id = ANY($2)"));

const BY_OWNER: Sql = Sql::both(
    "wallets.by_owner",
    "SELECT wallet_id
    FROM wallets
    WHERE partition_id = $1 AND owner_kind = $2 AND owner_id = $3
    ORDER BY wallet_id
    LIMIT 1",
);

const MAKE: Sql = Sql::bulk(
    "wallets.make",
    "wallets",
    &[
        Column::i64("partition_id"),
        Column::i64("wallet_id"),
        Column::text("owner_kind"),
        Column::i64("owner_id"),
        Column::text("unit"),
        Column::i64("opened_at"),
        Column::text("status"),
        Column::i64("posted"),
        Column::i64("held"),
        Column::i64("frozen"),
        Column::i64("debt"),
        Column::i64("account_seq"),
        Column::i64("seq"),
    ],
    "ON CONFLICT (partition_id, wallet_id)
    DO UPDATE SET status = excluded.status, posted = excluded.posted, held = excluded.held,
        frozen = excluded.frozen, debt = excluded.debt, account_seq = excluded.account_seq,
        seq = excluded.seq
    WHERE wallets.seq < excluded.seq",
);

const LEAVE: Sql = Sql::bulk_update(
    "wallets.leave",
    "wallets",
    &[
        Column::text("status"),
        Column::i64("posted"),
        Column::i64("held"),
        Column::i64("frozen"),
        Column::i64("debt"),
        Column::i64("account_seq"),
        Column::i64("seq"),
        Column::i64("partition_id"),
        Column::i64("wallet_id"),
    ],
    2,
);

pub(super) const ALL: &[&Sql] = &[&BY_ID, &BY_OWNER, &MAKE, &LEAVE];

/// What a wallet is opened with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Terms {
    pub(super) owner: Owner,
    pub(super) unit: Text,
    pub(super) opened_at: Time,
}

/// The same as a record has it.
pub(super) type Opening<'a> = (Owner, &'a Text, Time);

impl From<Opening<'_>> for Terms {
    fn from((owner, unit, opened_at): Opening<'_>) -> Self {
        Self { owner, unit: unit.clone(), opened_at }
    }
}

pub(super) type Opened = Made<WalletId, Terms, Balances>;
pub(super) type Changed = Left<WalletId, Balances>;

pub(super) async fn make(tx: &mut Tx, wallets: &[Opened]) -> Result<(), Error> {
    let rows = wallets.iter().map(|wallet| {
        let Terms { owner, unit, opened_at } = &wallet.terms;
        let (kind, owner) = owner_columns(*owner);
        let [status, posted, held, frozen, debt, account_seq, seq] =
            figures(&wallet.state, wallet.seq);
        [
            Partition::FIRST.into(),
            wallet.key.into(),
            kind.into(),
            owner.into(),
            unit.into(),
            (*opened_at).into(),
            status,
            posted,
            held,
            frozen,
            debt,
            account_seq,
            seq,
        ]
    });
    // A row that is as late already is not hit.
    tx.bulk(&MAKE, rows).await.map(drop)
}

pub(super) async fn leave(tx: &mut Tx, wallets: &[Changed]) -> Result<(), Error> {
    let rows = wallets.iter().map(|wallet| {
        let [status, posted, held, frozen, debt, account_seq, seq] =
            figures(&wallet.state, wallet.seq);
        let (partition, id) = (Partition::FIRST.into(), wallet.key.into());
        [status, posted, held, frozen, debt, account_seq, seq, partition, id]
    });
    // A row that is as late already is not hit.
    tx.bulk(&LEAVE, rows).await.map(drop)
}

fn figures(balances: &Balances, seq: Seq) -> [Value<'static>; 7] {
    [
        balances.status.as_str().into(),
        balances.posted.into(),
        balances.held.into(),
        balances.frozen.into(),
        balances.debt.into(),
        balances.account_seq.into(),
        seq.into(),
    ]
}

/// Without grants and holds.
fn read(row: &mut Row<'_>) -> Result<Wallet, Error> {
    let id = row.get()?;
    let kind: String = row.get()?;
    let owner = row.parse("an owner", |id| owner(&kind, id))?;
    let mut wallet = Wallet::empty(id, owner, row.get()?, row.get()?);
    wallet.balances = Balances {
        status: row.parse("a status", |word: String| Status::parse(&word))?,
        posted: row.get()?,
        held: row.get()?,
        frozen: row.get()?,
        debt: row.get()?,
        account_seq: row.get()?,
    };
    wallet.seq = row.get()?;
    Ok(wallet)
}

fn owner_columns(owner: Owner) -> (&'static str, i64) {
    match owner {
        Owner::User(id) => ("user", id),
    }
}

fn owner(kind: &str, id: i64) -> Option<Owner> {
    (kind == "user").then_some(Owner::User(id))
}

/// A wallet with its open grants and open holds.
pub async fn find_wallet(tx: &mut Tx, id: WalletId) -> Result<Option<Wallet>, Error> {
    Ok(find_wallets(tx, &[id]).await?.pop())
}

/// Those of some wallets that are there, each with its open grants and open holds.
pub async fn find_wallets(tx: &mut Tx, ids: &[WalletId]) -> Result<Vec<Wallet>, Error> {
    let numbers = ids.iter().map(|id| id.number());
    let heads = tx.all(BY_ID.rows_of_each([Partition::FIRST.into()], numbers, read)).await?;
    if heads.is_empty() {
        return Ok(heads);
    }
    let mut grants: HashMap<_, Vec<_>> = HashMap::new();
    for grant in grants::list_open(tx, ids).await? {
        grants.entry(grant.wallet).or_default().push(grant);
    }
    let mut holds: HashMap<_, Vec<_>> = HashMap::new();
    for hold in holds::list_open(tx, ids).await? {
        holds.entry(hold.wallet).or_default().push(hold);
    }
    let load = |head: Wallet| {
        let (grants, holds) = (grants.remove(&head.id), holds.remove(&head.id));
        Wallet::load(head, grants.unwrap_or_default(), holds.unwrap_or_default())
    };
    Ok(heads.into_iter().map(load).collect())
}

/// The wallet of an owner, the oldest if there are several.
pub async fn find_wallet_of(tx: &mut Tx, owner: Owner) -> Result<Option<WalletId>, Error> {
    let (kind, id) = owner_columns(owner);
    tx.opt(BY_OWNER.rows([Partition::FIRST.into(), kind.into(), id.into()], only)).await
}
