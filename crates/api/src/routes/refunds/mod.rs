//! Refunds by staff. One endpoint a file.

pub(super) mod create;
pub(super) mod create_by_payment;
