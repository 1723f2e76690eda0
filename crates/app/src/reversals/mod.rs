//! Reversals: money of a payment that goes back, and the credits that go with
//! it. A refund that staff ask for is an intent row, then the provider, then the
//! credits, step by step; a refund or chargeback made elsewhere is heard of and
//! goes the same way from there. This module must not know who is asked.

mod ask;
mod begin;
mod bought;
mod finish;
mod list;
mod mail;
mod order;
mod settle;
mod sync;
mod view;

pub use ask::{RefundOf, RefundRequest};
pub use sync::Synced;
pub use view::ReversalView;

use domain::Cents;

/// Why staff's refund is not made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RefundRefusal {
    /// The payment has not bought anything yet, or cost nothing.
    #[error("there is no money to give back")]
    NotPaid,
    /// More than is left of the payment: the rest went back, is on its way, or
    /// a bank decides about it.
    #[error("{}", exceeds(*.requested, *.refundable))]
    Exceeds {
        /// What was asked for.
        requested: Cents,
        /// What is left.
        refundable: Cents,
    },
    /// The provider does not make it.
    #[error("the payment provider declined the refund: {reason}")]
    Declined {
        /// In its words.
        reason: String,
    },
}

fn exceeds(requested: Cents, refundable: Cents) -> String {
    if refundable == Cents::ZERO {
        return "nothing is left to refund".to_owned();
    }
    format!("${} is more than the ${} left to refund", requested.to_price(), refundable.to_price())
}
