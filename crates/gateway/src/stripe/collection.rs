//! What is done to an invoice: found, made final, paid, void. Each is asked for by
//! the state it is in, so that asking again does no more.

use domain::{Period, Time};

use super::Stripe;
use super::charges::{KEYS_MAX, lower, numbered};
use super::error::StripeError;
use super::form::Form;
use super::invoice::{Invoiced, Paying};
use super::objects::{Intent, Named, unreadable};
use super::subscription::Subscription;
use crate::billing::{Billed, BilledPrice, BillingError, Invoice, InvoiceStatus};
use crate::hex::hex;

/// Whether who pays can be asked by their bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Payer {
    There,
    Away,
}

/// Whether an invoice's schedule tries it once it is final.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tried {
    /// From now on.
    Now,
    /// It is paid by a call of ours, or by nobody.
    Never,
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
        let Some(mut found) = found else { return Ok(None) };
        if found.is("draft") && !of.is_over() {
            found = self.priced(&of, found, &billed.price).await?;
            found = self.finalize(found, Tried::Now).await?;
        }
        let mut payment = self.payment_of(&found).await?;
        let has_card = of.default_payment_method.is_some() && !of.is_over();
        if has_card && found.had_no_card(payment.as_ref()) {
            let key = format!("invoice:{}:pay", found.id);
            found = self.pay(&found, &key, Payer::Away).await?;
            payment = self.payment_of(&found).await?;
        }
        let status = found.became(found.paying(payment.as_ref()), &of, now);
        Ok(Some(found.told(status)?))
    }

    pub(crate) async fn waive(&self, billed: &Billed, period: Period) -> Result<(), BillingError> {
        let of = self.find_subscription(billed).await?;
        let of = of.ok_or_else(|| unreadable("no subscription that was begun"))?;
        let found = self.find_invoice(&of, |it| it.is_of(period)).await?;
        let not_yet = || BillingError::Away("its invoice is not made yet".to_owned());
        let mut found = found.ok_or_else(not_yet)?;
        if found.is("draft") {
            found = self.priced(&of, found, &billed.price).await?;
            found = self.finalize(found, Tried::Never).await?;
        }
        if !found.is_asked() {
            return Ok(());
        }
        let path = format!("/v1/invoices/{}/pay", found.id);
        let form = Form::default().with("paid_out_of_band", true);
        match self.http.post_new::<Named>(&path, form).await {
            Ok(_) => Ok(()),
            // It was paid or voided at this moment, or its payment is on its way.
            Err(StripeError::Refused(why)) => match self.whole(&found.id).await? {
                found if !found.is_asked() => Ok(()),
                found if self.paying(&found).await? == Paying::OnItsWay => {
                    Err(BillingError::Away("its payment is on its way".to_owned()))
                }
                _ => Err(StripeError::Refused(why).into()),
            },
            Err(error) => Err(error.into()),
        }
    }

    /// Has a period that is not to be paid for not be asked for.
    pub(super) async fn void_period(
        &self,
        of: &Subscription,
        period: Period,
    ) -> Result<(), StripeError> {
        match self.find_invoice(of, |it| it.is_of(period)).await? {
            Some(found) => self.give_up(found).await.map(drop),
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
        let mut found = self.first_invoice(of).await?;
        let mut paying = self.paying(&found).await?;
        if found.is("open") && paying == Paying::Untried && !of.is_over() {
            found.check((billed.price.amount, billed.price.currency))?;
            let key = format!("subscription:{}:pay", hex(&billed.reference));
            found = self.pay(&found, &key, Payer::There).await?;
            paying = self.paying(&found).await?;
        }
        if found.is("open") && billed.payment_method.is_some() && paying == Paying::Declined {
            // Nobody pays it any more from here on. Who did meanwhile has it.
            found = self.give_up(found).await?;
            paying = self.paying(&found).await?;
            if !found.is("paid") && paying != Paying::OnItsWay {
                self.end(of).await?;
            }
        }
        let status = match found.first_became(of, now) {
            Some(status) => status,
            // Its owner may name another way to pay, on a page.
            None if paying == Paying::Declined => found.waits(Paying::Untried),
            None => found.waits(paying),
        };
        Ok(found.told(status)?)
    }

    /// The first payment as it is now, whoever tries it.
    pub(super) async fn first_as_it_is(
        &self,
        of: &Subscription,
        now: Time,
    ) -> Result<Invoice, BillingError> {
        let found = self.first_invoice(of).await?;
        let status = match found.first_became(of, now) {
            Some(status) => status,
            None => found.waits(self.paying(&found).await?),
        };
        Ok(found.told(status)?)
    }

    async fn first_invoice(&self, of: &Subscription) -> Result<Invoiced, StripeError> {
        let found = self.find_invoice(of, Invoiced::is_first).await?;
        found.ok_or_else(|| unreadable("a subscription without an invoice"))
    }

    /// The first invoice of one that was ended, where something was paid by it.
    pub(super) async fn first_if_paid(
        &self,
        of: &Subscription,
    ) -> Result<Option<Invoice>, BillingError> {
        let found = self.find_invoice(of, Invoiced::is_first).await?;
        let Some(found) = found.filter(|found| found.total > 0) else { return Ok(None) };
        if found.is("paid") {
            return Ok(Some(found.told(InvoiceStatus::Paid)?));
        }
        match self.paying(&found).await? {
            Paying::OnItsWay => Err(BillingError::Away("its payment is on its way".to_owned())),
            _ => Ok(None),
        }
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
        Ok(of.paying(self.payment_of(of).await?.as_ref()))
    }

    /// The payment that an invoice waits for.
    async fn payment_of(&self, of: &Invoiced) -> Result<Option<Intent>, StripeError> {
        let Some(id) = of.payment_named("open").filter(|_| of.is("open")) else { return Ok(None) };
        let path = format!("/v1/payment_intents/{id}");
        self.http.get(&path, Form::default()).await.map(Some)
    }

    /// Tries to have an invoice paid: what came of it, it says itself.
    pub(super) async fn pay(
        &self,
        of: &Invoiced,
        key: &str,
        payer: Payer,
    ) -> Result<Invoiced, StripeError> {
        let path = format!("/v1/invoices/{}/pay", of.id);
        let form = Form::default().with("off_session", payer == Payer::Away);
        match self.http.post_by_state::<Named>(&path, key, form).await {
            Ok(_) | Err(StripeError::Declined(_) | StripeError::Refused(_)) => {
                self.whole(&of.id).await
            }
            Err(error) => Err(error),
        }
    }

    /// A draft with the difference to what a period costs: it was made before we told
    /// Stripe of another price.
    async fn priced(
        &self,
        of: &Subscription,
        draft: Invoiced,
        price: &BilledPrice,
    ) -> Result<Invoiced, StripeError> {
        if !draft.currency.eq_ignore_ascii_case(price.currency.as_str()) {
            return Err(unreadable("an invoice in another currency"));
        }
        let difference = price.amount.count().checked_sub(draft.total);
        let difference = difference.ok_or_else(|| unreadable("an amount that can't be"))?;
        if difference == 0 {
            return Ok(draft);
        }
        let form = Form::default()
            .with("customer", &of.customer)
            .with("invoice", &draft.id)
            .with("amount", difference)
            .with("currency", lower(price.currency))
            .with("description", &price.name);
        // Each correction is one line more: the next one is another.
        let key = format!("invoice:{}:difference:{}", draft.id, draft.lines.data.len());
        for again in 0..KEYS_MAX {
            let key = format!("{key}{}", numbered(again));
            let is_made =
                match self.http.post_once::<Named>("/v1/invoiceitems", &key, form.clone()).await {
                    Ok(made) => made.is_some(),
                    Err(StripeError::Refused(_)) => true,
                    Err(error) => return Err(error),
                };
            let now = self.whole(&draft.id).await?;
            // What is final is for what it is for.
            if !now.is("draft") {
                return Ok(now);
            }
            // Stripe failed at it: once it did nothing, another key may do it.
            if is_made || now.lines.data.len() != draft.lines.data.len() {
                now.check((price.amount, price.currency))?;
                return Ok(now);
            }
        }
        Err(StripeError::Away("it corrects no invoice".to_owned()))
    }

    /// A draft made final, by us or by Stripe at this moment.
    pub(super) async fn finalize(
        &self,
        of: Invoiced,
        tried: Tried,
    ) -> Result<Invoiced, StripeError> {
        if !of.is("draft") {
            return Ok(of);
        }
        let path = format!("/v1/invoices/{}/finalize", of.id);
        let form = Form::default().with("auto_advance", tried == Tried::Now);
        let refused = match self.http.post_new::<Named>(&path, form).await {
            Ok(_) => None,
            Err(StripeError::Refused(why)) => Some(why),
            Err(error) => return Err(error),
        };
        let now = self.whole(&of.id).await?;
        match refused {
            Some(why) if now.is("draft") => Err(StripeError::Refused(why)),
            _ => Ok(now),
        }
    }

    /// An invoice that is asked for no more, if that can still be: one that is paid, or
    /// whose payment is on its way, stays as it is.
    pub(super) async fn give_up(&self, of: Invoiced) -> Result<Invoiced, StripeError> {
        let of = self.finalize(of, Tried::Never).await?;
        if !of.is_asked() || self.paying(&of).await? == Paying::OnItsWay {
            return Ok(of);
        }
        let path = format!("/v1/invoices/{}/void", of.id);
        let refused = match self.http.post_new::<Named>(&path, Form::default()).await {
            Ok(_) => None,
            Err(StripeError::Refused(why)) => Some(why),
            Err(error) => return Err(error),
        };
        let now = self.whole(&of.id).await?;
        match refused {
            // It was neither paid nor voided at this moment.
            Some(why) if now.is_asked() && self.paying(&now).await? != Paying::OnItsWay => {
                Err(StripeError::Refused(why))
            }
            _ => Ok(now),
        }
    }

    /// The same for all that a subscription asks for.
    pub(super) async fn give_all_up(&self, of: &Subscription) -> Result<(), StripeError> {
        let query = Form::default().with("subscription", &of.id);
        let mut all = Ok(());
        for asked in self.all_listed("/v1/invoices", &query, Invoiced::is_asked).await? {
            // One that can't be given up keeps none of the others.
            let given_up = match self.whole(&asked.id).await {
                Ok(asked) => self.give_up(asked).await.map(drop),
                Err(error) => Err(error),
            };
            all = all.and(given_up);
        }
        all
    }
}
