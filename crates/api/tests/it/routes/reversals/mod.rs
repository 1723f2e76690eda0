//! Refunds and chargebacks.

mod get;
mod list;
mod sync;
