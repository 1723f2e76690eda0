//! Packages. One endpoint a file.

pub(super) mod all;
pub(super) mod create;
pub(super) mod get;
pub(super) mod list;
pub(super) mod update;
