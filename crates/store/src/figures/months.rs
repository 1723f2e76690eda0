//! What a wallet moved in a month.

use ledger::{Credits, Partition, Time, WalletId};

use crate::error::Error;
use crate::query::{Column, Sql};
use crate::row::Row;
use crate::tx::Tx;
use crate::value::Value;

/// Micro-credits in a credit.
const MICROS: i64 = 1_000_000;

const FIND: Sql = Sql::both(
    "months.find",
    "SELECT added_credits, added_micros, spent_credits, spent_micros, removed_credits,
        removed_micros, transactions
    FROM months
    WHERE partition_id = $1 AND wallet_id = $2 AND month = $3",
);

/// Whole credits and micro-credits are added up apart: 9 000 000 000 of the
/// largest transactions fit.
const ADD: Sql = Sql::bulk(
    "months.add",
    "months",
    &[
        Column::i64("partition_id"),
        Column::i64("wallet_id"),
        Column::i64("month"),
        Column::i64("added_credits"),
        Column::i64("added_micros"),
        Column::i64("spent_credits"),
        Column::i64("spent_micros"),
        Column::i64("removed_credits"),
        Column::i64("removed_micros"),
        Column::i64("transactions"),
    ],
    "ON CONFLICT (partition_id, wallet_id, month)
    DO UPDATE SET added_credits = months.added_credits + excluded.added_credits,
        added_micros = months.added_micros + excluded.added_micros,
        spent_credits = months.spent_credits + excluded.spent_credits,
        spent_micros = months.spent_micros + excluded.spent_micros,
        removed_credits = months.removed_credits + excluded.removed_credits,
        removed_micros = months.removed_micros + excluded.removed_micros,
        transactions = months.transactions + excluded.transactions",
);

pub(super) const ALL: &[&Sql] = &[&FIND, &ADD];

/// A month of a wallet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MonthOf {
    /// Whose.
    pub wallet: WalletId,
    /// The instant the month starts at.
    pub month: Time,
}

/// What was moved in a month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Month {
    /// What came in.
    pub added: Sum,
    /// What was spent.
    pub spent: Sum,
    /// What went otherwise.
    pub removed: Sum,
    /// How many transactions there were.
    pub transactions: i64,
}

/// A sum of amounts: their whole credits, and their micro-credits beside those.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    pub(crate) credits: i64,
    pub(crate) micros: i64,
}

impl Sum {
    /// Adds an amount, which is not negative.
    pub fn add(&mut self, amount: Credits) {
        let (whole, rest) =
            (amount.micros().div_euclid(MICROS), amount.micros().rem_euclid(MICROS));
        self.credits = self.credits.saturating_add(whole);
        self.micros = self.micros.saturating_add(rest);
    }

    /// The sum in micro-credits.
    pub fn micros(self) -> i128 {
        i128::from(self.credits) * i128::from(MICROS) + i128::from(self.micros)
    }
}

fn read(row: &mut Row<'_>) -> Result<Month, Error> {
    Ok(Month { added: sum(row)?, spent: sum(row)?, removed: sum(row)?, transactions: row.get()? })
}

/// The next two columns.
fn sum(row: &mut Row<'_>) -> Result<Sum, Error> {
    Ok(Sum { credits: row.get()?, micros: row.get()? })
}

/// Adds to months, each named once.
pub async fn add(
    tx: &mut Tx,
    months: impl IntoIterator<Item = (MonthOf, Month)>,
) -> Result<(), Error> {
    // Each row is written or the statement fails.
    tx.bulk(&ADD, months.into_iter().map(values)).await.map(drop)
}

/// A row's values, in the order of its columns.
fn values((of, month): (MonthOf, Month)) -> [Value<'static>; 10] {
    [
        Partition::FIRST.into(),
        of.wallet.into(),
        of.month.into(),
        month.added.credits.into(),
        month.added.micros.into(),
        month.spent.credits.into(),
        month.spent.micros.into(),
        month.removed.credits.into(),
        month.removed.micros.into(),
        month.transactions.into(),
    ]
}

/// What a wallet moved in a month; nothing where it did not.
pub async fn find_month(tx: &mut Tx, of: MonthOf) -> Result<Month, Error> {
    let args = [Partition::FIRST.into(), of.wallet.into(), of.month.into()];
    Ok(tx.opt(FIND.rows(args, read)).await?.unwrap_or_default())
}
