//! Customers and their portal.

use serde::Deserialize;

use super::Stripe;
use super::error::StripeError;
use super::form::Form;
use super::objects::{Named, Portal, unreadable};
use crate::customers::NewCustomer;
use crate::hex::hex;
use crate::ids::CustomerId;

/// Whether a customer is one still.
#[derive(Deserialize)]
struct Known {
    #[serde(default)]
    deleted: bool,
}

impl Stripe {
    /// The same customer however often it is asked within a day; who asks keeps
    /// the answer.
    pub(crate) async fn make_customer(&self, new: &NewCustomer) -> Result<CustomerId, StripeError> {
        let form = described(new).with("email", &new.email);
        let key = format!("customer:{}:{}", hex(&new.book), new.user.number());
        let made = self.http.post_once::<Named>("/v1/customers", &key, form.clone()).await;
        let made = match made {
            Ok(Some(made)) => made,
            // Stripe failed at it once, and would say so for a day. One that it made all the
            // same pays for nobody.
            Ok(None) => self.http.post_new::<Named>("/v1/customers", form).await?,
            // The name or the address changed since.
            Err(StripeError::KeyReused) => {
                self.http.post_new::<Named>("/v1/customers", form).await?
            }
            // An address that is one to us and not to Stripe: it sends mails to nobody.
            Err(StripeError::Refused(_)) => {
                self.http.post_new::<Named>("/v1/customers", described(new)).await?
            }
            Err(error) => return Err(error),
        };
        CustomerId::parse(&made.id).map_err(|_| unreadable("the id of a customer"))
    }

    /// Whether a customer is there: one that was taken away is told as such.
    pub(super) async fn has_customer(&self, customer: &CustomerId) -> Result<bool, StripeError> {
        let path = format!("/v1/customers/{customer}");
        match self.http.get::<Known>(&path, Form::default()).await {
            Ok(known) => Ok(!known.deleted),
            Err(StripeError::NotFound) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Each opening is a page of its own, so its key is none that is kept.
    pub(crate) async fn open_portal(
        &self,
        customer: &CustomerId,
        return_url: &str,
    ) -> Result<String, StripeError> {
        let form = Form::default().with("customer", customer).with("return_url", return_url);
        self.http.post_new::<Portal>("/v1/billing_portal/sessions", form).await.map(|it| it.url)
    }
}

fn described(new: &NewCustomer) -> Form {
    Form::default().with("name", &new.name).with("metadata[user]", new.user.number())
}
