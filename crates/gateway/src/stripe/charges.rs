//! An amount beside the periods: an invoice of its own, with one line, tried
//! once. Each of its steps has a key, and what it made is found again by our
//! reference where Stripe forgot the key.

use domain::{Cents, Currency};

use super::Stripe;
use super::error::StripeError;
use super::form::Form;
use super::invoice::{Invoiced, Paying};
use super::objects::{Named, unreadable};
use super::subscription::Subscription;
use crate::billing::{Billed, BillingError, Charge, Invoice, InvoiceStatus};
use crate::hex::hex;

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
            now = self.pay(&now, &key(charge, ":pay")).await?;
            paying = self.paying(&now).await?;
        }
        if now.is("open") && matches!(paying, Paying::Declined | Paying::Untried) {
            self.void(&now).await?;
            now = self.whole(&now.id).await?;
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
        let made = self.find_invoice(&of, |it| it.is_named(&charge.reference)).await?;
        let Some(mut made) = made else { return Ok(None) };
        if made.is_asked() && self.paying(&made).await? != Paying::OnItsWay {
            self.void(&made).await?;
            made = self.whole(&made.id).await?;
        }
        let status = match made.status.as_deref() {
            Some("paid") if made.amount_due == 0 => return Ok(None),
            Some("paid") => InvoiceStatus::Paid,
            Some("open") => made.waits(self.paying(&made).await?),
            _ => InvoiceStatus::Void,
        };
        Ok(Some(made.told(status)?))
    }

    /// Its invoice, final: as it was made, or made now.
    async fn asked_for(&self, of: &Subscription, charge: &Charge) -> Result<Invoiced, StripeError> {
        let made = self.find_invoice(of, |it| it.is_named(&charge.reference)).await?;
        let made = match made {
            Some(made) => made,
            None => self.make_charge(of, charge).await?,
        };
        if !made.is("draft") {
            return Ok(made);
        }
        // Where it has its line, it is for something.
        if made.amount_due == 0 {
            self.add_line(of, &made, charge).await?;
        }
        let path = format!("/v1/invoices/{}/finalize", made.id);
        let form = Form::default().with("auto_advance", false);
        self.http.post::<Invoiced>(&path, &key(charge, ":finalize"), form).await?;
        self.whole(&made.id).await
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
        self.http.post("/v1/invoices", &key(charge, ""), form).await
    }

    async fn add_line(
        &self,
        of: &Subscription,
        to: &Invoiced,
        charge: &Charge,
    ) -> Result<(), StripeError> {
        let form = Form::default()
            .with("customer", &of.customer)
            .with("invoice", &to.id)
            .with("amount", charge.amount.count())
            .with("currency", lower(charge.currency))
            .with("description", &charge.description);
        let path = "/v1/invoiceitems";
        self.http.post::<Named>(path, &key(charge, ":line"), form).await.map(drop)
    }
}

impl Invoiced {
    /// What is about to be paid is what we asked for.
    pub(super) fn check(&self, (amount, currency): (Cents, Currency)) -> Result<(), StripeError> {
        let is_asked = self.amount_due == amount.count()
            && self.currency.eq_ignore_ascii_case(currency.as_str());
        if is_asked { Ok(()) } else { Err(unreadable("an invoice for another amount")) }
    }
}

fn key(charge: &Charge, step: &str) -> String {
    format!("charge:{}{step}", hex(&charge.reference))
}

fn lower(currency: Currency) -> String {
    currency.as_str().to_ascii_lowercase()
}
