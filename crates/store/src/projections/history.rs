//! Transactions by wallet: an index into the journal, whose rows say what they
//! were.
//!
//! `account_seq` has no gaps and times only rise with it, so a span of time is a
//! span of places, found by halving, and counted by subtraction.

use domain::TransactionType;
use ledger::{Credits, Partition, Seq, Time, WalletId};

use crate::error::Error;
use crate::page::Page;
use crate::query::{Column, Sql};
use crate::row::{Row, only};
use crate::tx::Tx;
use crate::value::Value;

const LAST: Sql = Sql::both(
    "history.last",
    "SELECT account_seq
    FROM history
    WHERE partition_id = $1 AND wallet_id = $2
    ORDER BY account_seq DESC
    LIMIT 1",
);

const FIND: Sql = Sql::both(
    "history.find",
    "SELECT account_seq, kind, at, amount, seq
    FROM history
    WHERE partition_id = $1 AND wallet_id = $2 AND account_seq = $3",
);

const SPAN: Sql = Sql::both(
    "history.span",
    "SELECT account_seq, kind, at, amount, seq
    FROM history
    WHERE partition_id = $1 AND wallet_id = $2 AND account_seq >= $3 AND account_seq <= $4
    ORDER BY account_seq DESC",
);

const OF_KIND: Sql = Sql::both(
    "history.of_kind",
    "SELECT account_seq, kind, at, amount, seq
    FROM history
    WHERE partition_id = $1 AND wallet_id = $2 AND account_seq >= $3 AND account_seq <= $4
        AND kind = $5
    ORDER BY account_seq DESC
    LIMIT $6 OFFSET $7",
);

const COUNT_OF_KIND: Sql = Sql::both(
    "history.count_of_kind",
    "SELECT COUNT(*)
    FROM history
    WHERE partition_id = $1 AND wallet_id = $2 AND account_seq >= $3 AND account_seq <= $4
        AND kind = $5",
);

/// A transaction never changes.
const MAKE: Sql = Sql::bulk(
    "history.make",
    "history",
    &[
        Column::i64("partition_id"),
        Column::i64("wallet_id"),
        Column::i64("account_seq"),
        Column::text("kind"),
        Column::i64("at"),
        Column::i64("amount"),
        Column::i64("seq"),
    ],
    "ON CONFLICT (partition_id, wallet_id, account_seq) DO NOTHING",
);

pub(super) const ALL: &[&Sql] = &[&LAST, &FIND, &SPAN, &OF_KIND, &COUNT_OF_KIND, &MAKE];

/// A transaction of a wallet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HistoryRow {
    /// Its place among the wallet's transactions, from 1.
    pub account_seq: i64,
    /// What it was to the owner.
    pub kind: TransactionType,
    /// When it was.
    pub at: Time,
    /// Positive in, negative out.
    pub amount: Credits,
    /// Its record.
    pub seq: Seq,
}

impl HistoryRow {
    fn read(row: &mut Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            account_seq: row.get()?,
            kind: row
                .parse("a transaction's type", |word: String| TransactionType::parse(&word))?,
            at: row.get()?,
            amount: row.get()?,
            seq: row.get()?,
        })
    }
}

pub(super) async fn make(tx: &mut Tx, rows: &[(WalletId, HistoryRow)]) -> Result<(), Error> {
    // A row that is there already is not hit.
    tx.bulk(&MAKE, rows.iter().map(cells)).await.map(drop)
}

/// As [`make`], where none of them should be there.
pub(super) async fn add(tx: &mut Tx, rows: &[(WalletId, HistoryRow)]) -> Result<(), Error> {
    tx.add(&MAKE, rows.iter().map(cells)).await
}

fn cells((wallet, row): &(WalletId, HistoryRow)) -> [Value<'_>; 7] {
    [
        Partition::FIRST.into(),
        (*wallet).into(),
        row.account_seq.into(),
        row.kind.as_str().into(),
        row.at.into(),
        row.amount.into(),
        row.seq.into(),
    ]
}

/// Which transactions of a wallet are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HistoryFilter {
    /// Only those of this type.
    pub kind: Option<TransactionType>,
    /// Not before this instant.
    pub from: Option<Time>,
    /// Not after this instant.
    pub until: Option<Time>,
}

/// Places, both ends included; empty where `last < first`.
#[derive(Clone, Copy)]
struct Span {
    first: i64,
    last: i64,
}

/// Transactions of a wallet, newest first.
pub async fn list_history(
    tx: &mut Tx,
    wallet: WalletId,
    filter: HistoryFilter,
    page: Page,
) -> Result<Vec<HistoryRow>, Error> {
    let Span { first, last } = span(tx, wallet, filter).await?;
    let Some(kind) = filter.kind else {
        let last = last.saturating_sub(page.offset);
        let first = first.max(last.saturating_sub(page.limit).saturating_add(1));
        let args = [Partition::FIRST.into(), wallet.into(), first.into(), last.into()];
        return tx.all(SPAN.rows(args, HistoryRow::read)).await;
    };
    let args = [
        Partition::FIRST.into(),
        wallet.into(),
        first.into(),
        last.into(),
        kind.as_str().into(),
        page.limit.into(),
        page.offset.into(),
    ];
    tx.all(OF_KIND.rows(args, HistoryRow::read)).await
}

/// How many the list has on all pages.
pub async fn count_history(
    tx: &mut Tx,
    wallet: WalletId,
    filter: HistoryFilter,
) -> Result<i64, Error> {
    let Span { first, last } = span(tx, wallet, filter).await?;
    let Some(kind) = filter.kind else {
        return Ok(last.saturating_sub(first).saturating_add(1).max(0));
    };
    let kind = kind.as_str();
    let args = [Partition::FIRST.into(), wallet.into(), first.into(), last.into(), kind.into()];
    tx.one(COUNT_OF_KIND.rows(args, only)).await
}

/// The last transaction at or before an instant.
pub async fn find_history_at(
    tx: &mut Tx,
    wallet: WalletId,
    at: Time,
) -> Result<Option<HistoryRow>, Error> {
    let last = last(tx, wallet).await?;
    let later = first_after(tx, wallet, last, at).await?;
    find(tx, wallet, later.saturating_sub(1)).await
}

async fn span(tx: &mut Tx, wallet: WalletId, filter: HistoryFilter) -> Result<Span, Error> {
    let all = last(tx, wallet).await?;
    let first = match filter.from {
        Some(from) => first_after(tx, wallet, all, from.plus(-1)).await?,
        None => 1,
    };
    let last = match filter.until {
        Some(until) => first_after(tx, wallet, all, until).await?.saturating_sub(1),
        None => all,
    };
    Ok(Span { first, last })
}

/// The last place; 0 where there is none.
async fn last(tx: &mut Tx, wallet: WalletId) -> Result<i64, Error> {
    let last = tx.opt(LAST.rows([Partition::FIRST.into(), wallet.into()], only)).await?;
    Ok(last.unwrap_or(0))
}

/// The first place in `1..=last` later than an instant, or the one behind.
async fn first_after(tx: &mut Tx, wallet: WalletId, last: i64, at: Time) -> Result<i64, Error> {
    let (mut low, mut high) = (1, last.saturating_add(1));
    while low < high {
        let middle = low.midpoint(high);
        let row = find(tx, wallet, middle).await?;
        if row.is_some_and(|row| row.at <= at) {
            low = middle.saturating_add(1);
        } else {
            high = middle;
        }
    }
    Ok(low)
}

async fn find(tx: &mut Tx, wallet: WalletId, place: i64) -> Result<Option<HistoryRow>, Error> {
    let args = [Partition::FIRST.into(), wallet.into(), place.into()];
    tx.opt(FIND.rows(args, HistoryRow::read)).await
}
