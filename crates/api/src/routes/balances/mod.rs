//! Balances. One endpoint a file.

pub(super) mod get;
