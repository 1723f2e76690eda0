//! What the product asks of others: that money was paid and by whom, that it goes back, and
//! that periods are billed.
//!
//! A port is an enum with an arm for each who can answer it. This crate must
//! not know SQL, the HTTP server or use cases.

#![deny(clippy::as_conversions, clippy::float_arithmetic, clippy::arithmetic_side_effects)]

mod billing;
mod card_setups;
mod customers;
mod hex;
mod ids;
mod packages;
mod payments;
mod refunds;
pub mod stripe;
mod test_billing;
mod test_gateway;
mod test_refunds;

pub use billing::{
    Begun, Billed, BilledAs, BilledPrice, BillingError, Charge, Invoice, InvoiceStatus, Renewal,
    Standing,
};
pub use card_setups::CardSetup;
pub use customers::NewCustomer;
pub use ids::{CheckoutId, CustomerId, NotAnId, PriceId, ProductId};
pub use packages::{Offered, Sold};
pub use payments::{Asked, Payment, PaymentError, PaymentState, Payments, Step, Todo, Way};
pub use refunds::{KnownPayment, MoneyBack, RefundError, RefundOrder};
pub use test_billing::TRIES_AFTER_US;
pub use test_gateway::{LATER_US, TestAct, TestGateway};
