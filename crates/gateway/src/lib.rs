//! What the product asks of others: that money was paid, and that it goes back.
//!
//! A port is an enum with an arm for each who can answer it. This crate must
//! not know SQL, the HTTP server or use cases.

#![deny(clippy::as_conversions, clippy::float_arithmetic, clippy::arithmetic_side_effects)]

mod hex;
mod payments;
mod refunds;
mod test_gateway;
mod test_refunds;

pub use payments::{Payment, PaymentError, Payments, Settled};
pub use refunds::{KnownPayment, MoneyBack, RefundError, RefundOrder};
pub use test_gateway::TestGateway;
