//! What became of money that was asked for: of a period, and of an upgrade within
//! one. Credits follow in a step of their own.

use domain::{Period, Plan, Stage, instant};
use gateway::{Charge, Invoice, InvoiceStatus};
use ledger::{Credits, Seq, Time};
use store::subscription_periods::{self as periods, Kind, Paid, State};
use store::{Constraint, Tx, projections, purchases};

use super::advance::{Rest, Step, View};
use super::begin::{LOOKED_AGAIN_AFTER, check_amount};
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
        let period = numbered(view, of)?;
        let invoice = self.payments().invoice(&view.billed, period, view.now).await?;
        let Some(invoice) = invoice else {
            return self.awaits(view, of, view.now.plus(LOOKED_AGAIN_AFTER)).await;
        };
        match &invoice.status {
            InvoiceStatus::Paid => {
                check_amount(&invoice, plan_of(view))?;
                self.paid(view, of, Money::Invoice(&invoice)).await
            }
            InvoiceStatus::Open { failures, next_try_at, confirm } => {
                let next = next_try_at.unwrap_or(view.now.plus(LOOKED_AGAIN_AFTER));
                // What its owner has to confirm is a try that failed.
                let failures = (*failures).max(i64::from(confirm.is_some()));
                self.fails(view, of, (&invoice, failures, next)).await
            }
            InvoiceStatus::Uncollectible(at) => self.lost(view, of, *at).await,
            InvoiceStatus::Void => self.waived(view, of).await,
        }
    }

    /// The difference of an upgrade: paid, declined or confirmed by its owner.
    async fn bill_upgrade(&self, view: &View, of: &periods::Period) -> Result<Step, Error> {
        let charge = charge(view, of)?;
        let is_over = view.now >= of.ends_at || view.kept.stage.ended_at().is_some();
        let invoice = if is_over {
            self.payments().withdraw(&view.billed, &charge).await?
        } else {
            Some(self.payments().charge(&view.billed, &charge).await?)
        };
        let Some(invoice) = invoice else {
            return self.close_period(of, State::Failed, view.now).await;
        };
        match &invoice.status {
            InvoiceStatus::Paid => {
                if invoice.amount.count() != of.cents {
                    return Err(Error::internal("an upgrade's invoice is for another amount"));
                }
                self.paid(view, of, Money::Invoice(&invoice)).await
            }
            InvoiceStatus::Open { next_try_at, confirm, .. } if !is_over => {
                let until = next_try_at.unwrap_or(view.now.plus(LOOKED_AGAIN_AFTER));
                Ok(Step::Waits(Rest { until: Some(until), confirm: confirm.clone() }))
            }
            _ => self.close_period(of, State::Failed, view.now).await,
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
            Kind::Upgrade => {
                kept.put_plan(plan_of(view).clone());
                kept.put_next_plan(None);
                kept.row.is_told = false;
            }
            // Money that came in late is for a subscription as it is now.
            Kind::Trial | Kind::Period => {
                let stage = kept.stage.pay().unwrap_or(kept.stage);
                kept.put(stage);
            }
        }
        let of = of.clone();
        self.write(move |tx| {
            Box::pin(async move {
                if kept.save(tx, now).await? {
                    check_payment(tx, paid.payment_intent.as_deref()).await?;
                    let granting = tx.exec(periods::grant(of.id, &paid)).await;
                    if granting.map_err(not_anothers)?.at_most_one()? {
                        if let Some(asked) = leave {
                            note(tx, &asked, &kept).await?;
                        }
                        mail::paid(tx, &kept, &of, now).await?;
                    }
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
        if view.kept.stage.ended_at().is_some() {
            return self.close_period(of, State::Failed, view.now).await;
        }
        if of.ends_at <= view.now {
            return self.lost(view, of, of.ends_at).await;
        }
        let until = Some(next.min(of.ends_at));
        Ok(Step::Waits(Rest { until, confirm: None }))
    }

    /// Nobody tries any more: the subscription is over.
    async fn lost(&self, view: &View, of: &periods::Period, at: Time) -> Result<Step, Error> {
        let (mut kept, now, id) = (view.kept.clone(), view.now, of.id);
        let Ok(stage) = kept.stage.give_up(at) else {
            return self.close_period(of, State::Failed, now).await;
        };
        kept.put(stage);
        kept.row.is_told = false;
        self.write(move |tx| {
            Box::pin(async move {
                if kept.save(tx, now).await? {
                    tx.exec(periods::close(id, State::Failed, now)).await?.at_most_one()?;
                    mail::cancelled(tx, &kept, now).await?;
                }
                Ok(Step::Taken)
            })
        })
        .await
    }

    /// Nothing is asked for it after all.
    async fn waived(&self, view: &View, of: &periods::Period) -> Result<Step, Error> {
        let (mut kept, now, id) = (view.kept.clone(), view.now, of.id);
        let Ok(stage) = kept.stage.waive() else {
            return self.close_period(of, State::Void, now).await;
        };
        kept.put(stage);
        self.write(move |tx| {
            Box::pin(async move {
                if kept.save(tx, now).await? {
                    tx.exec(periods::close(id, State::Void, now)).await?.at_most_one()?;
                }
                Ok(Step::Taken)
            })
        })
        .await
    }

    async fn close_period(
        &self,
        of: &periods::Period,
        state: State,
        now: Time,
    ) -> Result<Step, Error> {
        let id = of.id;
        self.write(move |tx| {
            Box::pin(async move {
                // No row is hit where somebody else took this step.
                tx.exec(periods::close(id, state, now)).await?.at_most_one()?;
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

/// A payment that bought credits pays for no period.
pub(super) async fn check_payment(tx: &mut Tx, intent: Option<&str>) -> Result<(), Error> {
    let Some(intent) = intent else { return Ok(()) };
    match tx.opt(purchases::by_intent(intent)).await? {
        None => Ok(()),
        Some(_) => Err(Error::internal("a period's payment bought something else")),
    }
}

/// The period of a row, with its number.
fn numbered(view: &View, of: &periods::Period) -> Result<Period, Error> {
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
fn plan_of(view: &View) -> &Plan {
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
