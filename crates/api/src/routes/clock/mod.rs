//! The clock. One endpoint a file.

pub(super) mod confirm;
