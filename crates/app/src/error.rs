//! Why a use case did not do what was asked. This module must not know status
//! codes or wire formats.

use domain::{Cents, NotApplicable, ParseError, Refusal};
use gateway::PaymentError;
use gateway::stripe::StripeError;

use crate::attempts::Guessed;
use crate::consumer::ConsumerError;
use crate::ledger::{How, SubmitError};
use crate::purchases::PaymentNeeded;
use crate::reversals::RefundRefusal;
use crate::subscriptions::SubscriptionRefusal;

/// Why a use case did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is not there, or not for this caller to see: both look the same.
    #[error("there is no such thing")]
    NotFound,
    /// The caller may not do it.
    #[error("this caller is not allowed to do that")]
    Forbidden,
    /// Fields that can't be used as they are.
    #[error("the request is invalid")]
    Invalid(Vec<Invalid>),
    /// The key was used for another request beside the ledger. The ledger's own
    /// is [`Refusal::KeyReused`] in [`Error::Submit`].
    #[error("this key was used for another request")]
    KeyReused,
    /// A payment would be less than the least there is.
    #[error("a payment is at least {least}")]
    BelowMinimum {
        /// The least, in dollars.
        least: Cents,
    },
    /// The promotion that was asked for does not hold.
    #[error("the promotion {why}")]
    Promotion {
        /// Why.
        why: NotApplicable,
        /// Whether that was the outcome of the key before.
        how: How,
        /// The field that asked for it.
        field: &'static str,
    },
    /// A payment is needed, and what there is to do for it.
    #[error("a payment is needed")]
    PaymentRequired(Box<PaymentNeeded>),
    /// Nothing comes of the payment any more, so nothing was bought.
    #[error("the payment was cancelled")]
    PaymentCancelled,
    /// It is not signed by who it is said to be from.
    #[error("the signature is not valid")]
    Signature,
    /// Nobody takes payments in this book.
    #[error("payments are not set up")]
    PaymentsNotSetUp,
    /// A payment is needed that its payer has to confirm, or that was not made yet.
    #[error("a payment is needed")]
    PaymentNeeded {
        /// What it is confirmed with: a client secret or the address of a page.
        confirm: Option<String>,
    },
    /// The payment was declined. Another one is made with a new key.
    #[error("the payment was declined")]
    PaymentDeclined,
    /// A subscription is not what was asked: the outcome of its key.
    #[error("{refusal}")]
    Subscription {
        /// Why.
        refusal: SubscriptionRefusal,
        /// Whether an earlier use of the key was answered so.
        how: How,
    },
    /// Staff's refund is not made.
    #[error("{refusal}")]
    Refund {
        /// Why.
        refusal: RefundRefusal,
        /// Now, or by an earlier use of its key.
        how: How,
    },
    /// Nobody is signed in.
    #[error(transparent)]
    SignIn(#[from] SignInError),
    /// What could be guessed was tried too often; this try was not looked at.
    #[error("too many {of}")]
    TooManyTries {
        /// What.
        of: Guessed,
        /// When to try the next, in seconds.
        wait_s: i64,
    },
    /// An atomic batch was refused because of one of its operations.
    #[error("operation {index} was refused")]
    Operation {
        /// Its place, from 0.
        index: usize,
        /// Why.
        source: Box<Error>,
    },
    /// The ledger refused it, or could not decide it.
    #[error(transparent)]
    Submit(SubmitError),
    /// The rest: nobody who called can do anything about it.
    #[error("an internal error")]
    Internal(#[source] Cause),
}

/// Why nobody is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// No user has this address with this password; which of the two is wrong
    /// is not told.
    #[error("no user has this address with this password")]
    Wrong,
    /// The user is suspended.
    #[error("the account is suspended")]
    Suspended,
    /// People can't make accounts themselves here.
    #[error("accounts are made by an admin here")]
    Closed,
    /// More passwords wait to be hashed than are taken.
    #[error("too many people sign in at once")]
    Busy,
}

/// What is behind an internal error.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// A field that can't be used as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// Where it is: a JSON pointer into the request, `/expires_in`.
    pub pointer: String,
    /// What is wrong, to be read behind the field's name.
    pub detail: String,
}

impl Invalid {
    /// A field and what is wrong with it.
    pub fn new(pointer: &str, detail: impl std::fmt::Display) -> Self {
        Self { pointer: pointer.to_owned(), detail: detail.to_string() }
    }
}

impl Error {
    /// One field that can't be used as it is.
    pub fn invalid(pointer: &str, detail: impl std::fmt::Display) -> Self {
        Self::Invalid(vec![Invalid::new(pointer, detail)])
    }

    /// An internal error that no other error is behind.
    pub(crate) fn internal(what: impl Into<Cause>) -> Self {
        Self::Internal(what.into())
    }

    /// Whether it repeats an earlier answer to the same key.
    pub const fn how(&self) -> How {
        match self {
            Self::Submit(SubmitError::Refused { how, .. })
            | Self::Refund { how, .. }
            | Self::Subscription { how, .. }
            | Self::Promotion { how, .. } => *how,
            _ => How::Applied,
        }
    }
}

impl From<SubmitError> for Error {
    fn from(error: SubmitError) -> Self {
        match error {
            SubmitError::Refused {
                refusal:
                    Refusal::UnknownWallet
                    | Refusal::UnknownHold
                    | Refusal::UnknownGrant
                    | Refusal::UnknownRecord,
                ..
            } => Self::NotFound,
            other => Self::Submit(other),
        }
    }
}

impl From<store::Error> for Error {
    /// What may go better in a moment can be sent again with its key.
    fn from(error: store::Error) -> Self {
        if let store::Error::Stopped(_) = error {
            return Self::Submit(SubmitError::Stopped);
        }
        if let store::Error::CommitUnknown(_) = error {
            tracing::warn!(%error, "store.commit_unknown");
            return Self::Submit(SubmitError::Unknown);
        }
        if error.is_passing() {
            tracing::warn!(%error, "store.away");
            return Self::Submit(SubmitError::Overloaded);
        }
        Self::Internal(Box::new(error))
    }
}

impl From<gateway::BillingError> for Error {
    fn from(error: gateway::BillingError) -> Self {
        use gateway::BillingError::{Away, NotSetUp, PaymentMethod, Unexpected};
        match error {
            NotSetUp => Self::PaymentsNotSetUp,
            PaymentMethod => Self::invalid("/payment_method", "can't be used"),
            Away(_) => {
                tracing::warn!(%error, "billing.away");
                Self::Submit(SubmitError::Overloaded)
            }
            Unexpected(_) => Self::internal(error),
        }
    }
}

impl From<PaymentError> for Error {
    /// A provider that is away can be asked again with the same key.
    fn from(error: PaymentError) -> Self {
        match error {
            PaymentError::NotSetUp => Self::PaymentsNotSetUp,
            PaymentError::Stripe(StripeError::Away(_) | StripeError::Unauthenticated) => {
                tracing::warn!(%error, "payments.away");
                Self::Submit(SubmitError::Overloaded)
            }
            PaymentError::Unnamed | PaymentError::NotFound | PaymentError::Stripe(_) => {
                Self::internal(error)
            }
        }
    }
}

impl From<ConsumerError> for Error {
    fn from(error: ConsumerError) -> Self {
        Self::Internal(Box::new(error))
    }
}

impl From<ledger::ClockJump> for Error {
    fn from(jump: ledger::ClockJump) -> Self {
        Self::Submit(jump.into())
    }
}

/// A stored word that does not parse any more.
pub(crate) fn stored(what: &'static str) -> impl FnOnce(ParseError) -> Error {
    move |error| Error::internal(format!("a stored {what} {error}"))
}
