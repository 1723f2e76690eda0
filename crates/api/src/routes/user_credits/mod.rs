//! The credits of a user named in the path, for who may look at everyone's. One
//! endpoint a file.

pub(super) mod balance;
pub(super) mod summary;
pub(super) mod transactions;
