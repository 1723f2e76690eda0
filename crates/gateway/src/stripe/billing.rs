//! Billing by Stripe: a subscription is made unpaid and paid in a call of its
//! own, so that a declined card is an answer; and what it is told of the next
//! boundary.
//!
//! Stripe counts months from the second it made a subscription, by its own clock.
//! It tells that second with the subscription, and our boundaries are its from
//! then on.

use domain::{PaymentMethod, Period, Time};

use super::Stripe;
use super::catalogue::{MonthlyPrice, Price};
use super::charges::{KEYS_MAX, numbered};
use super::error::StripeError;
use super::form::Form;
use super::objects::{Named, unreadable};
use super::subscription::{Subscription, text};
use crate::billing::{Begun, Billed, BilledPrice, BillingError, Invoice, Renewal};
use crate::hex::hex;
use crate::ids::CustomerId;
use crate::packages::{price_key, product_id};

impl Stripe {
    pub(crate) async fn subscribe(
        &self,
        billed: &Billed,
        now: Time,
    ) -> Result<Begun, BillingError> {
        let made = match self.find_subscription(billed).await? {
            Some(made) => made,
            None => self.make_subscription(billed).await?,
        };
        made.item()?.price.check(month(&billed.price))?;
        let (known, anchor_at) = (made.known()?, made.anchor_at());
        let (first, setup) = if billed.first.number > 0 {
            (Some(self.first_payment(billed, &made, now).await?), None)
        } else {
            (None, self.new_card_setup(billed, &made).await?)
        };
        Ok(Begun { known, first, setup, anchor_at })
    }

    /// The same, and nothing is made or paid by it.
    pub(crate) async fn subscribed(
        &self,
        billed: &Billed,
        now: Time,
    ) -> Result<Option<Begun>, BillingError> {
        let Some(made) = self.find_subscription(billed).await? else { return Ok(None) };
        let (known, anchor_at) = (made.known()?, made.anchor_at());
        let first = if billed.first.number > 0 {
            Some(self.first_as_it_is(&made, now).await?)
        } else {
            None
        };
        let pending = made.pending_setup_intent.as_deref().filter(|_| first.is_none());
        let setup = pending.map(|id| text(id, "the id of a setup intent")).transpose()?;
        Ok(Some(Begun { known, first, setup, anchor_at }))
    }

    async fn make_subscription(&self, billed: &Billed) -> Result<Subscription, BillingError> {
        let customer = billed.customer.as_ref();
        let customer = customer.ok_or_else(|| unreadable("a subscriber without a name"))?;
        let reference = hex(&billed.reference);
        let price = self.price_of(billed, &billed.price).await?;
        let method = self.keep_method(billed).await?;
        let saved = "payment_settings[save_default_payment_method]";
        let form = Form::default()
            .with("customer", customer)
            .with("items[0][price]", price)
            .with("payment_behavior", "default_incomplete")
            .with("proration_behavior", "none")
            .with(saved, "on_subscription")
            .with("metadata[reference]", &reference)
            .with("metadata[told]", Renewal::Renew(billed.price.clone()).word())
            .maybe("default_payment_method", method)
            // Not when it ends: the same request a second later were another one.
            .maybe("trial_period_days", trial_days(billed));
        for again in 0..KEYS_MAX {
            let key = format!("subscription:{reference}{}", numbered(again));
            if let Some(made) = self.http.post_once("/v1/subscriptions", &key, form.clone()).await?
            {
                return Ok(made);
            }
            // Stripe failed at it, and may have made it all the same.
            if let Some(made) = self.find_subscription(billed).await? {
                return Ok(made);
            }
        }
        Err(BillingError::Away("it makes no subscription".to_owned()))
    }

    /// Has the subscriber's way to pay be theirs; Stripe's name for it then.
    async fn keep_method(&self, billed: &Billed) -> Result<Option<String>, BillingError> {
        let (Some(method), Some(customer)) = (&billed.payment_method, &billed.customer) else {
            return Ok(None);
        };
        // A word of Stripe's for a test card is another card each time it is attached: the
        // subscription is asked for again with the same one.
        let key = format!("subscription:{}:method", hex(&billed.reference));
        self.attach(customer, method, Some(&key)).await.map(Some)
    }

    /// Has a way to pay be a customer's: only such a one pays twice. Without a key it is
    /// looked at anew each time: it may have been taken away since.
    pub(crate) async fn attach(
        &self,
        customer: &CustomerId,
        method: &PaymentMethod,
        key: Option<&str>,
    ) -> Result<String, BillingError> {
        let path = format!("/v1/payment_methods/{}/attach", method.as_str());
        let form = Form::default().with("customer", customer);
        let attached = match key {
            Some(key) => self.http.post_by_state::<Named>(&path, key, form).await,
            None => self.http.post_new::<Named>(&path, form).await,
        };
        match attached {
            Ok(kept) => Ok(kept.id),
            Err(StripeError::NotFound | StripeError::Refused(_) | StripeError::Declined(_))
                if self.has_customer(customer).await? =>
            {
                Err(BillingError::PaymentMethod)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// What Stripe calls a price: as it is known, or found or made by its key.
    async fn price_of(&self, billed: &Billed, price: &BilledPrice) -> Result<String, StripeError> {
        if let Some(id) = &price.stripe_price_id {
            let path = format!("/v1/prices/{id}");
            match self.http.get::<Price>(&path, Form::default()).await {
                Err(StripeError::NotFound) => {}
                known => {
                    known?.check(month(price))?;
                    return Ok(id.to_string());
                }
            }
        }
        let product = product_id(&billed.book, price.package)?;
        let key = price_key(&billed.book, price.package, price.version);
        match self.put_price(&key, &product, month(price)).await {
            Err(StripeError::NotFound | StripeError::Refused(_)) => {}
            found => return found.map(|id| id.to_string()),
        }
        // It is not sold yet, or no more: what is said of it there stays.
        self.add_product(&product, &price.name.to_string()).await?;
        self.put_price(&key, &product, month(price)).await.map(|id| id.to_string())
    }

    pub(crate) async fn keep_billing(
        &self,
        billed: &Billed,
        renewal: &Renewal,
        idle: Option<Period>,
    ) -> Result<(), BillingError> {
        let found = self.find_subscription(billed).await?;
        let found = found.ok_or_else(|| unreadable("no subscription that was begun"))?;
        // What has ended is told by how it stands.
        if found.is_over() {
            return Ok(());
        }
        let ends = matches!(renewal, Renewal::End);
        let form = Form::default().with("cancel_at_period_end", ends);
        let form = match renewal {
            Renewal::Pause => form.with("pause_collection[behavior]", "void"),
            Renewal::Renew(_) | Renewal::End => form.with("pause_collection", ""),
        };
        let form = match renewal {
            Renewal::Renew(price) => self.renewed(form, billed, (&found, price)).await?,
            Renewal::Pause | Renewal::End => form,
        };
        let path = format!("/v1/subscriptions/{}", found.id);
        let form = form.with("metadata[told]", renewal.word());
        self.http.post_new::<Named>(&path, form).await?;
        if let Some(idle) = idle {
            self.void_period(&found, idle).await?;
        }
        Ok(())
    }

    /// With another price from the next boundary on, where it is another one.
    async fn renewed(
        &self,
        form: Form,
        billed: &Billed,
        (found, price): (&Subscription, &BilledPrice),
    ) -> Result<Form, StripeError> {
        let item = found.item()?;
        let id = self.price_of(billed, price).await?;
        if item.price.id == id {
            item.price.check(month(price))?;
            return Ok(form);
        }
        Ok(form
            .with("items[0][id]", &item.id)
            .with("items[0][price]", id)
            .with("proration_behavior", "none"))
    }

    pub(crate) async fn end_billing(
        &self,
        billed: &Billed,
    ) -> Result<Option<Invoice>, BillingError> {
        let Some(found) = self.find_subscription(billed).await? else { return Ok(None) };
        self.end(&found).await?;
        self.first_if_paid(&found).await
    }

    /// Ends it, and what it still asks for: that first, so that nobody pays for what is
    /// about to end, and what came up meanwhile behind it. An invoice that can't be given
    /// up keeps none of the others, and bills no further month.
    pub(super) async fn end(&self, found: &Subscription) -> Result<(), StripeError> {
        let given_up = self.give_all_up(found).await;
        if found.is_over() {
            return given_up;
        }
        let path = format!("/v1/subscriptions/{}", found.id);
        match self.http.delete::<Named>(&path).await {
            // Somebody else ended it at this moment.
            Ok(_) | Err(StripeError::NotFound) => {}
            Err(error) => return Err(error),
        }
        self.give_all_up(found).await
    }
}

/// What a price is compared with.
const fn month(price: &BilledPrice) -> MonthlyPrice {
    MonthlyPrice { amount: price.amount, currency: price.currency }
}

/// How many days a trial is long, where one is first. They are whole ones, whosever
/// second it begins and ends in.
fn trial_days(billed: &Billed) -> Option<i64> {
    let Period { number, starts_at, ends_at } = billed.first;
    let length = ends_at.micros().saturating_sub(starts_at.micros());
    let half = Time::DAY.saturating_div(2);
    (number == 0).then(|| length.saturating_add(half).div_euclid(Time::DAY))
}
