//! Packages. One endpoint a file.

pub(super) mod list;
