//! The tables folded from the journal, each row as the last record in it left it.
//!
//! A row carries `seq`, that record; a write is absolute and only ever makes it
//! later. So rows may be written in any order, twice, and by anyone who has the
//! records, and a crash between two of them is harmless. This module must not
//! know a rule about credits: it stores what records say.

mod change;
mod chunk;
mod grants;
mod history;
mod holds;
mod keys;
mod progress;
mod refunds;
mod wallets;

pub use chunk::{Chunk, Slice};
pub use grants::{GrantFilter, count_grants, find_grant, list_grants};
pub use history::{HistoryFilter, HistoryRow, count_history, find_history_at, list_history};
pub use holds::{count_holds, find_hold, list_holds};
pub use keys::{KeyPlace, find_key, key_era, keys_after};
pub use progress::{due_wallets, projected, set_projected};
pub use refunds::{RefundRow, find_refunded};
pub use wallets::{find_wallet, find_wallet_of, find_wallets};

use crate::query::Sql;

/// The statements of these modules.
pub(crate) const ALL: &[&[&Sql]] =
    &[grants::ALL, history::ALL, holds::ALL, keys::ALL, progress::ALL, refunds::ALL, wallets::ALL];
