//! An amount beside the periods: an invoice of its own, with one line, tried
//! once. Each of its steps has a key, and what it made is found again by our
//! reference where Stripe forgot the key.

use domain::Currency;

use super::Stripe;
use super::collection::{Payer, Tried};
use super::error::StripeError;
use super::form::Form;
use super::invoice::{Invoiced, Paying};
use super::objects::{Named, unreadable};
use super::subscription::Subscription;
use crate::billing::{Billed, BillingError, Charge, Invoice, InvoiceStatus};
use crate::hex::hex;

/// How many keys are used, at most, for what is made once.
pub(super) const KEYS_MAX: u32 = 3;

impl Stripe {
    pub(crate) async fn charge(
        &self,
        billed: &Billed,
        charge: &Charge,
    ) -> Result<Invoice, BillingError> {
        let of = self.find_subscription(billed).await?;
        let of = of.ok_or_else(|| unreadable("no subscription that was begun"))?;
        let mut now = self.asked_for(&of, charge).await?;
        let mut paying = self.paying(&now).await?;
        if now.is("open") && paying == Paying::Untried {
            now.check((charge.amount, charge.currency))?;
            now = self.pay(&now, &key(charge, ":pay"), Payer::There).await?;
            paying = self.paying(&now).await?;
        }
        if now.is("open") && matches!(paying, Paying::Declined | Paying::Untried) {
            now = self.give_up(now).await?;
            paying = self.paying(&now).await?;
        }
        let status = match now.status.as_deref() {
            Some("paid") => InvoiceStatus::Paid,
            Some("open") => now.waits(paying),
            _ => InvoiceStatus::Uncollectible(now.ended_at().unwrap_or(charge.at)),
        };
        Ok(now.told(status)?)
    }

    /// Has a charge be asked for no more. One without a line is for nothing: it never was
    /// made.
    pub(crate) async fn withdraw(
        &self,
        billed: &Billed,
        charge: &Charge,
    ) -> Result<Option<Invoice>, BillingError> {
        let Some(of) = self.find_subscription(billed).await? else { return Ok(None) };
        let made = self.find_charge(&of, charge).await?;
        let Some(made) = made else { return Ok(None) };
        let made = self.give_up(made).await?;
        let status = match made.status.as_deref() {
            Some("paid") if made.total == 0 => return Ok(None),
            Some("paid") => InvoiceStatus::Paid,
            Some("open") => made.waits(self.paying(&made).await?),
            _ => InvoiceStatus::Void,
        };
        Ok(Some(made.told(status)?))
    }

    /// Its invoice, final: as it was made, or made now.
    async fn asked_for(&self, of: &Subscription, charge: &Charge) -> Result<Invoiced, StripeError> {
        let made = match self.find_charge(of, charge).await? {
            Some(made) => made,
            None => self.make_charge(of, charge).await?,
        };
        if !made.is("draft") {
            return Ok(made);
        }
        let made = match made.lines.data.first() {
            Some(_) => made,
            None => self.add_line(of, made, charge).await?,
        };
        made.check((charge.amount, charge.currency))?;
        self.finalize(made, Tried::Never).await
    }

    async fn make_charge(
        &self,
        of: &Subscription,
        charge: &Charge,
    ) -> Result<Invoiced, StripeError> {
        let form = Form::default()
            .with("customer", &of.customer)
            .with("subscription", &of.id)
            .with("currency", lower(charge.currency))
            .with("collection_method", "charge_automatically")
            .with("auto_advance", false)
            .with("pending_invoice_items_behavior", "exclude")
            .with("description", &charge.description)
            .with("metadata[reference]", hex(&charge.reference));
        for again in 0..KEYS_MAX {
            let key = key(charge, &numbered(again));
            if let Some(made) = self.http.post_once("/v1/invoices", &key, form.clone()).await? {
                return Ok(made);
            }
            // Stripe failed at it, and may have made it all the same.
            if let Some(made) = self.find_charge(of, charge).await? {
                return Ok(made);
            }
        }
        Err(StripeError::Away("it makes no invoice".to_owned()))
    }

    async fn find_charge(
        &self,
        of: &Subscription,
        charge: &Charge,
    ) -> Result<Option<Invoiced>, StripeError> {
        self.find_invoice(of, |it| it.is_named(&charge.reference)).await
    }

    async fn add_line(
        &self,
        of: &Subscription,
        to: Invoiced,
        charge: &Charge,
    ) -> Result<Invoiced, StripeError> {
        let form = Form::default()
            .with("customer", &of.customer)
            .with("invoice", &to.id)
            .with("amount", charge.amount.count())
            .with("currency", lower(charge.currency))
            .with("description", &charge.description);
        for again in 0..KEYS_MAX {
            let key = key(charge, &format!(":line{}", numbered(again)));
            self.http.post_once::<Named>("/v1/invoiceitems", &key, form.clone()).await?;
            let now = self.whole(&to.id).await?;
            if !now.lines.data.is_empty() {
                return Ok(now);
            }
        }
        Err(StripeError::Away("it adds no line".to_owned()))
    }
}

fn key(charge: &Charge, step: &str) -> String {
    format!("charge:{}{step}", hex(&charge.reference))
}

/// The key of another try behind one that Stripe failed at.
pub(super) fn numbered(again: u32) -> String {
    if again == 0 { String::new() } else { format!(":{again}") }
}

pub(super) fn lower(currency: Currency) -> String {
    currency.as_str().to_ascii_lowercase()
}
