//! A client and the double it talks to.

use domain::{Cents, Currency, PaymentIntent, PaymentMethod, PurchaseId, Time, UserId};
use gateway::stripe::Stripe;
use gateway::{
    Asked, CheckoutId, CustomerId, NewCustomer, Payment, PaymentError, PaymentState, Payments, Way,
};
use testkit::stripe::FakeStripe;

/// Noon of 23 November 2026, UTC, in seconds.
pub(crate) const NOON: i64 = 1_795_435_200;

/// A client and the double it talks to.
pub(crate) struct Desk {
    pub(crate) fake: FakeStripe,
    pub(crate) payments: Payments,
    pub(crate) customer: CustomerId,
}

impl Desk {
    pub(crate) async fn open() -> Self {
        let fake = FakeStripe::start(NOON).await;
        let payments = Payments::Stripe(Stripe::new(fake.settings()).unwrap());
        let customer = payments.customer(&ada()).await.unwrap().unwrap();
        Self { fake, payments, customer }
    }

    /// A payment of 95 dollars.
    pub(crate) fn asked(&self, way: Way) -> Asked {
        Asked {
            reference: [7; 16],
            purchase: PurchaseId::from_number(3),
            user: UserId::from_number(1),
            customer: Some(self.customer.clone()),
            amount: Cents::from_count(9_500),
            currency: Currency::USD,
            way,
            intent: None,
            checkout: None,
            begun_at: Time::from_micros(NOON * Time::SECOND),
            now: Time::from_micros(NOON * Time::SECOND),
            act: None,
        }
    }

    pub(crate) async fn progress(&self, asked: &Asked) -> Result<Payment, PaymentError> {
        self.payments.progress(asked).await
    }
}

pub(crate) fn ada() -> NewCustomer {
    NewCustomer {
        user: UserId::from_number(1),
        book: [8; 16],
        email: "ada@example.com".to_owned(),
        name: "Ada".to_owned(),
    }
}

pub(crate) fn by(method: &str) -> Way {
    Way::Intent(Some(PaymentMethod::parse(method).unwrap()))
}

pub(crate) fn page() -> Way {
    let (success_url, cancel_url) = ("https://a.example/yes".into(), "https://a.example/no".into());
    Way::Checkout { success_url, cancel_url }
}

/// The same, once what it is called is kept.
pub(crate) fn named(asked: &Asked, payment: &Payment) -> Asked {
    let (intent, checkout) = (payment.intent.clone(), payment.checkout.clone());
    Asked { intent, checkout, ..asked.clone() }
}

pub(crate) fn intent(payment: &Payment) -> String {
    payment.intent.as_ref().map(PaymentIntent::to_string).expect("an intent")
}

pub(crate) fn checkout(payment: &Payment) -> String {
    payment.checkout.as_ref().map(CheckoutId::to_string).expect("a page")
}

/// How far it is, in a word.
pub(crate) fn word(payment: &Payment) -> String {
    match &payment.state {
        PaymentState::Paid => "paid".to_owned(),
        PaymentState::Processing => "processing".to_owned(),
        PaymentState::Cancelled => "cancelled".to_owned(),
        PaymentState::Open(todo) => {
            let declined = todo.declined.as_ref().map(|decline| format!(", {decline}"));
            format!("{}{}", todo.step.as_str(), declined.unwrap_or_default())
        }
    }
}
