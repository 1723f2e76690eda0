//! What credits cost. One endpoint a file.

pub(super) mod create;
pub(super) mod get;
pub(super) mod list;
