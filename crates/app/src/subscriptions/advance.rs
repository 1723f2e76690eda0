//! The one way a subscription moves on by itself: step by step, until nothing is
//! left to do now. Whoever calls may call again; no step is taken twice.

use domain::{Period, Plan, Stage, SubscriptionId, Then};
use gateway::{Billed, Renewal, Standing};
use ledger::Time;
use store::subscription_periods::{self as periods, Kind, State};

use super::kept::{Kept, plan, price};
use super::mail;
use crate::App;
use crate::error::Error;
use crate::jobs;
use crate::ledger::SubmitError;

/// The most steps that are taken in one go: a subscription that was not looked at
/// for a hundred years.
const STEPS_MAX: usize = 10_000;

/// How long before a period's end its owner is reminded, in microseconds.
pub(super) const REMINDED_BEFORE: i64 = 3 * Time::DAY;

/// A subscription as one step sees it.
pub(super) struct View {
    pub(super) kept: Kept,
    /// What is billed or granted, with the plan it goes by.
    pub(super) open: Option<(periods::Period, Plan)>,
    /// As whoever bills knows it, at the price of that plan, or of its own.
    pub(super) billed: Billed,
    pub(super) now: Time,
}

/// What a step came to.
pub(super) enum Step {
    /// Something was done, by this step or by somebody else: look again.
    Taken,
    /// There is nothing to do before then.
    Waits(Rest),
    /// There is nothing to do in this place.
    Nothing,
}

/// Nothing is left to do.
#[derive(Clone, Debug, Default)]
pub(super) struct Rest {
    /// Until then; for ever where it has ended.
    pub(super) until: Option<Time>,
    /// What its owner has to do first.
    pub(super) confirm: Option<String>,
}

impl App {
    /// Does whatever time, the payment provider or a server that stopped have left to
    /// do for a subscription. For webhooks, the job, admins and reconciliation alike.
    pub async fn sync_subscription(&self, id: SubscriptionId) -> Result<(), Error> {
        if let Some(until) = self.renew_subscription(id).await? {
            self.write(move |tx| {
                Box::pin(async move { jobs::arm(tx, &jobs::renew(id, until)?).await })
            })
            .await?;
        }
        Ok(())
    }

    /// The same, for the job: when there is something to do again.
    pub(crate) async fn renew_subscription(
        &self,
        id: SubscriptionId,
    ) -> Result<Option<Time>, Error> {
        // Who does not say how it stands holds up nothing else.
        let adopted = self.adopt_standing(id).await;
        let rest = self.advance(id).await?;
        adopted?;
        Ok(rest.until)
    }

    /// Takes step after step until nothing is left.
    pub(super) async fn advance(&self, id: SubscriptionId) -> Result<Rest, Error> {
        for _ in 0..STEPS_MAX {
            match self.step(id).await? {
                Step::Taken => {}
                Step::Waits(rest) => return Ok(rest),
                Step::Nothing => return Ok(Rest::default()),
            }
        }
        Err(Error::internal("a subscription does not come to rest"))
    }

    async fn step(&self, id: SubscriptionId) -> Result<Step, Error> {
        let view = self.view(id).await?;
        let mut waits = Rest::default();
        if let Some((period, _)) = &view.open {
            let step = match period.state {
                State::Granting => match self.grant_period(&view, period).await {
                    // What there is no room for holds up nothing that is to be told.
                    Err(Error::Submit(SubmitError::Refused { .. })) if must_tell(&view) => {
                        self.tell(&view).await?
                    }
                    step => step?,
                },
                _ => self.bill(&view, period).await?,
            };
            match step {
                // An upgrade that waits for somebody holds up nothing else.
                Step::Waits(rest) if period.kind == Kind::Upgrade => waits = rest,
                Step::Nothing => {}
                step => return Ok(step),
            }
        }
        if matches!(view.kept.stage, Stage::Starting { .. }) {
            return self.begin(&view).await;
        }
        match view.kept.stage.period() {
            Some(period) if period.is_over(view.now) => self.cross(&view).await,
            _ if !view.kept.row.is_told => self.tell(&view).await,
            Some(period) => self.rest(&view, period, waits).await,
            None => Ok(Step::Nothing),
        }
    }

    pub(super) async fn view(&self, id: SubscriptionId) -> Result<View, Error> {
        let (now, book) = (self.ledger().time()?, self.ledger().book().id);
        self.read(move |tx| {
            Box::pin(async move {
                let kept = Kept::find(tx, id).await?;
                let open = tx.all(periods::open(id.number())).await?;
                // What can be granted first, then the oldest bill.
                let granting = open.iter().find(|one| one.state == State::Granting);
                let open = match granting.or(open.first()).cloned() {
                    Some(period) => {
                        let plan = plan(tx, period.plan).await?;
                        Some((period, plan))
                    }
                    None => None,
                };
                let priced = open.as_ref().map_or(&kept.plan, |(_, plan)| plan);
                let billed = kept.billed(tx, priced, book).await?;
                Ok(View { kept, open, billed, now })
            })
        })
        .await
    }

    /// Tells whoever bills what happens at the period's end. Who told something that
    /// is no longer so tells again.
    async fn tell(&self, view: &View) -> Result<Step, Error> {
        let (kept, payments) = (&view.kept, self.payments());
        match renewal(kept) {
            Some(renewal) => payments.keep_billing(&view.billed, &renewal, None).await?,
            None => drop(payments.end_billing(&view.billed).await?),
        }
        let (mut kept, now) = (kept.clone(), view.now);
        kept.row.is_told = true;
        self.write(move |tx| {
            Box::pin(async move {
                if kept.save(tx, now).await? {
                    return Ok(Step::Taken);
                }
                let mut changed = Kept::find(tx, kept.id()).await?;
                // Something else may have been told before this was.
                if changed.row.is_told && renewal(&changed) != renewal(&kept) {
                    changed.row.is_told = false;
                    changed.save(tx, now).await?;
                }
                Ok(Step::Taken)
            })
        })
        .await
    }

    /// Reminds its owner in time; when to look again.
    async fn rest(&self, view: &View, period: Period, waits: Rest) -> Result<Step, Error> {
        let remind_at = period.ends_at.plus(-REMINDED_BEFORE);
        let (kept, now) = (view.kept.clone(), view.now);
        let until = if now < remind_at { remind_at } else { period.ends_at };
        let renews = kept.stage.then() == Some(Then::Renew);
        if renews && now >= remind_at {
            self.write(move |tx| {
                Box::pin(async move { mail::remind(tx, &kept, period, now).await })
            })
            .await?;
        }
        let until = waits.until.map_or(until, |waits| waits.min(until));
        Ok(Step::Waits(Rest { until: Some(until), confirm: waits.confirm }))
    }

    /// Takes over what somebody arranged with the payment provider itself.
    async fn adopt_standing(&self, id: SubscriptionId) -> Result<(), Error> {
        let view = self.view(id).await?;
        let begun = view.billed.known.is_some() && view.kept.stage.period().is_some();
        if !begun || !view.kept.row.is_told {
            return Ok(());
        }
        let (mut kept, now) = (view.kept, view.now);
        let told = renewal(&kept);
        let standing = self.payments().standing(&view.billed, told.as_ref()).await?;
        let stage = match standing {
            Standing::AsTold | Standing::ToldOtherwise | Standing::GoesOn => return Ok(()),
            Standing::Ending => kept.stage.cancel(now),
            Standing::Ended(at) => kept.stage.end(at),
        };
        let Ok(stage) = stage else { return Ok(()) };
        // Who was to end it later ends it now.
        kept.row.is_told = standing != Standing::Ending || stage.ended_at().is_none();
        kept.put(stage);
        self.write(move |tx| {
            Box::pin(async move {
                if kept.save(tx, now).await? {
                    mail::cancelled(tx, &kept, now).await?;
                }
                Ok(())
            })
        })
        .await
    }
}

fn must_tell(view: &View) -> bool {
    !view.kept.row.is_told && !matches!(view.kept.stage, Stage::Starting { .. })
}

/// What happens at the period's end, for who bills; `None` where it has ended.
fn renewal(kept: &Kept) -> Option<Renewal> {
    Some(match kept.stage.then()? {
        Then::Renew => Renewal::Renew(price(kept.next_plan.as_ref().unwrap_or(&kept.plan))),
        Then::Pause => Renewal::Pause,
        Then::End | Then::EndOfPause => Renewal::End,
    })
}
