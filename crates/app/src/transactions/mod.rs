//! Transactions: what changed a user's balance, read from the journal.

mod explain;
mod list;
mod view;

pub use explain::{Drawn, Explanation};
pub use list::TransactionFilter;
pub(crate) use list::{Row, find_row};
pub use view::Transaction;
