//! Transactions: what changed a balance. One endpoint a file.

pub(super) mod explain;
pub(super) mod get;
pub(super) mod list;
