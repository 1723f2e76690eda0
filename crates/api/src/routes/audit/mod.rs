//! The audit log. One endpoint a file.

pub(super) mod list;
