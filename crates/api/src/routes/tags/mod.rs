//! The tags on users. One endpoint a file.

pub(super) mod get;
pub(super) mod set;
