//! The credits of all users together. One endpoint a file.

pub(super) mod summary;
