//! What credits cost. One endpoint a file.

pub(super) mod get;
