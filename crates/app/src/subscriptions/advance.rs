//! The one way a subscription moves on by itself: step by step, until nothing is
//! left to do now. Whoever calls may call again; no step is taken twice.

use domain::{Cover, MailKind, Period, Plan, Stage, SubscriptionId, Then};
use gateway::{Billed, Renewal, Standing};
use ledger::Time;
use store::subscription_periods::{self as periods, Kind, State};

use super::kept::{Kept, plan, price};
use super::mail;
use crate::App;
use crate::error::Error;
use crate::jobs;

/// The most steps that are taken in one go: a subscription that was not looked at
/// for a hundred years.
const STEPS_MAX: usize = 10_000;

/// How long before a period's end its owner is reminded, in microseconds.
pub(super) const REMINDED_BEFORE: i64 = 3 * Time::DAY;

/// A subscription as one step sees it.
#[derive(Clone)]
pub(super) struct View {
    pub(super) kept: Kept,
    /// All that is billed or granted: what can be granted first, then the oldest bill.
    all: Vec<Open>,
    /// The one of them that is looked at.
    pub(super) open: Option<Open>,
    /// As whoever bills knows it, at the price of that one's plan, or of its own.
    pub(super) billed: Billed,
    pub(super) now: Time,
}

/// What is billed or granted, with the plan it goes by.
type Open = (periods::Period, Plan);

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

/// What is waited for.
#[derive(Default)]
struct Waits {
    rest: Rest,
    /// Whether it is the money of the period: nothing goes on without.
    holds: bool,
}

impl Rest {
    /// Until both are over.
    fn beside(self, other: Self) -> Self {
        let until = self.until.into_iter().chain(other.until).min();
        Self { until, confirm: self.confirm.or(other.confirm) }
    }
}

impl View {
    /// The same for each that is open.
    pub(super) fn each(&self) -> impl Iterator<Item = Self> {
        self.all.iter().map(|open| {
            let billed = Billed { price: price(&open.1), ..self.billed.clone() };
            Self { billed, open: Some(open.clone()), ..self.clone() }
        })
    }

    /// Whether it is over.
    pub(super) const fn has_ended(&self) -> bool {
        self.kept.stage.ended_at().is_some()
    }
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

    /// The same, for the job: when there is something to do again. What became of its
    /// money says more than how it stands, so that is asked first.
    pub(crate) async fn renew_subscription(
        &self,
        id: SubscriptionId,
    ) -> Result<Option<Time>, Error> {
        let advanced = self.advance(id).await;
        let adopted = self.adopt_standing(id).await;
        let rest = match adopted {
            Ok(true) => self.advance(id).await,
            _ => advanced,
        };
        // Who does not say how it stands holds up nothing else.
        adopted?;
        Ok(rest?.until)
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
        let tells = !view.kept.row.is_told && !is_starting(&view.kept);
        // What still asks for money is ended before it is looked at: no money comes in
        // behind a look that nobody takes again.
        if tells && view.has_ended() {
            // What is paid already waits for nobody.
            return match self.give_paid(&view).await {
                Some(step) => Ok(step),
                None => self.tell(&view).await,
            };
        }
        let waits = match self.collect(&view).await {
            Ok(None) => return Ok(Step::Taken),
            Ok(Some(waits)) => waits,
            // What can't be billed or given holds up nothing that is to be told.
            Err(error) if tells => {
                tracing::warn!(%error, subscription = id.number(), "subscriptions.not_collected");
                return self.tell(&view).await;
            }
            Err(error) => return Err(error),
        };
        if is_starting(&view.kept) {
            return self.begin(&view).await;
        }
        if self.card_was_confirmed(&view).await {
            return Ok(Step::Taken);
        }
        match view.kept.stage.period() {
            _ if waits.holds && tells => self.tell(&view).await,
            _ if waits.holds => Ok(Step::Waits(waits.rest)),
            Some(period) if period.is_over(view.now) => self.cross(&view).await,
            _ if tells => self.tell(&view).await,
            Some(period) => self.rest(&view, period, waits.rest).await,
            // Money that is on its way to what has ended.
            None if waits.rest.until.is_some() => Ok(Step::Waits(waits.rest)),
            None => Ok(Step::Nothing),
        }
    }

    /// Gives what is paid for already, where there is something and room for it.
    async fn give_paid(&self, view: &View) -> Option<Step> {
        for view in view.each() {
            let Some((period, _)) = &view.open else { continue };
            if period.state != State::Granting {
                continue;
            }
            match self.grant_period(&view, period).await {
                Ok(Step::Taken) => return Some(Step::Taken),
                Ok(_) => {}
                // What there is no room for holds up no end.
                Err(error) => {
                    let subscription = view.kept.row.id;
                    tracing::warn!(%error, subscription, "subscriptions.not_given");
                }
            }
        }
        None
    }

    /// Takes a step of each that is open until one is taken: then `None`. One that
    /// can't be taken holds up none of the others.
    async fn collect(&self, view: &View) -> Result<Option<Waits>, Error> {
        let (mut waits, mut failed) = (Waits::default(), None);
        for view in view.each() {
            let Some((period, _)) = &view.open else { continue };
            let step = match period.state {
                State::Granting => self.grant_period(&view, period).await,
                _ => self.bill(&view, period).await,
            };
            match step {
                Ok(Step::Taken) => return Ok(None),
                Ok(Step::Waits(rest)) => {
                    waits.rest = waits.rest.beside(rest);
                    // An upgrade that waits for somebody holds up nothing else.
                    waits.holds |= period.kind != Kind::Upgrade;
                }
                Ok(Step::Nothing) => {}
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        failed.map_or(Ok(Some(waits)), Err)
    }

    pub(super) async fn view(&self, id: SubscriptionId) -> Result<View, Error> {
        let (now, book) = (self.ledger().time()?, self.ledger().book().id);
        self.read(move |tx| {
            Box::pin(async move {
                let kept = Kept::find(tx, id).await?;
                let mut all = Vec::new();
                for period in tx.all(periods::open(id.number())).await? {
                    let plan = plan(tx, period.plan).await?;
                    all.push((period, plan));
                }
                all.sort_by_key(|(period, _)| period.state != State::Granting);
                let billed = kept.billed(tx, &kept.plan, book).await?;
                Ok(View { kept, all, open: None, billed, now })
            })
        })
        .await
    }

    /// Tells whoever bills what happens at the period's end, or that there is none.
    async fn tell(&self, view: &View) -> Result<Step, Error> {
        let Some(renewal) = renewal(&view.kept) else { return self.tell_end(view).await };
        let idle = idle(&view.kept.stage);
        self.payments().keep_billing(&view.billed, &renewal, idle).await?;
        self.told(view).await
    }

    /// Keeps that it was told. Who told something that is no longer so tells again.
    pub(super) async fn told(&self, view: &View) -> Result<Step, Error> {
        let (mut kept, now) = (view.kept.clone(), view.now);
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
        Ok(Step::Waits(waits.beside(Rest { until: Some(until), confirm: None })))
    }

    /// Takes over what somebody arranged with the payment provider itself, and tells it
    /// anew what it was told last by a call that came late; whether there was anything.
    async fn adopt_standing(&self, id: SubscriptionId) -> Result<bool, Error> {
        let View { mut kept, billed, now, .. } = self.view(id).await?;
        let told = renewal(&kept).filter(|_| kept.row.is_told && billed.known.is_some());
        let Some(told) = told else { return Ok(false) };
        let (stage, kind) = match self.payments().standing(&billed, Some(&told)).await? {
            Standing::AsTold => return Ok(false),
            Standing::ToldOtherwise => (Ok(kept.stage), None),
            Standing::GoesOn => {
                (kept.stage.undo_cancel(), Some(MailKind::SubscriptionCancelUndone))
            }
            Standing::Ending => (kept.stage.cancel(now), Some(MailKind::SubscriptionCancelled)),
            Standing::Ended(at) => (kept.stage.end(at), Some(MailKind::SubscriptionCancelled)),
        };
        let Ok(stage) = stage else { return Ok(false) };
        kept.put(stage);
        // So that it knows we know, and asks for nothing behind an end.
        kept.row.is_told = false;
        self.write(move |tx| {
            Box::pin(async move {
                if let (true, Some(kind)) = (kept.save(tx, now).await?, kind) {
                    mail::turned(tx, &kept, kind, now).await?;
                }
                Ok(true)
            })
        })
        .await
    }
}

const fn is_starting(kept: &Kept) -> bool {
    matches!(kept.stage, Stage::Starting { .. })
}

/// What happens at the period's end, for who bills; `None` where it has not begun or
/// has ended.
fn renewal(kept: &Kept) -> Option<Renewal> {
    Some(match kept.stage.then()? {
        Then::Renew => Renewal::Renew(price(kept.next_plan.as_ref().unwrap_or(&kept.plan))),
        Then::Pause => Renewal::Pause,
        Then::End | Then::EndOfPause => Renewal::End,
    })
}

/// The period it is in where nothing is paid for that: what is asked for it all the same
/// was asked before anybody said so.
const fn idle(stage: &Stage) -> Option<Period> {
    match stage {
        Stage::Paused { period, .. } | Stage::Active { period, cover: Cover::None, .. } => {
            Some(*period)
        }
        _ => None,
    }
}
