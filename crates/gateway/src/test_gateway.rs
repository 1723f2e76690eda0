//! The gateway of test books: it settles at once, and its intents say that they
//! are no money. Some words have it decline, ask for more, or pay later. It
//! remembers nothing: how far a payment is follows from what it is asked with.
//!
//! This module must not know what is bought.

use domain::{PaymentMethod, Time};

use crate::hex::hex;
use crate::ids::CheckoutId;
use crate::payments::{Asked, Payment, PaymentError, PaymentState, Step, Todo, Way, named};
use crate::stripe::Decline;

/// How long a payment takes that comes later, by the book's clock.
pub const LATER_US: i64 = Time::DAY;

/// Settles what it is asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct TestGateway;

/// What somebody did about a payment in a test book, as a payer would.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestAct {
    /// Paid it, or did what the bank asked for.
    Pay,
    /// Had the bank refuse it.
    Decline,
    /// Ended it.
    Cancel,
}

impl TestAct {
    /// The word it is kept as.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pay => "pay",
            Self::Decline => "decline",
            Self::Cancel => "cancel",
        }
    }

    /// The act of that word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Pay, Self::Decline, Self::Cancel].into_iter().find(|act| act.as_str() == word)
    }
}

/// What a payment does by itself. Stripe's own names of test cards hold these
/// words, and so may the name of an intent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    /// It is paid at once.
    Paid,
    /// The card is refused.
    Declined(Option<&'static str>),
    /// The payer's bank asks for more.
    Action,
    /// It is paid a day later.
    Later,
    /// Nobody pays it by itself.
    Unpaid,
}

/// The words, the longer ones first.
const WORDS: [(&str, Word); 5] = [
    ("chargeDeclinedInsufficientFunds", Word::Declined(Some("insufficient_funds"))),
    ("chargeDeclined", Word::Declined(None)),
    ("authenticationRequired", Word::Action),
    ("processing", Word::Later),
    ("unpaid", Word::Unpaid),
];

impl Word {
    fn of(asked: &Asked) -> Self {
        let name = match &asked.way {
            Way::Checkout { .. } => return Self::Unpaid,
            Way::Intent(None) => asked.intent.as_ref().map(domain::PaymentIntent::as_str),
            Way::Intent(Some(method)) | Way::Kept(method) => Some(PaymentMethod::as_str(method)),
        };
        let name = name.unwrap_or_default();
        let found = WORDS.iter().find(|(word, _)| name.contains(word));
        found.map_or(Self::Paid, |(_, word)| *word)
    }
}

impl TestGateway {
    /// The path of the page that a payment of a test book is made on.
    pub const CHECKOUT_PATH: &'static str = "/test/checkout/";

    pub(crate) fn progress(asked: &Asked) -> Result<Payment, PaymentError> {
        let state = match (asked.act, Word::of(asked)) {
            (Some(TestAct::Pay), _) | (None, Word::Paid) => PaymentState::Paid,
            (Some(TestAct::Cancel), _) => PaymentState::Cancelled,
            (Some(TestAct::Decline), _) => todo(asked, Step::Method, Some(declined(None))),
            (None, Word::Declined(reason)) => todo(asked, Step::Method, Some(declined(reason))),
            (None, Word::Action) => todo(asked, Step::Action, None),
            (None, Word::Unpaid) => todo(asked, Step::Method, None),
            (None, Word::Later) if asked.now.since(asked.begun_at) >= LATER_US => {
                PaymentState::Paid
            }
            (None, Word::Later) => PaymentState::Processing,
        };
        payment(asked, state)
    }

    /// Who cancels keeps that it is cancelled.
    pub(crate) fn cancel(asked: &Asked) -> Result<Payment, PaymentError> {
        let payment = Self::progress(asked)?;
        match payment.state {
            PaymentState::Open(_) => Ok(Payment { state: PaymentState::Cancelled, ..payment }),
            _ => Ok(payment),
        }
    }
}

fn payment(asked: &Asked, state: PaymentState) -> Result<Payment, PaymentError> {
    let intent = match &asked.intent {
        Some(intent) => intent.clone(),
        None => named("pi_test_", &asked.reference)?,
    };
    let checkout = match asked.way {
        Way::Checkout { .. } => Some(format!("cs_test_{}", hex(&asked.reference))),
        Way::Intent(_) | Way::Kept(_) => None,
    };
    let checkout = checkout.map(|id| CheckoutId::parse(&id)).transpose();
    Ok(Payment {
        intent: Some(intent),
        checkout: checkout.map_err(|_| PaymentError::Unnamed)?,
        amount: asked.amount,
        currency: asked.currency,
        customer: asked.customer.clone(),
        state,
    })
}

fn todo(asked: &Asked, step: Step, declined: Option<Decline>) -> PaymentState {
    let digits = hex(&asked.reference);
    PaymentState::Open(Todo {
        step,
        client_secret: Some(format!("pi_test_{digits}_secret_test").into()),
        checkout_url: Some(format!("{}cs_test_{digits}", TestGateway::CHECKOUT_PATH)),
        declined,
    })
}

fn declined(reason: Option<&str>) -> Decline {
    Decline { code: "card_declined".to_owned(), reason: reason.map(str::to_owned) }
}
