//! Grants: credits given. One endpoint a file.

pub(super) mod create;
pub(super) mod list;
