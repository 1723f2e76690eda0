//! Purchases. One endpoint a file.

pub(super) mod create;
pub(super) mod validate;
