//! The port for payments. Whoever answers it is asked again after a crash, with
//! the same reference, and answers the same.

use domain::{Cents, Currency, PaymentIntent};

use crate::test_gateway::TestGateway;

/// Who takes payments.
#[derive(Clone, Debug)]
pub enum Payments {
    /// The gateway that is built in, for test books.
    Test(TestGateway),
    /// Nobody.
    None,
}

/// A payment that is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// The same whenever this payment is asked for, and no other's.
    pub reference: [u8; 16],
    /// The intent the buyer says they paid with.
    pub intent: Option<PaymentIntent>,
    /// How much, by our own price.
    pub amount: Cents,
    /// In which currency.
    pub currency: Currency,
}

/// Money that came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// What the provider calls the payment.
    pub intent: PaymentIntent,
    /// How much came in.
    pub amount: Cents,
    /// In which currency.
    pub currency: Currency,
}

/// Why no money came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PaymentError {
    /// Nobody takes payments.
    #[error("payments are not set up")]
    NotSetUp,
    /// The provider's name for it can't be kept.
    #[error("the provider calls the payment what can't be kept")]
    Unnamed,
}

impl Payments {
    /// Whether anybody takes payments.
    pub const fn is_set_up(&self) -> bool {
        !matches!(self, Self::None)
    }

    /// What came in for a payment.
    #[expect(clippy::unused_async, reason = "a provider is asked over the network")]
    pub async fn settle(&self, payment: &Payment) -> Result<Settled, PaymentError> {
        match self {
            Self::Test(TestGateway) => TestGateway::settle(payment),
            Self::None => Err(PaymentError::NotSetUp),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payment(intent: Option<&str>) -> Payment {
        Payment {
            reference: [7; 16],
            intent: intent.map(|id| PaymentIntent::parse(id).unwrap()),
            amount: Cents::from_count(50),
            currency: Currency::USD,
        }
    }

    #[tokio::test]
    async fn nobody_takes_no_payment() {
        assert!(!Payments::None.is_set_up());
        let settled = Payments::None.settle(&payment(None)).await;
        assert_eq!(settled, Err(PaymentError::NotSetUp));
    }

    #[tokio::test]
    async fn the_test_gateway_settles_our_amount_at_once_and_the_same_again() {
        let gateway = Payments::Test(TestGateway);
        let settled = gateway.settle(&payment(None)).await.unwrap();
        assert_eq!(settled.intent.as_str(), "pi_test_07070707070707070707070707070707");
        assert_eq!(settled.amount, Cents::from_count(50));
        assert_eq!(gateway.settle(&payment(None)).await, Ok(settled));
        let named = gateway.settle(&payment(Some("pi_3Pq9"))).await.unwrap();
        assert_eq!(named.intent.as_str(), "pi_3Pq9");
    }
}
