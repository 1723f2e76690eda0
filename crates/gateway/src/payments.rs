//! The port for payments. Whoever answers it is asked again after a crash, with
//! the same reference, and answers the same.

use domain::{Cents, Currency, PaymentIntent, PaymentMethod, PurchaseId, Time, UserId};
use secrecy::SecretString;

use crate::hex::hex;
use crate::ids::{CheckoutId, CustomerId};
use crate::stripe::{Decline, Hint, HintError, MovedMoney, Stripe, StripeError};
use crate::test_gateway::{TestAct, TestGateway};

/// The most pages of a hundred that are read at once.
const PAGES_MAX: usize = 1_000;

/// Who takes payments.
#[derive(Clone, Debug)]
pub enum Payments {
    /// The gateway that is built in, for test books.
    Test(TestGateway),
    /// Stripe.
    Stripe(Stripe),
    /// Nobody.
    None,
}

/// A payment that is asked for, with all that is known of it.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The same whenever this payment is asked for, and no other's.
    pub reference: [u8; 16],
    /// What is paid for.
    pub purchase: PurchaseId,
    /// Who gets the credits.
    pub user: UserId,
    /// What the provider calls them.
    pub customer: Option<CustomerId>,
    /// How much, by our own price.
    pub amount: Cents,
    /// In which currency.
    pub currency: Currency,
    /// How it is paid.
    pub way: Way,
    /// What the provider calls the payment, once that is known.
    pub intent: Option<PaymentIntent>,
    /// What it calls the page, once that is known.
    pub checkout: Option<CheckoutId>,
    /// When it was asked for first.
    pub begun_at: Time,
    /// When this is.
    pub now: Time,
    /// What somebody did about it in a test book.
    pub act: Option<TestAct>,
}

impl Asked {
    /// Whether the provider has no name for it yet, as far as is known.
    pub const fn is_unnamed(&self) -> bool {
        self.intent.is_none() && self.checkout.is_none()
    }
}

/// How something is paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// By an intent that the client's own page confirms, or that this payment
    /// method pays at once.
    Intent(Option<PaymentMethod>),
    /// By a payment method that was kept, while its owner is away.
    Kept(PaymentMethod),
    /// On a page of the provider's, which leads on to one of these.
    Checkout {
        /// Once it is paid.
        success_url: String,
        /// If it is not.
        cancel_url: String,
    },
}

impl Way {
    /// What pays without anybody's help.
    pub const fn method(&self) -> Option<&PaymentMethod> {
        match self {
            Self::Intent(method) => method.as_ref(),
            Self::Kept(method) => Some(method),
            Self::Checkout { .. } => None,
        }
    }
}

/// A payment as its provider has it.
#[derive(Clone, Debug)]
pub struct Payment {
    /// What it is called; a page has none until it is paid on.
    pub intent: Option<PaymentIntent>,
    /// What its page is called.
    pub checkout: Option<CheckoutId>,
    /// How much is asked for, and once it is paid, how much came in.
    pub amount: Cents,
    /// In which currency.
    pub currency: Currency,
    /// Who pays.
    pub customer: Option<CustomerId>,
    /// How far it is.
    pub state: PaymentState,
}

/// How far a payment is.
#[derive(Clone, Debug)]
pub enum PaymentState {
    /// The money came in.
    Paid,
    /// It is on its way; nobody has to do anything.
    Processing,
    /// Whoever pays has to do something.
    Open(Todo),
    /// Nothing comes in any more.
    Cancelled,
}

/// What whoever pays has to do.
#[derive(Clone, Debug)]
pub struct Todo {
    /// What.
    pub step: Step,
    /// What the client's own page does it with.
    pub client_secret: Option<SecretString>,
    /// The page it is done on.
    pub checkout_url: Option<String>,
    /// Why the last try was refused.
    pub declined: Option<Decline>,
}

/// What has to be done for a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Something to pay with.
    Method,
    /// The word to begin.
    Confirm,
    /// What the payer's bank asks for.
    Action,
}

impl Step {
    /// The word on the wire, Stripe's own.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Method => "requires_payment_method",
            Self::Confirm => "requires_confirmation",
            Self::Action => "requires_action",
        }
    }
}

/// Why a payment could not be asked for or looked at.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PaymentError {
    /// Nobody takes payments.
    #[error("payments are not set up")]
    NotSetUp,
    /// The provider's name for it can't be kept.
    #[error("the provider calls the payment what can't be kept")]
    Unnamed,
    /// The provider does not know what was named.
    #[error("the provider has no such payment")]
    NotFound,
    /// It does not take it.
    #[error(transparent)]
    Stripe(#[from] StripeError),
}

impl Payments {
    /// Whether anybody takes payments.
    pub const fn is_set_up(&self) -> bool {
        !matches!(self, Self::None)
    }

    /// Whether a payment that a client names is to be believed: the test
    /// gateway has no memory, so what it is told was paid, was.
    pub const fn believes_names(&self) -> bool {
        matches!(self, Self::Test(_))
    }

    /// Whether a book whose clock is moved takes its payments along: nobody moves
    /// Stripe's.
    pub const fn goes_by_our_clock(&self) -> bool {
        !matches!(self, Self::Stripe(_))
    }

    /// What a webhook says, if it is one of the provider's; `None` where nobody
    /// sends any.
    pub fn hint(&self, signature: &str, body: &[u8], now: Time) -> Option<Result<Hint, HintError>> {
        match self {
            Self::Stripe(stripe) => Some(stripe.hint(signature, body, now)),
            Self::Test(_) | Self::None => None,
        }
    }

    /// What happened at the provider since then, told or not. Where nobody tells
    /// anything, nothing did.
    pub async fn events_since(&self, since: Time) -> Result<Vec<Hint>, PaymentError> {
        match self {
            Self::Stripe(stripe) => Ok(stripe.events_since(since, PAGES_MAX).await?),
            Self::Test(_) | Self::None => Ok(Vec::new()),
        }
    }

    /// Every cent that moved at the provider since then.
    pub async fn moved_since(&self, since: Time) -> Result<Vec<MovedMoney>, PaymentError> {
        match self {
            Self::Stripe(stripe) => Ok(stripe.moved_since(since, PAGES_MAX).await?),
            Self::Test(_) | Self::None => Ok(Vec::new()),
        }
    }

    /// Asks for a payment, or looks how far it is if it was asked for. Nothing
    /// is charged by it.
    pub async fn progress(&self, asked: &Asked) -> Result<Payment, PaymentError> {
        if asked.amount == Cents::ZERO {
            return nothing_to_pay(asked);
        }
        match self {
            Self::Test(TestGateway) => TestGateway::progress(asked),
            Self::Stripe(stripe) => stripe.progress(asked).await,
            Self::None => Err(PaymentError::NotSetUp),
        }
    }

    /// Pays with the payment method that was named, once. Its intent must be
    /// kept before: a crash behind it would pay twice else.
    pub async fn confirm(&self, asked: &Asked) -> Result<Payment, PaymentError> {
        match self {
            Self::Stripe(stripe) if asked.amount != Cents::ZERO => stripe.confirm(asked).await,
            _ => self.progress(asked).await,
        }
    }

    /// Makes sure that nothing comes in any more; or tells that something did.
    pub async fn cancel(&self, asked: &Asked) -> Result<Payment, PaymentError> {
        if asked.amount == Cents::ZERO {
            return nothing_to_pay(asked);
        }
        match self {
            Self::Test(TestGateway) => TestGateway::cancel(asked),
            Self::Stripe(stripe) => stripe.cancel(asked).await,
            Self::None => Err(PaymentError::NotSetUp),
        }
    }
}

/// A price of nothing is paid, by a payment that no provider knows.
fn nothing_to_pay(asked: &Asked) -> Result<Payment, PaymentError> {
    Ok(Payment {
        intent: Some(named("pi_free_", &asked.reference)?),
        checkout: None,
        amount: asked.amount,
        currency: asked.currency,
        customer: asked.customer.clone(),
        state: PaymentState::Paid,
    })
}

/// A prefix and the reference: the same for the same payment.
pub(crate) fn named(prefix: &str, reference: &[u8; 16]) -> Result<PaymentIntent, PaymentError> {
    let name = format!("{prefix}{}", hex(reference));
    PaymentIntent::parse(&name).map_err(|_| PaymentError::Unnamed)
}

#[cfg(test)]
#[path = "payments_tests.rs"]
mod tests;
