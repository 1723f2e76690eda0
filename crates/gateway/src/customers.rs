//! Who pays, as the provider knows them, and the page where they look after
//! what they pay with.

use domain::UserId;

use crate::ids::CustomerId;
use crate::payments::{PaymentError, Payments};

/// Somebody the provider is to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCustomer {
    /// Who.
    pub user: UserId,
    /// Which book they are in: two books may share one account.
    pub book: [u8; 16],
    /// Where receipts go.
    pub email: String,
    /// What they are called.
    pub name: String,
}

impl Payments {
    /// Whether it calls our users anything.
    pub const fn knows_customers(&self) -> bool {
        matches!(self, Self::Stripe(_))
    }

    /// What the provider calls somebody, made if it does not know them. The
    /// built-in gateway knows nobody.
    pub async fn customer(&self, new: &NewCustomer) -> Result<Option<CustomerId>, PaymentError> {
        match self {
            Self::Test(_) => Ok(None),
            Self::Stripe(stripe) => Ok(Some(stripe.make_customer(new).await?)),
            Self::None => Err(PaymentError::NotSetUp),
        }
    }

    /// The page where a customer looks after what they pay with; it leads back
    /// to `return_url`. The built-in gateway has none.
    pub async fn portal(
        &self,
        customer: Option<&CustomerId>,
        return_url: &str,
    ) -> Result<String, PaymentError> {
        match (self, customer) {
            (Self::Test(_), _) => Ok(return_url.to_owned()),
            (Self::Stripe(stripe), Some(customer)) => {
                Ok(stripe.open_portal(customer, return_url).await?)
            }
            (Self::Stripe(_), None) => Err(PaymentError::NotFound),
            (Self::None, _) => Err(PaymentError::NotSetUp),
        }
    }
}
