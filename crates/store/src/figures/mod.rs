//! Figures, kept by a consumer of the journal: how every wallet stands, what it
//! moved each month, and the book as a whole. The consumer writes them together
//! with its cursor, so that every record counts once.
//!
//! This module must not know what counts as what: it stores and adds up.

mod book;
mod minutes;
mod months;
mod standings;
mod users;

pub use book::{Figures, find, put};
pub use minutes::{count_since, forget_before, pass};
pub use months::{Month, MonthOf, Sum, add, find_month};
pub use standings::{Move, Opened, Standing, find_standing, move_all, open_all, set_status};
pub use users::{
    Search, UserStanding, count_found, count_walletless, list_found, list_of_status, list_standings,
};

use ledger::Partition;

use crate::error::Error;
use crate::query::Sql;
use crate::tx::Tx;

const CLEAR_STANDINGS: Sql = Sql::both(
    "standings.clear",
    "DELETE FROM standings
    WHERE partition_id = $1",
);

const CLEAR_MONTHS: Sql = Sql::both(
    "months.clear",
    "DELETE FROM months
    WHERE partition_id = $1",
);

const CLEAR_MINUTES: Sql = Sql::both(
    "minutes.clear",
    "DELETE FROM minutes
    WHERE partition_id = $1",
);

const CLEAR_FIGURES: Sql = Sql::both(
    "figures.clear",
    "DELETE FROM figures
    WHERE partition_id = $1",
);

const CLEARS: &[&Sql] = &[&CLEAR_STANDINGS, &CLEAR_MONTHS, &CLEAR_MINUTES, &CLEAR_FIGURES];

/// The statements of these modules.
pub(crate) const ALL: &[&[&Sql]] =
    &[CLEARS, book::ALL, minutes::ALL, months::ALL, standings::ALL, users::ALL];

/// Removes every figure, to be counted anew from the first record.
pub async fn clear(tx: &mut Tx) -> Result<(), Error> {
    for sql in CLEARS {
        // However many there were.
        tx.exec(sql.change([Partition::FIRST.into()])).await?.rows();
    }
    Ok(())
}
