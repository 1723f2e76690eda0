//! What the product asks of others: today, that money was paid.
//!
//! A port is an enum with an arm for each who can answer it. This crate must
//! not know SQL, the HTTP server or use cases.

#![deny(clippy::as_conversions, clippy::float_arithmetic, clippy::arithmetic_side_effects)]

mod payments;
mod test_gateway;

pub use payments::{Payment, PaymentError, Payments, Settled};
pub use test_gateway::TestGateway;
