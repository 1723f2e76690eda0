//! Refunds and chargebacks. One endpoint a file.

pub(super) mod get;
pub(super) mod list;
pub(super) mod sync;
