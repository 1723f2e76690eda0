//! Invoices as Stripe has them, and what became of one.

use domain::{Cents, Period, Time};
use serde::Deserialize;

use super::Stripe;
use super::error::StripeError;
use super::form::Form;
use super::objects::{Intent, Named, Page, currency, intent, unreadable};
use super::subscription::{Listed, Metadata, Subscription, second, text, time};
use crate::billing::{Billed, BillingError, Invoice, InvoiceStatus};
use crate::hex::hex;

/// An invoice.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Invoiced {
    pub(super) id: String,
    pub(super) amount_due: i64,
    pub(super) currency: String,
    pub(super) status: Option<String>,
    attempted: bool,
    attempt_count: i64,
    #[serde(default)]
    billing_reason: Option<String>,
    #[serde(default)]
    next_payment_attempt: Option<i64>,
    #[serde(default)]
    confirmation_secret: Option<Secret>,
    #[serde(default)]
    hosted_invoice_url: Option<String>,
    #[serde(default)]
    metadata: Option<Metadata>,
    lines: Page<Line>,
    #[serde(default)]
    payments: Option<Page<InvoicePayment>>,
    status_transitions: Transitions,
}

#[derive(Clone, Debug, Deserialize)]
struct Secret {
    client_secret: String,
}

#[derive(Clone, Debug, Deserialize)]
struct Line {
    period: LinePeriod,
}

#[derive(Clone, Debug, Deserialize)]
struct LinePeriod {
    start: i64,
}

#[derive(Clone, Debug, Deserialize)]
struct InvoicePayment {
    payment: PaidBy,
    status: String,
}

#[derive(Clone, Debug, Deserialize)]
struct PaidBy {
    #[serde(default)]
    payment_intent: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
struct Transitions {
    #[serde(default)]
    marked_uncollectible_at: Option<i64>,
    #[serde(default)]
    voided_at: Option<i64>,
}

impl Listed for Invoiced {
    fn id(&self) -> &str {
        &self.id
    }
}

/// How far the payment of an open invoice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paying {
    /// Nobody has tried.
    Untried,
    /// Its owner has to confirm it.
    Asks,
    /// The money is on its way.
    OnItsWay,
    /// It was declined.
    Declined,
}

impl Invoiced {
    pub(super) fn is_named(&self, reference: &[u8; 16]) -> bool {
        self.metadata.as_ref().is_some_and(|metadata| metadata.is(reference))
    }

    pub(super) fn is(&self, status: &str) -> bool {
        self.status.as_deref() == Some(status)
    }

    /// Whether it may still be paid, or be asked for later.
    pub(super) fn is_asked(&self) -> bool {
        self.is("draft") || self.is("open") || self.is("uncollectible")
    }

    /// Whether it is the one of a period: its boundary lies within it.
    fn is_of(&self, period: Period) -> bool {
        let of_period = ["subscription_create", "subscription_cycle"];
        let reason = self.billing_reason.as_deref().unwrap_or_default();
        let within = second(period.starts_at)..second(period.ends_at);
        of_period.contains(&reason)
            && self.lines.data.iter().any(|line| within.contains(&line.period.start))
    }

    pub(super) fn is_first(&self) -> bool {
        self.billing_reason.as_deref() == Some("subscription_create")
    }

    pub(super) fn ended_at(&self) -> Option<Time> {
        let Transitions { marked_uncollectible_at, voided_at } = self.status_transitions;
        voided_at.or(marked_uncollectible_at).map(time)
    }

    pub(super) fn confirm(&self) -> Option<String> {
        let secret = self.confirmation_secret.as_ref().map(|it| it.client_secret.clone());
        secret.or_else(|| self.hosted_invoice_url.clone())
    }

    fn payment_named(&self, status: &str) -> Option<&str> {
        let payments = self.payments.iter().flat_map(|page| &page.data);
        let mut named = payments.filter(|it| it.status == status);
        named.find_map(|it| it.payment.payment_intent.as_deref())
    }

    pub(super) fn told(&self, status: InvoiceStatus) -> Result<Invoice, StripeError> {
        let paid = self.payment_named("paid").filter(|_| status == InvoiceStatus::Paid);
        Ok(Invoice {
            id: text(&self.id, "the id of an invoice")?,
            payment: paid.map(intent).transpose()?,
            amount: Cents::from_count(self.amount_due),
            currency: currency(&self.currency)?,
            status,
        })
    }

    /// Waits, for its owner where it asks.
    pub(super) fn waits(&self, paying: Paying) -> InvoiceStatus {
        let on_its_way = i64::from(paying == Paying::OnItsWay);
        let asks = paying == Paying::Asks || paying == Paying::Untried;
        InvoiceStatus::Open {
            failures: self.attempt_count.saturating_sub(on_its_way).max(0),
            next_try_at: self.next_payment_attempt.map(time),
            confirm: self.confirm().filter(|_| asks && self.is("open")),
        }
    }

    /// What became of a period's invoice that the schedule tries.
    fn became(&self, paying: Paying, of: &Subscription, now: Time) -> InvoiceStatus {
        match self.status.as_deref() {
            Some("paid") => InvoiceStatus::Paid,
            Some("void") => InvoiceStatus::Void,
            Some("uncollectible") => InvoiceStatus::Uncollectible(self.ended_at().unwrap_or(now)),
            _ if paying == Paying::OnItsWay => self.waits(paying),
            _ if of.is_over() => InvoiceStatus::Uncollectible(of.over_at().unwrap_or(now)),
            // The schedule is at its end.
            _ if paying == Paying::Declined && self.next_payment_attempt.is_none() => {
                InvoiceStatus::Uncollectible(now)
            }
            _ => self.waits(paying),
        }
    }
}

impl Stripe {
    pub(crate) async fn invoice(
        &self,
        billed: &Billed,
        period: Period,
        now: Time,
    ) -> Result<Option<Invoice>, BillingError> {
        let Some(of) = self.find_subscription(billed).await? else { return Ok(None) };
        let found = self.find_invoice(&of, |it| it.is_of(period)).await?;
        let Some(found) = found else { return Ok(None) };
        let status = found.became(self.paying(&found).await?, &of, now);
        Ok(Some(found.told(status)?))
    }

    pub(crate) async fn waive(&self, billed: &Billed, period: Period) -> Result<(), BillingError> {
        let of = self.find_subscription(billed).await?;
        let of = of.ok_or_else(|| unreadable("no subscription that was begun"))?;
        let found = self.find_invoice(&of, |it| it.is_of(period)).await?;
        let not_yet = || BillingError::Away("its invoice is not made yet".to_owned());
        let found = found.ok_or_else(not_yet)?;
        if found.is("draft") {
            self.finalize(&found, false).await?;
        }
        let path = format!("/v1/invoices/{}/pay", found.id);
        let form = Form::default().with("paid_out_of_band", true);
        match self.http.post_new::<Named>(&path, form).await {
            Ok(_) => Ok(()),
            // It was paid or voided at this moment.
            Err(StripeError::Refused(why)) => Ok(self.still_asked(&found, why).await?),
            Err(error) => Err(error.into()),
        }
    }

    /// Has a period that is not to be paid for not be asked for.
    pub(super) async fn void_period(
        &self,
        of: &Subscription,
        period: Period,
    ) -> Result<(), StripeError> {
        let found = self.find_invoice(of, |it| it.is_of(period)).await?;
        match found.filter(Invoiced::is_asked) {
            Some(found) => self.void(&found).await,
            None => Ok(()),
        }
    }

    /// Pays the first period, once, by what was named; or looks how far it is.
    pub(super) async fn first_payment(
        &self,
        billed: &Billed,
        of: &Subscription,
        now: Time,
    ) -> Result<Invoice, BillingError> {
        let found = self.find_invoice(of, Invoiced::is_first).await?;
        let mut found = found.ok_or_else(|| unreadable("a subscription without an invoice"))?;
        found.check((billed.price.amount, billed.price.currency))?;
        let mut paying = self.paying(&found).await?;
        if found.is("open") && paying == Paying::Untried && !of.is_over() {
            let key = format!("subscription:{}:pay", hex(&billed.reference));
            found = self.pay(&found, &key).await?;
            paying = self.paying(&found).await?;
        }
        let is_named = billed.payment_method.is_some();
        let over = of.over_at().or_else(|| found.ended_at()).unwrap_or(now);
        let status = match found.status.as_deref() {
            Some("paid") => InvoiceStatus::Paid,
            Some("void" | "uncollectible") => InvoiceStatus::Uncollectible(over),
            _ if of.is_over() => InvoiceStatus::Uncollectible(over),
            _ if is_named && paying == Paying::Declined => {
                self.end(of).await?;
                InvoiceStatus::Uncollectible(now)
            }
            // Its owner may name another way to pay, on a page.
            _ if paying == Paying::Declined => found.waits(Paying::Untried),
            _ => found.waits(paying),
        };
        Ok(found.told(status)?)
    }

    /// The first payment as it is now, whoever tries it.
    pub(super) async fn first_as_it_is(
        &self,
        of: &Subscription,
        now: Time,
    ) -> Result<Invoice, BillingError> {
        let found = self.find_invoice(of, Invoiced::is_first).await?;
        let found = found.ok_or_else(|| unreadable("a subscription without an invoice"))?;
        let over = of.over_at().or_else(|| found.ended_at()).unwrap_or(now);
        let status = match found.status.as_deref() {
            Some("paid") => InvoiceStatus::Paid,
            Some("void" | "uncollectible") => InvoiceStatus::Uncollectible(over),
            _ if of.is_over() => InvoiceStatus::Uncollectible(over),
            _ => found.waits(self.paying(&found).await?),
        };
        Ok(found.told(status)?)
    }

    /// The newest invoice of a subscription that is looked for, in whole.
    pub(super) async fn find_invoice(
        &self,
        of: &Subscription,
        is_it: impl Fn(&Invoiced) -> bool,
    ) -> Result<Option<Invoiced>, StripeError> {
        let query = Form::default().with("subscription", &of.id);
        let found = self.find_listed("/v1/invoices", &query, is_it).await?;
        match found {
            Some(found) => self.whole(&found.id).await.map(Some),
            None => Ok(None),
        }
    }

    /// With its payments and what confirms it.
    pub(super) async fn whole(&self, id: &str) -> Result<Invoiced, StripeError> {
        let query =
            Form::default().with("expand[0]", "payments").with("expand[1]", "confirmation_secret");
        self.http.get(&format!("/v1/invoices/{id}"), query).await
    }

    /// How far the payment of an invoice is, as the payment itself says.
    pub(super) async fn paying(&self, of: &Invoiced) -> Result<Paying, StripeError> {
        let open = of.payment_named("open").filter(|_| of.is("open"));
        let Some(id) = open else {
            let tried = of.attempted && of.is("open");
            return Ok(if tried { Paying::Declined } else { Paying::Untried });
        };
        let path = format!("/v1/payment_intents/{id}");
        let payment: Intent = self.http.get(&path, Form::default()).await?;
        Ok(match payment.status.as_str() {
            "requires_action" => Paying::Asks,
            "processing" | "succeeded" | "requires_capture" => Paying::OnItsWay,
            _ if payment.last_payment_error.is_some() || of.attempted => Paying::Declined,
            _ => Paying::Untried,
        })
    }

    /// Tries to have an invoice paid, with its payer there: what came of it, it
    /// says itself.
    pub(super) async fn pay(&self, of: &Invoiced, key: &str) -> Result<Invoiced, StripeError> {
        let path = format!("/v1/invoices/{}/pay", of.id);
        let form = Form::default().with("off_session", false);
        match self.http.post::<Invoiced>(&path, key, form).await {
            Ok(_) | Err(StripeError::Declined(_) | StripeError::Refused(_)) => {
                self.whole(&of.id).await
            }
            Err(error) => Err(error),
        }
    }

    /// Has an invoice be asked for no more. A draft has to be final first.
    pub(super) async fn void(&self, of: &Invoiced) -> Result<(), StripeError> {
        let path = format!("/v1/invoices/{}", of.id);
        if of.is("draft") {
            self.finalize(of, false).await?;
        }
        match self.http.post_new::<Invoiced>(&format!("{path}/void"), Form::default()).await {
            Ok(_) => Ok(()),
            // It was paid or voided at this moment.
            Err(StripeError::Refused(why)) => self.still_asked(of, why).await,
            Err(error) => Err(error),
        }
    }

    /// Makes a draft final; whether the schedule tries it then.
    async fn finalize(&self, of: &Invoiced, is_tried: bool) -> Result<(), StripeError> {
        let path = format!("/v1/invoices/{}/finalize", of.id);
        let form = Form::default().with("auto_advance", is_tried);
        self.http.post_new::<Named>(&path, form).await.map(drop)
    }

    /// What was refused was done meanwhile, or it is refused.
    async fn still_asked(&self, of: &Invoiced, why: String) -> Result<(), StripeError> {
        let path = format!("/v1/invoices/{}", of.id);
        let now: Invoiced = self.http.get(&path, Form::default()).await?;
        if now.is_asked() { Err(StripeError::Refused(why)) } else { Ok(()) }
    }
}
