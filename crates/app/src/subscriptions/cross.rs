//! The end of a period, and what it brings: another one that is billed, one that
//! goes by, or the end.

use domain::{Crossed, Period, Stage};
use ledger::Time;
use store::subscription_periods::{self as periods, Kind};

use super::advance::{Step, View};
use super::begin::due;
use super::kept::{Kept, calendar_ends};
use super::mail;
use crate::App;
use crate::error::Error;

impl App {
    /// Goes over one boundary.
    pub(super) async fn cross(&self, view: &View) -> Result<Step, Error> {
        let (kept, now) = (view.kept.clone(), view.now);
        let number = kept.stage.period().map_or(0, |period| period.number).saturating_add(1);
        let next = kept.anchor().period(number).ok_or_else(calendar_ends)?;
        match kept.stage.cross(next, now).map_err(Error::internal)? {
            Crossed::Due(stage, period) => self.cross_into(kept, (stage, period), now).await,
            Crossed::Idle(stage) => self.cross_by(kept, stage, now).await,
            Crossed::Over(stage) => self.cross_out(kept, stage, now).await,
        }
    }

    /// The next period is billed, by the terms that were chosen for it.
    async fn cross_into(
        &self,
        mut kept: Kept,
        (stage, period): (Stage, Period),
        now: Time,
    ) -> Result<Step, Error> {
        if let Some(plan) = kept.next_plan.clone() {
            kept.put_plan(plan);
            kept.put_next_plan(None);
        }
        kept.put(stage);
        let terms = &kept.plan.terms;
        let figures = (terms.monthly_price.count(), terms.credit_amount);
        let new = due(&kept, (Kind::Period, period), figures, now);
        self.write(move |tx| {
            Box::pin(async move {
                if kept.save(tx, now).await? {
                    tx.one(periods::insert(&new)).await?;
                }
                Ok(Step::Taken)
            })
        })
        .await
    }

    /// The next period goes by. Whoever bills may have heard of it too late.
    async fn cross_by(&self, mut kept: Kept, stage: Stage, now: Time) -> Result<Step, Error> {
        kept.put(stage);
        kept.row.is_told = false;
        self.save(kept, now).await?;
        Ok(Step::Taken)
    }

    /// There is none: it has ended as was asked. What is still open is closed once it is
    /// asked for no more.
    async fn cross_out(&self, mut kept: Kept, stage: Stage, now: Time) -> Result<Step, Error> {
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
}
