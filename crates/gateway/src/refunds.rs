//! The port for money that goes back: refunds that are asked for, and what the
//! provider says of the refunds and chargebacks of a payment.
//!
//! Asking again with the same reference is the same refund. What is said is what
//! holds now, so whoever heard nothing for a while misses nothing.

use domain::{Cents, Currency, PaymentIntent, ReversalKind, ReversalState, Text};

use crate::payments::Payments;
use crate::test_gateway::TestGateway;

/// A refund that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundOrder {
    /// The same whenever this refund is asked for, and no other's.
    pub reference: [u8; 16],
    /// The payment whose money it is.
    pub intent: PaymentIntent,
    /// How much.
    pub amount: Cents,
    /// In which currency.
    pub currency: Currency,
}

/// Money of a payment that goes back, as the provider says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoneyBack {
    /// What the provider calls it: `re_…`, `dp_…`.
    pub id: Text,
    /// What it was asked with, where we asked.
    pub reference: Option<[u8; 16]>,
    /// What it is.
    pub kind: ReversalKind,
    /// Where it stands: `Returned` as soon as the refund is under way or the
    /// chargeback lost, `Kept` where it failed or was won. A bank's question
    /// that moves no money is none.
    pub state: ReversalState,
    /// How much.
    pub amount: Cents,
    /// In which currency.
    pub currency: Currency,
}

/// A payment whose refunds and chargebacks are asked for, with what we know of
/// it: the test gateway keeps nothing itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownPayment {
    /// Which.
    pub intent: PaymentIntent,
    /// How much was paid.
    pub amount: Cents,
    /// In which currency.
    pub currency: Currency,
    /// How long ago, in microseconds.
    pub age_us: i64,
    /// The refunds of it that we asked for and the provider made.
    pub refunds: Vec<MoneyBack>,
}

/// Why a refund was not made, or nothing is known of a payment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RefundError {
    /// Nobody takes payments, so nobody gives any back.
    #[error("payments are not set up")]
    NotSetUp,
    /// The provider does not make this refund, now or later.
    #[error("the provider declined the refund: {reason}")]
    Declined {
        /// In its words.
        reason: String,
    },
    /// The provider did not answer, or not so that it can be understood: it is
    /// not known whether the refund was made.
    #[error("the provider did not answer: {reason}")]
    Unavailable {
        /// Why.
        reason: String,
    },
}

impl Payments {
    /// Gives money of a payment back.
    pub async fn refund(&self, order: &RefundOrder) -> Result<MoneyBack, RefundError> {
        match self {
            Self::Test(TestGateway) => TestGateway::refund(order),
            Self::Stripe(stripe) => stripe.refund(order).await,
            Self::None => Err(RefundError::NotSetUp),
        }
    }

    /// Every refund and chargeback of a payment, as it is now.
    pub async fn money_back(&self, of: &KnownPayment) -> Result<Vec<MoneyBack>, RefundError> {
        match self {
            Self::Test(TestGateway) => TestGateway::money_back(of),
            Self::Stripe(stripe) => stripe.money_back(of).await,
            Self::None => Err(RefundError::NotSetUp),
        }
    }
}
