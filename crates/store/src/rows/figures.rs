//! Rows of the figures. Of a standing, all but the record that moved it last.

use ledger::{Partition, WalletId};

use super::{Datum, Table, WholeRow, whole};
use crate::figures::{Figures, Month, MonthOf, Standing};
use crate::query::{Column, Sql};

const STANDINGS_FROM: Sql = Sql::both(
    "standings.whole_from",
    "SELECT partition_id, wallet_id, user_id, status, posted, last_transaction_at
    FROM standings
    WHERE (partition_id, wallet_id) >= ($1, $2)
    ORDER BY partition_id, wallet_id
    LIMIT $3",
);

const MONTHS_FROM: Sql = Sql::both(
    "months.whole_from",
    "SELECT partition_id, wallet_id, month, added_credits, added_micros, spent_credits,
        spent_micros, removed_credits, removed_micros, transactions
    FROM months
    WHERE (partition_id, wallet_id, month) >= ($1, $2, $3)
    ORDER BY partition_id, wallet_id, month
    LIMIT $4",
);

const MINUTES_FROM: Sql = Sql::both(
    "minutes.whole_from",
    "SELECT partition_id, minute, transactions
    FROM minutes
    WHERE (partition_id, minute) >= ($1, $2)
    ORDER BY partition_id, minute
    LIMIT $3",
);

const FIGURES_FROM: Sql = Sql::both(
    "figures.whole_from",
    "SELECT partition_id, wallets, with_credits, paused, suspended, credits
    FROM figures
    WHERE partition_id >= $1
    ORDER BY partition_id
    LIMIT $2",
);

const LEAST: Datum = Datum::I64(i64::MIN);

/// How every wallet stands.
pub static STANDINGS: Table = Table {
    name: "standings",
    columns: &[
        Column::i64("partition_id"),
        Column::i64("wallet_id"),
        Column::i64("user_id"),
        Column::text("status"),
        Column::i64("posted"),
        Column::i64("last_transaction_at"),
    ],
    first: &[LEAST, LEAST],
    from: &STANDINGS_FROM,
    read: whole::<6>,
};

/// What every wallet moved each month.
pub static MONTHS: Table = Table {
    name: "months",
    columns: &[
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
    first: &[LEAST, LEAST, LEAST],
    from: &MONTHS_FROM,
    read: whole::<10>,
};

/// Transactions a minute.
pub static MINUTES: Table = Table {
    name: "minutes",
    columns: &[Column::i64("partition_id"), Column::i64("minute"), Column::i64("transactions")],
    first: &[LEAST, LEAST],
    from: &MINUTES_FROM,
    read: whole::<3>,
};

/// The book as a whole.
pub static FIGURES: Table = Table {
    name: "figures",
    columns: &[
        Column::i64("partition_id"),
        Column::i64("wallets"),
        Column::i64("with_credits"),
        Column::i64("paused"),
        Column::i64("suspended"),
        Column::bytes("credits"),
    ],
    first: &[LEAST],
    from: &FIGURES_FROM,
    read: whole::<6>,
};

/// The row of a standing.
pub fn standing(wallet: WalletId, standing: &Standing) -> WholeRow {
    WholeRow::of([
        Partition::FIRST.into(),
        wallet.into(),
        standing.user.into(),
        standing.status.as_str().into(),
        standing.posted.into(),
        standing.last_transaction_at.into(),
    ])
}

/// The row of a wallet's month.
pub fn month(of: MonthOf, month: &Month) -> WholeRow {
    WholeRow::of([
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
    ])
}

/// The row of a minute.
pub fn minute(minute: i64, transactions: i64) -> WholeRow {
    WholeRow::of([Partition::FIRST.into(), minute.into(), transactions.into()])
}

/// The row of the book.
pub fn figures(figures: &Figures) -> WholeRow {
    WholeRow::of([
        Partition::FIRST.into(),
        figures.wallets.into(),
        figures.with_credits.into(),
        figures.paused.into(),
        figures.suspended.into(),
        figures.credits.to_be_bytes().to_vec().into(),
    ])
}
