//! How a subscription begins: with its trial, or with its first payment.

use domain::{Cents, Period, Plan, Stage};
use gateway::{Begun, Billed, BillingError, Invoice, InvoiceStatus};
use ledger::{Credits, Time};
use store::Tx;
use store::subscription_periods::{self as periods, Kind, State};

use super::advance::{Rest, Step, View};
use super::bill::{check_payment, expiry, payment};
use super::kept::{Kept, key};
use super::mail;
use super::turn::TRIES_MAX;
use crate::App;
use crate::error::Error;
use crate::jobs;
use crate::ledger::SubmitError;

/// How long a first payment may take, in microseconds: what a provider gives it.
const PAID_WITHIN: i64 = 23 * 3_600 * Time::SECOND;

/// How soon to look again for a payment that says nothing of it, in microseconds.
const LOOKED_AGAIN_AFTER: i64 = 3_600 * Time::SECOND;

/// How long somebody who asks the provider for a subscription may take, in
/// microseconds: what is made behind an end is looked for again once that is over.
const MADE_WITHIN: i64 = 3_600 * Time::SECOND;

impl App {
    /// Has the provider bill it from now on, and begins it once that is paid.
    pub(super) async fn begin(&self, view: &View) -> Result<Step, Error> {
        let (mut kept, now) = (view.kept.clone(), view.now);
        let customer = self.customer_of(kept.user()).await?;
        let billed = Billed { customer, ..view.billed.clone() };
        let is_in_time = now < kept.row.created_at.plus(PAID_WITHIN);
        // What is so late is only looked at: nobody waits for it any more.
        let begun = if is_in_time {
            match self.payments().subscribe(&billed, now).await {
                // It will never be paid so: who asks names another way to pay.
                Err(BillingError::PaymentMethod) => None,
                begun => Some(begun?),
            }
        } else {
            self.payments().subscribed(&billed, now).await?
        };
        let Some(Begun { known, first, setup, anchor_at }) = begun else {
            return self.not_begun(kept, now).await;
        };
        kept.name(&known);
        kept.row.card_setup = setup.map(|name| name.to_string());
        kept.count_from(anchor_at)?;
        let Some(invoice) = &first else { return self.begun(kept, None, now).await };
        match &invoice.status {
            InvoiceStatus::Paid if pays(invoice, &kept.plan) => self.begun(kept, first, now).await,
            InvoiceStatus::Open { next_try_at, confirm, .. } if is_in_time => {
                let until = look_again_at(*next_try_at, now);
                let confirm = confirm.clone();
                if self.write(move |tx| Box::pin(async move { save(tx, &kept, now).await })).await?
                {
                    Ok(Step::Waits(Rest { until: Some(until), confirm }))
                } else {
                    Ok(Step::Taken)
                }
            }
            _ => self.not_begun(kept, now).await,
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
        let looks = self.looks_at_money();
        self.write(move |tx| {
            Box::pin(async move {
                if save(tx, &kept, now).await? {
                    check_payment(tx, new.payment_intent.as_deref()).await?;
                    tx.one(periods::insert(&new)).await?;
                    looks.arm(tx, new.payment_intent.as_deref(), now).await?;
                    mail::started(tx, &kept, now).await?;
                }
                Ok(Step::Taken)
            })
        })
        .await
    }

    /// The gateway that is built in moves no money behind our back.
    pub(super) fn looks_at_money(&self) -> LooksAtMoney {
        LooksAtMoney(!self.payments().believes_names())
    }

    /// Nobody paid: it never was.
    async fn not_begun(&self, mut kept: Kept, now: Time) -> Result<Step, Error> {
        kept.put(kept.stage.give_up(now).map_err(Error::internal)?);
        kept.row.is_told = false;
        // Who never had it may try it another time.
        kept.row.had_trial = false;
        self.write(move |tx| {
            Box::pin(async move { save(tx, &kept, now).await.map(|_| Step::Taken) })
        })
        .await
    }

    /// Has whoever bills end it. What was paid meanwhile for one that never began gives
    /// its first period all the same.
    pub(super) async fn tell_end(&self, view: &View) -> Result<Step, Error> {
        let first = self.payments().end_billing(&view.billed).await?;
        let (kept, id) = (&view.kept, view.kept.row.id);
        let periods = self.one(periods::count_of_subscription(id)).await?;
        if periods > 0 {
            return self.told(view).await;
        }
        match first {
            Some(first) if pays(&first, &kept.plan) => self.begun_late(view, first).await,
            Some(first) => {
                if first.amount > Cents::ZERO {
                    tracing::error!(invoice = %first.id, "subscriptions.paid_otherwise");
                }
                self.told(view).await
            }
            // Somebody may have it made this moment.
            None => {
                let until = kept.stage.ended_at().map(|at| at.plus(MADE_WITHIN));
                if kept.row.provider_id.is_none() && until.is_some_and(|until| view.now < until) {
                    return Ok(Step::Waits(Rest { until, confirm: None }));
                }
                self.told(view).await
            }
        }
    }

    /// It was given up, or ended by staff, while its payment was under way.
    async fn begun_late(&self, view: &View, invoice: Invoice) -> Result<Step, Error> {
        let (mut kept, now) = (view.kept.clone(), view.now);
        let Some(at) = kept.stage.ended_at() else { return Err(Error::internal("no end")) };
        let period = kept.first()?;
        let expires_at = expiry(&kept, period.ends_at, now)?;
        kept.put(Stage::Cancelled { at });
        kept.row.is_told = true;
        let new = periods::Period {
            expires_at: Some(expires_at),
            ..first_period(&kept, period, (Some(invoice), now))
        };
        let looks = self.looks_at_money();
        self.write(move |tx| {
            Box::pin(async move {
                if kept.save(tx, now).await? {
                    check_payment(tx, new.payment_intent.as_deref()).await?;
                    tx.one(periods::insert(&new)).await?;
                    looks.arm(tx, new.payment_intent.as_deref(), now).await?;
                    mail::started(tx, &kept, now).await?;
                    mail::cancelled(tx, &kept, now).await?;
                }
                Ok(Step::Taken)
            })
        })
        .await
    }

    /// Writes a subscription, unless somebody else did meanwhile.
    pub(super) async fn save(&self, kept: Kept, now: Time) -> Result<bool, Error> {
        self.write(move |tx| Box::pin(async move { kept.save(tx, now).await })).await
    }
}

/// Writes how one begins; whether nobody changed it meanwhile. Who ended it meanwhile
/// may not have known what was made: that is ended there then.
async fn save(tx: &mut Tx, kept: &Kept, now: Time) -> Result<bool, Error> {
    for _ in 0..TRIES_MAX {
        if kept.save(tx, now).await? {
            return Ok(true);
        }
        let mut other = Kept::find(tx, kept.id()).await?;
        if other.stage.ended_at().is_none() || other.row.provider_id.is_some() {
            return Ok(false);
        }
        other.row.provider_id.clone_from(&kept.row.provider_id);
        other.row.provider_customer.clone_from(&kept.row.provider_customer);
        other.row.is_told = false;
        if other.save(tx, now).await? {
            jobs::arm(tx, &jobs::renew(kept.id(), now)?).await?;
            return Ok(false);
        }
    }
    Err(SubmitError::Overloaded.into())
}

/// When to look again for a payment that is tried then. Where that has passed it is
/// tried this moment, and somebody tells what comes of it.
pub(super) fn look_again_at(next_try_at: Option<Time>, now: Time) -> Time {
    next_try_at.filter(|at| *at > now).unwrap_or(now.plus(LOOKED_AGAIN_AFTER))
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

/// Whether an invoice is for what a period by a plan costs, or for more: what is too much
/// is found by the reconciliation.
pub(super) fn pays(invoice: &Invoice, plan: &Plan) -> bool {
    let terms = &plan.terms;
    invoice.status == InvoiceStatus::Paid
        && invoice.currency == terms.currency
        && invoice.amount >= terms.monthly_price
}

/// Whether money goes back at a provider before anybody here knows what it was for.
#[derive(Clone, Copy)]
pub(super) struct LooksAtMoney(bool);

impl LooksAtMoney {
    /// Has what became of a payment be looked at: what was told of it before it was a
    /// period's was told to nobody.
    pub(super) async fn arm(
        self,
        tx: &mut Tx,
        payment: Option<&str>,
        now: Time,
    ) -> Result<(), Error> {
        match payment {
            Some(payment) if self.0 => jobs::arm(tx, &jobs::look_at_payment(payment, now)?).await,
            _ => Ok(()),
        }
    }
}
