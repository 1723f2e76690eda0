//! The port for what is confirmed before anything is paid: that a card may be charged
//! while its owner is away. Who bills makes it with a trial, and has the card pay once it
//! is confirmed.

use domain::{Text, Time};
use secrecy::{ExposeSecret as _, SecretString};

use crate::billing::{Billed, BillingError};
use crate::payments::Payments;
use crate::stripe::Decline;
use crate::test_gateway::TestGateway;

/// A card that its owner has to name or to confirm.
#[derive(Clone, Debug)]
pub struct CardSetup {
    /// How far it is, in the provider's words: `requires_payment_method`,
    /// `requires_confirmation`, `requires_action`, `processing`.
    pub status: &'static str,
    /// What the client's own page confirms it with; none where nobody has to do anything.
    pub client_secret: Option<SecretString>,
    /// Why the last card was refused.
    pub declined: Option<Decline>,
}

impl PartialEq for CardSetup {
    fn eq(&self, other: &Self) -> bool {
        let secret = |of: &Self| of.client_secret.as_ref().map(|it| it.expose_secret().to_owned());
        (self.status, secret(self), &self.declined)
            == (other.status, secret(other), &other.declined)
    }
}

impl Eq for CardSetup {}

impl Payments {
    /// What is still to be confirmed of the card that pays for a subscription behind its
    /// trial; `None` once nothing is: what was confirmed pays from then on. Its name is the
    /// one that [`Payments::subscribe`] told.
    pub async fn card_setup(
        &self,
        billed: &Billed,
        name: &Text,
        now: Time,
    ) -> Result<Option<CardSetup>, BillingError> {
        match self {
            Self::Test(TestGateway) => Ok(TestGateway::card_setup(billed, now)),
            Self::Stripe(stripe) => Ok(stripe.card_setup(billed, name).await?),
            Self::None => Err(BillingError::NotSetUp),
        }
    }
}
