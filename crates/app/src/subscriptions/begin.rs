//! How a subscription begins: with its trial, or with its first payment.

use domain::{Period, Plan};
use gateway::{Begun, Billed, BillingError, Invoice, InvoiceStatus};
use ledger::{Credits, Time};
use store::subscription_periods::{self as periods, Kind, State};

use super::advance::{Rest, Step, View};
use super::bill::{check_payment, payment};
use super::kept::{Kept, key};
use super::mail;
use crate::App;
use crate::error::Error;

/// How long a first payment may take, in microseconds: what a provider gives it.
const PAID_WITHIN: i64 = 23 * 3_600 * Time::SECOND;

/// How soon to look again for a payment that says nothing of it, in microseconds.
pub(super) const LOOKED_AGAIN_AFTER: i64 = 3_600 * Time::SECOND;

impl App {
    /// Has the provider bill it from now on, and begins it once that is paid.
    pub(super) async fn begin(&self, view: &View) -> Result<Step, Error> {
        let mut kept = view.kept.clone();
        let customer = self.customer_of(kept.user()).await?;
        let billed = Billed { customer, ..view.billed.clone() };
        // What is so late is only looked at: nobody waits for it any more.
        let begun = if view.now < kept.row.created_at.plus(PAID_WITHIN) {
            match self.payments().subscribe(&billed, view.now).await {
                // It will never be paid so: who asks names another way to pay.
                Err(BillingError::PaymentMethod) => None,
                begun => Some(begun?),
            }
        } else {
            self.payments().subscribed(&billed, view.now).await?
        };
        let Some(Begun { known, first, .. }) = begun else {
            return self.not_begun(kept, view.now).await;
        };
        kept.row.provider_id = Some(known.subscription.to_string());
        kept.row.provider_customer = known.customer.map(|customer| customer.to_string());
        match &first {
            None => self.begun(kept, None, view.now).await,
            Some(invoice) => match &invoice.status {
                InvoiceStatus::Paid => {
                    check_amount(invoice, &kept.plan)?;
                    self.begun(kept, first, view.now).await
                }
                InvoiceStatus::Open { next_try_at, confirm, .. }
                    if view.now < kept.row.created_at.plus(PAID_WITHIN) =>
                {
                    let until = next_try_at.unwrap_or(view.now.plus(LOOKED_AGAIN_AFTER));
                    let confirm = confirm.clone();
                    self.save(kept, view.now).await?;
                    Ok(Step::Waits(Rest { until: Some(until), confirm }))
                }
                _ => self.not_begun(kept, view.now).await,
            },
        }
    }

    async fn begun(
        &self,
        mut kept: Kept,
        invoice: Option<Invoice>,
        now: Time,
    ) -> Result<Step, Error> {
        let stage = kept.stage.begin().map_err(Error::internal)?;
        let Some(period) = stage.period() else { return Err(Error::internal("no period")) };
        kept.put(stage);
        let new = first_period(&kept, period, (invoice, now));
        self.write(move |tx| {
            Box::pin(async move {
                if kept.save(tx, now).await? {
                    check_payment(tx, new.payment_intent.as_deref()).await?;
                    tx.one(periods::insert(&new)).await?;
                    mail::started(tx, &kept, now).await?;
                }
                Ok(Step::Taken)
            })
        })
        .await
    }

    /// Nobody paid: it never was.
    async fn not_begun(&self, mut kept: Kept, now: Time) -> Result<Step, Error> {
        kept.put(kept.stage.give_up(now).map_err(Error::internal)?);
        kept.row.is_told = false;
        // Who never had it may try it another time.
        kept.row.had_trial = false;
        self.save(kept, now).await?;
        Ok(Step::Taken)
    }

    /// Writes a subscription, unless somebody else did meanwhile.
    pub(super) async fn save(&self, kept: Kept, now: Time) -> Result<bool, Error> {
        self.write(move |tx| Box::pin(async move { kept.save(tx, now).await })).await
    }
}

fn first_period(
    kept: &Kept,
    period: Period,
    (invoice, now): (Option<Invoice>, Time),
) -> periods::Period {
    let trial = kept.plan.terms.trial.filter(|_| period.number == 0);
    let kind = if period.number == 0 { Kind::Trial } else { Kind::Period };
    let terms = &kept.plan.terms;
    let (cents, credits) = match kind {
        Kind::Trial => (0, trial.map_or(Credits::ZERO, |trial| trial.credits)),
        _ => (terms.monthly_price.count(), terms.credit_amount),
    };
    periods::Period {
        state: State::Granting,
        invoice: invoice.as_ref().map(|invoice| invoice.id.to_string()),
        payment_intent: invoice.as_ref().and_then(payment),
        paid_at: Some(now),
        expires_at: Some(period.ends_at),
        ..due(kept, (kind, period), (cents, credits), now)
    }
}

/// Something that is to be paid, or was.
pub(super) fn due(
    kept: &Kept,
    (kind, period): (Kind, Period),
    (cents, credits): (i64, Credits),
    now: Time,
) -> periods::Period {
    periods::Period {
        id: 0,
        subscription_id: kept.row.id,
        kind,
        starts_at: period.starts_at,
        ends_at: period.ends_at,
        plan: key(&kept.plan),
        cents,
        currency: kept.plan.terms.currency.to_string(),
        credits,
        rollover: Credits::ZERO,
        state: State::Collecting,
        reference: None,
        invoice: None,
        payment_intent: None,
        failures: 0,
        paid_at: None,
        expires_at: None,
        attempt: 1,
        seq: None,
        rollover_seq: None,
        request_scope: None,
        request_key: None,
        created_at: now,
    }
}

/// What was paid is what we asked for.
pub(super) fn check_amount(invoice: &Invoice, plan: &Plan) -> Result<(), Error> {
    let asked = (plan.terms.monthly_price, plan.terms.currency);
    if (invoice.amount, invoice.currency) == asked {
        return Ok(());
    }
    let Invoice { id, amount, .. } = invoice;
    Err(Error::internal(format!("the invoice {id} is for {amount}, not for {}", asked.0)))
}
