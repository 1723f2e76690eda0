//! Purchases. One endpoint a file.

pub(super) mod create;
pub(super) mod get;
pub(super) mod list;
pub(super) mod receipt;
pub(super) mod validate;
