//! What became of money that was asked for: of a period, and of an upgrade within
//! one. Credits follow in a step of their own.

use domain::{Period, Plan, Stage, instant};
use gateway::{Charge, Invoice, InvoiceStatus};
use ledger::{Credits, Seq, Time};
use store::subscription_periods::{self as periods, Kind, Paid, State};
use store::{Constraint, Tx, projections, purchases};

use super::advance::{Rest, Step, View};
use super::begin::{look_again_at, pays};
use super::kept::{Kept, calendar_ends};
use super::mail;
use super::outcome::Asked;
use super::request::note;
use crate::App;
use crate::error::Error;

/// Why something counts as paid.
#[derive(Clone, Copy)]
pub(super) enum Money<'a> {
    /// This was paid.
    Invoice(&'a Invoice),
    /// Staff asked that it does.
    Leave(&'a Asked),
    /// It costs nothing.
    None,
}

impl<'a> Money<'a> {
    const fn invoice(self) -> Option<&'a Invoice> {
        match self {
            Self::Invoice(invoice) => Some(invoice),
            Self::Leave(_) | Self::None => None,
        }
    }

    const fn leave(self) -> Option<&'a Asked> {
        match self {
            Self::Leave(asked) => Some(asked),
            Self::Invoice(_) | Self::None => None,
        }
    }
}

impl App {
    /// Looks at what the provider made of it.
    pub(super) async fn bill(&self, view: &View, of: &periods::Period) -> Result<Step, Error> {
        if of.cents == 0 {
            return self.paid(view, of, Money::None).await;
        }
        if of.kind == Kind::Upgrade {
            return self.bill_upgrade(view, of).await;
        }
        let again = look_again_at(None, view.now);
        let invoice = self.payments().invoice(&view.billed, numbered(view, of)?, view.now).await?;
        let Some(invoice) = invoice else { return self.awaits(view, of, again).await };
        match &invoice.status {
            InvoiceStatus::Paid if pays(&invoice, plan_of(view)) => {
                self.paid(view, of, Money::Invoice(&invoice)).await
            }
            InvoiceStatus::Paid => self.paid_otherwise(view, of, &invoice).await,
            InvoiceStatus::Open { .. } | InvoiceStatus::Uncollectible(_) if view.has_ended() => {
                self.close_ended(view, of, again).await
            }
            InvoiceStatus::Open { failures, next_try_at, confirm } => {
                // What its owner has to confirm is a try that failed.
                let failures = (*failures).max(i64::from(confirm.is_some()));
                let next = look_again_at(*next_try_at, view.now);
                self.fails(view, of, (&invoice, failures, next)).await
            }
            InvoiceStatus::Uncollectible(at) => self.lost(view, of, *at).await,
            InvoiceStatus::Void => self.waived(view, of).await,
        }
    }

    /// The difference of an upgrade: paid, declined or confirmed by its owner. Behind its
    /// end nobody can pay it any more.
    async fn bill_upgrade(&self, view: &View, of: &periods::Period) -> Result<Step, Error> {
        let charge = charge(view, of)?;
        // The next period goes by the terms that are billed for it.
        if view.kept.stage.period().is_some_and(|period| period.is_over(view.now)) {
            return Ok(Step::Nothing);
        }
        let is_over = view.now >= of.ends_at || view.has_ended();
        let invoice = if is_over {
            self.payments().withdraw(&view.billed, &charge).await?
        } else {
            Some(self.payments().charge(&view.billed, &charge).await?)
        };
        let Some(invoice) = invoice else {
            return self.close_period(view, of, State::Failed).await;
        };
        match &invoice.status {
            InvoiceStatus::Paid if invoice.amount >= charge.amount => {
                self.paid(view, of, Money::Invoice(&invoice)).await
            }
            InvoiceStatus::Paid => self.paid_otherwise(view, of, &invoice).await,
            InvoiceStatus::Open { next_try_at, confirm, .. } => {
                let until = Some(look_again_at(*next_try_at, view.now));
                Ok(Step::Waits(Rest { until, confirm: confirm.clone() }))
            }
            InvoiceStatus::Uncollectible(_) | InvoiceStatus::Void => {
                self.close_period(view, of, State::Failed).await
            }
        }
    }

    /// The money is there: what it gives is fixed now.
    pub(super) async fn paid(
        &self,
        view: &View,
        of: &periods::Period,
        money: Money<'_>,
    ) -> Result<Step, Error> {
        let (mut kept, now) = (view.kept.clone(), view.now);
        let invoice = money.invoice();
        let leave = money.leave().cloned();
        let paid = Paid {
            invoice: invoice.map(|invoice| invoice.id.to_string()),
            payment_intent: invoice.and_then(payment),
            at: now,
            expires_at: expiry(&kept, of.ends_at, now)?,
            rollover: self.rollover(view, of).await?,
        };
        match of.kind {
            Kind::Upgrade => upgrade(&mut kept, of, (plan_of(view), now)),
            // Money that came in late is for a subscription as it is now.
            Kind::Trial | Kind::Period => {
                let stage = kept.stage.pay().unwrap_or(kept.stage);
                kept.put(stage);
            }
        }
        let (of, looks) = (of.clone(), self.looks_at_money());
        self.write(move |tx| {
            Box::pin(async move {
                if kept.save(tx, now).await? {
                    check_payment(tx, paid.payment_intent.as_deref()).await?;
                    let granting = tx.exec(periods::grant(of.id, &paid)).await;
                    // Whoever closes one writes its subscription too: nobody did.
                    granting.map_err(not_anothers)?.expect_one()?;
                    looks.arm(tx, paid.payment_intent.as_deref(), now).await?;
                    if let Some(asked) = leave {
                        note(tx, &asked, &kept).await?;
                    }
                    mail::paid(tx, &kept, &of, now).await?;
                }
                Ok(Step::Taken)
            })
        })
        .await
    }

    /// A try failed, or none was made yet: the subscription is past due meanwhile.
    async fn fails(
        &self,
        view: &View,
        of: &periods::Period,
        (invoice, failures, next): (&Invoice, i64, Time),
    ) -> Result<Step, Error> {
        let stage = view.kept.stage.fail(view.now);
        let known = failures <= of.failures && matches!(view.kept.stage, Stage::PastDue { .. });
        let (Ok(stage), false, true) = (stage, known, failures > 0) else {
            return self.awaits(view, of, next).await;
        };
        let (mut kept, now, of) = (view.kept.clone(), view.now, of.clone());
        let invoice = invoice.id.to_string();
        kept.put(stage);
        self.write(move |tx| {
            Box::pin(async move {
                if kept.save(tx, now).await? {
                    let noted = periods::failed_tries(of.id, failures, &invoice, now);
                    tx.exec(noted).await?.at_most_one()?;
                    mail::past_due(tx, &kept, (&of, failures, next), now).await?;
                }
                Ok(Step::Taken)
            })
        })
        .await
    }

    /// The money may still come; not behind the period's end, and not once the
    /// subscription has ended.
    async fn awaits(&self, view: &View, of: &periods::Period, next: Time) -> Result<Step, Error> {
        if view.has_ended() {
            return self.close_period(view, of, State::Failed).await;
        }
        if of.ends_at <= view.now {
            return self.lost(view, of, of.ends_at).await;
        }
        let until = Some(next.min(of.ends_at));
        Ok(Step::Waits(Rest { until, confirm: None }))
    }

    /// What has ended is asked for no more: void before nobody looks again, unless its
    /// money came in or is on its way.
    async fn close_ended(
        &self,
        view: &View,
        of: &periods::Period,
        again: Time,
    ) -> Result<Step, Error> {
        self.payments().end_billing(&view.billed).await?;
        let invoice = self.payments().invoice(&view.billed, numbered(view, of)?, view.now).await?;
        match &invoice {
            Some(paid) if pays(paid, plan_of(view)) => {
                self.paid(view, of, Money::Invoice(paid)).await
            }
            // On its way: whoever bills tries what has ended no more.
            Some(Invoice { status: InvoiceStatus::Open { next_try_at: None, .. }, .. }) => {
                Ok(Step::Waits(Rest { until: Some(again), confirm: None }))
            }
            Some(paid) if paid.status == InvoiceStatus::Paid => {
                self.paid_otherwise(view, of, paid).await
            }
            _ => self.close_period(view, of, State::Failed).await,
        }
    }

    /// Nobody tries any more: the subscription is over. Its period stays open until it is
    /// asked for no more: till then it may be paid.
    async fn lost(&self, view: &View, of: &periods::Period, at: Time) -> Result<Step, Error> {
        let (mut kept, now) = (view.kept.clone(), view.now);
        let Ok(stage) = kept.stage.give_up(at) else {
            return self.close_period(view, of, State::Failed).await;
        };
        kept.put(stage);
        kept.row.is_told = false;
        self.write(move |tx| {
            Box::pin(async move {
                if kept.save(tx, now).await? {
                    mail::cancelled(tx, &kept, now).await?;
                }
                Ok(Step::Taken)
            })
        })
        .await
    }

    /// Nothing is asked for it after all; where the subscription has ended, because
    /// nobody paid.
    async fn waived(&self, view: &View, of: &periods::Period) -> Result<Step, Error> {
        if view.has_ended() {
            return self.close_period(view, of, State::Failed).await;
        }
        let mut view = view.clone();
        view.kept.put(view.kept.stage.waive().unwrap_or(view.kept.stage));
        self.close_period(&view, of, State::Void).await
    }

    /// Another amount came in than was asked for: it gives nothing. People see to it, who
    /// are told by the reconciliation.
    async fn paid_otherwise(
        &self,
        view: &View,
        of: &periods::Period,
        invoice: &Invoice,
    ) -> Result<Step, Error> {
        let (id, paid, asked) = (&invoice.id, invoice.amount.count(), of.cents);
        tracing::error!(invoice = %id, paid, asked, "subscriptions.paid_otherwise");
        let (mut kept, now, of) = (view.kept.clone(), view.now, of.clone());
        if of.kind == Kind::Period {
            kept.put(kept.stage.waive().unwrap_or(kept.stage));
        }
        let (invoice, payment) = (invoice.id.to_string(), payment(invoice));
        self.write(move |tx| {
            Box::pin(async move {
                if kept.save(tx, now).await? {
                    let paid = (invoice.as_str(), payment.as_deref());
                    let closing = tx.exec(periods::paid_otherwise(of.id, paid, now)).await;
                    closing.map_err(not_anothers)?.expect_one()?;
                }
                Ok(Step::Taken)
            })
        })
        .await
    }

    /// No money will come. Its subscription is written too, so that nobody grants what
    /// somebody else closes.
    async fn close_period(
        &self,
        view: &View,
        of: &periods::Period,
        to: State,
    ) -> Result<Step, Error> {
        let (kept, now, id) = (view.kept.clone(), view.now, of.id);
        self.write(move |tx| {
            Box::pin(async move {
                if kept.save(tx, now).await? {
                    tx.exec(periods::close(id, to, now)).await?.expect_one()?;
                }
                Ok(Step::Taken)
            })
        })
        .await
    }

    /// What of the credits that expired at a period's start is given anew. What was
    /// given anew before is not: it lasts one more period.
    async fn rollover(&self, view: &View, of: &periods::Period) -> Result<Credits, Error> {
        if of.kind != Kind::Period || !plan_of(view).terms.rollover_enabled {
            return Ok(Credits::ZERO);
        }
        // What is due expires first, and is where it can be read.
        self.ledger().wallet(view.kept.row.wallet_id).await?;
        self.ledger().projected().await?;
        let (subscription, at) = (of.subscription_id, of.starts_at);
        let expired = self
            .read(move |tx| {
                Box::pin(async move {
                    let mut expired = Credits::ZERO;
                    for before in tx.all(periods::expiring(subscription, at)).await? {
                        let Some(seq) = before.seq else { continue };
                        let grant = projections::find_grant(tx, grant_id(seq)).await?;
                        let lost = grant.map_or(Credits::ZERO, |grant| grant.state.expired);
                        expired = expired.checked_add(lost).ok_or_else(too_many)?;
                    }
                    Ok(expired)
                })
            })
            .await?;
        Ok(plan_of(view).terms.rolls_over(expired))
    }
}

/// The larger package is theirs. Paid behind its end it comes with the next period: this
/// one is billed by what they had, or changed to since.
fn upgrade(kept: &mut Kept, of: &periods::Period, (to, now): (&Plan, Time)) {
    if kept.stage.ended_at().is_some() {
        return;
    }
    if now < of.ends_at {
        kept.put_plan(to.clone());
        kept.put_next_plan(None);
    } else if kept.next_plan.is_none() && !kept.plan.is_same(to) {
        kept.put_next_plan(Some(to.clone()));
    }
    kept.row.is_told = false;
}

/// A payment that bought credits pays for no period.
pub(super) async fn check_payment(tx: &mut Tx, intent: Option<&str>) -> Result<(), Error> {
    let Some(intent) = intent else { return Ok(()) };
    match tx.opt(purchases::by_intent(intent)).await? {
        None => Ok(()),
        Some(_) => Err(Error::internal("a period's payment bought something else")),
    }
}

/// The period of a row, with its number.
pub(super) fn numbered(view: &View, of: &periods::Period) -> Result<Period, Error> {
    let period = view.kept.anchor().period_at(of.starts_at).ok_or_else(calendar_ends)?;
    let same = (period.starts_at, period.ends_at) == (of.starts_at, of.ends_at);
    if same { Ok(period) } else { Err(Error::internal("a period is off its anchor")) }
}

/// An invoice pays for one period, and a payment pays one invoice.
fn not_anothers(error: store::Error) -> Error {
    match error {
        store::Error::Constraint(
            Constraint::SubscriptionInvoice | Constraint::SubscriptionPayment,
        ) => Error::internal("an invoice is another period's"),
        error => error.into(),
    }
}

/// What the provider calls the payment of an invoice.
pub(super) fn payment(invoice: &Invoice) -> Option<String> {
    invoice.payment.as_ref().map(ToString::to_string)
}

/// The grant that a record made.
pub(super) const fn grant_id(seq: Seq) -> ledger::GrantId {
    ledger::GrantId { seq, ordinal: 1 }
}

fn too_many() -> Error {
    Error::internal("more credits expired than can be counted")
}

/// The plan that is billed.
pub(super) fn plan_of(view: &View) -> &Plan {
    view.open.as_ref().map_or(&view.kept.plan, |(_, plan)| plan)
}

fn charge(view: &View, of: &periods::Period) -> Result<Charge, Error> {
    let reference = of.reference.ok_or_else(|| Error::internal("an upgrade has no reference"))?;
    let (name, until) = (&plan_of(view).name, instant::format(of.ends_at));
    Ok(Charge {
        reference,
        amount: domain::Cents::from_count(of.cents),
        currency: plan_of(view).terms.currency,
        description: format!("{name} until {until}"),
        at: of.starts_at,
    })
}

/// When credits expire that are given now: at their period's end. Where that has
/// passed, nobody could spend them: they last to the end of the period that is now.
pub(super) fn expiry(kept: &Kept, ends_at: Time, now: Time) -> Result<Time, Error> {
    if ends_at > now {
        return Ok(ends_at);
    }
    let current = kept.anchor().period_at(now).ok_or_else(calendar_ends)?;
    Ok(current.ends_at)
}
