//! The gateway of test books: it settles at once, and its intents say that they
//! are no money. This module must not know what is bought.

use std::fmt::Write as _;

use domain::PaymentIntent;

use crate::payments::{Payment, PaymentError, Settled};

/// Settles whatever it is asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct TestGateway;

impl TestGateway {
    pub(crate) fn settle(payment: &Payment) -> Result<Settled, PaymentError> {
        let intent = match &payment.intent {
            Some(intent) => intent.clone(),
            None => Self::intent(&payment.reference)?,
        };
        Ok(Settled { intent, amount: payment.amount, currency: payment.currency })
    }

    /// `pi_test_` and the reference: the same for the same payment.
    fn intent(reference: &[u8; 16]) -> Result<PaymentIntent, PaymentError> {
        let digits = reference.iter().try_fold(String::new(), |mut digits, byte| {
            write!(digits, "{byte:02x}").map(|()| digits)
        });
        let digits = digits.map_err(|_| PaymentError::Unnamed)?;
        PaymentIntent::parse(&format!("pi_test_{digits}")).map_err(|_| PaymentError::Unnamed)
    }
}
