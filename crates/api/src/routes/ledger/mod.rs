//! The book as a whole. One endpoint a file.

pub(super) mod checkpoint;
pub(super) mod export;
pub(super) mod trial_balance;
pub(super) mod verify;
