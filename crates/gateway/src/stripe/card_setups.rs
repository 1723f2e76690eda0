//! Cards that pay once a trial is over. Stripe makes a setup intent with a subscription
//! that nothing is paid for yet, and tries it where a card was named. What its owner has
//! to confirm is pending until they did.

use domain::Text;
use serde::Deserialize;

use super::Stripe;
use super::error::StripeError;
use super::form::Form;
use super::objects::{LastError, Named};
use super::subscription::{Subscription, text};
use crate::billing::Billed;
use crate::card_setups::CardSetup;
use crate::hex::hex;
use crate::payments::Step;

/// That a card may be charged while its owner is away.
#[derive(Deserialize)]
struct SetupIntent {
    status: String,
    #[serde(default)]
    client_secret: Option<String>,
    #[serde(default)]
    payment_method: Option<String>,
    #[serde(default)]
    last_setup_error: Option<LastError>,
}

impl Stripe {
    /// What the subscriber of a trial has to confirm, by its name. What Stripe does not say
    /// of it keeps no trial from beginning: it is looked at later.
    pub(super) async fn new_card_setup(
        &self,
        billed: &Billed,
        of: &Subscription,
    ) -> Result<Option<Text>, StripeError> {
        let Some(id) = &of.pending_setup_intent else { return Ok(None) };
        let name = text(id, "the id of a setup intent")?;
        match self.try_card_setup(billed, &name).await {
            Ok(asks) => Ok(asks.map(|_| name)),
            Err(error) => {
                tracing::warn!(%error, setup = %name, "stripe.card_not_looked_at");
                Ok(Some(name))
            }
        }
    }

    /// What Stripe did not try with the card that was named is tried, once.
    async fn try_card_setup(
        &self,
        billed: &Billed,
        name: &Text,
    ) -> Result<Option<CardSetup>, StripeError> {
        let made = self.find_card_setup(name).await?;
        let waits = made.is_some_and(|it| it.status == "requires_confirmation");
        if waits && billed.payment_method.is_some() {
            self.confirm_card_setup(billed, name).await?;
        }
        self.card_setup(billed, name).await
    }

    pub(crate) async fn card_setup(
        &self,
        billed: &Billed,
        name: &Text,
    ) -> Result<Option<CardSetup>, StripeError> {
        let Some(made) = self.find_card_setup(name).await? else { return Ok(None) };
        let step = match made.status.as_str() {
            "requires_payment_method" => Step::Method,
            "requires_confirmation" => Step::Confirm,
            "requires_action" => Step::Action,
            "processing" => {
                let (client_secret, declined) = (None, None);
                return Ok(Some(CardSetup { status: "processing", client_secret, declined }));
            }
            // Confirmed, or cancelled by somebody.
            _ => {
                let confirmed = made.payment_method.filter(|_| made.status == "succeeded");
                if let Some(method) = confirmed {
                    self.pay_by(billed, &method).await?;
                }
                return Ok(None);
            }
        };
        let client_secret = made.client_secret.map(Into::into);
        let declined = made.last_setup_error.map(Into::into);
        Ok(Some(CardSetup { status: step.as_str(), client_secret, declined }))
    }

    async fn find_card_setup(&self, name: &Text) -> Result<Option<SetupIntent>, StripeError> {
        let path = format!("/v1/setup_intents/{name}");
        match self.http.get(&path, Form::default()).await {
            Ok(made) => Ok(Some(made)),
            Err(StripeError::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn confirm_card_setup(&self, billed: &Billed, name: &Text) -> Result<(), StripeError> {
        let path = format!("/v1/setup_intents/{name}/confirm");
        let key = format!("subscription:{}:setup", hex(&billed.reference));
        match self.http.post_by_state::<Named>(&path, &key, Form::default()).await {
            // What came of it, it says itself.
            Ok(_) | Err(StripeError::Declined(_) | StripeError::Refused(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Has a card that was confirmed pay for the subscription, where it does not yet:
    /// another one was named before it.
    async fn pay_by(&self, billed: &Billed, method: &str) -> Result<(), StripeError> {
        let found = self.find_subscription(billed).await?;
        let pays = |it: &Subscription| it.default_payment_method.as_deref() == Some(method);
        let Some(of) = found.filter(|it| !it.is_over() && !pays(it)) else { return Ok(()) };
        let path = format!("/v1/subscriptions/{}", of.id);
        let form = Form::default().with("default_payment_method", method);
        match self.http.post_new::<Named>(&path, form).await {
            // It was taken away since: the first payment tells.
            Ok(_) | Err(StripeError::NotFound | StripeError::Refused(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
