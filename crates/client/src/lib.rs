//! The Rust SDK: a typed client of the HTTP API.
//!
//! ```no_run
//! # async fn example() -> Result<(), client::Error> {
//! use client::{Charge, Client, Key};
//!
//! let credits = Client::new("http://127.0.0.1:8005", "sk_...")?;
//! let charge = Charge::amount(7, "0.25".parse()?).description("one chat");
//! let spent = credits.spend(&Key::new("chat-4711"), &charge).await?;
//! println!("{} left", spent.value.balance_after);
//! # Ok(())
//! # }
//! ```
//!
//! Every call that moves credits takes an idempotency [`Key`]: the same key and
//! the same request have one effect, however often they are sent. So calls that
//! may have been lost on the way are sent again. This crate knows the wire and
//! nothing of the server behind it.

mod amount;
mod answer;
mod call;
mod calls;
mod error;
mod purchase;
mod request;

pub use amount::{Credits, ParseCreditsError};
pub use answer::{
    Answer, Balance, BatchItem, Captured, Grant, Hold, HoldStatus, Problem, Quote, Transaction,
    User,
};
pub use call::Client;
pub use error::Error;
pub use purchase::{BulkTier, CreditRate, Dollars, NewPurchase, Package, PurchaseOffer};
pub use request::{Capture, Charge, Key, NewGrant, NewHold, NewUser, Operation, Quantities};
