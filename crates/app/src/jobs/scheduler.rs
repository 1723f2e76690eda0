//! The scheduler: takes jobs that are due, has them done a few at a time, and notes
//! what came of them. Any number of servers may have one at work on one database.
//!
//! A worker takes jobs in a transaction that has its turn among all edits, so no two
//! get the same one. While it has some it beats; whoever sees its beat stand still
//! takes over (`others`). What it notes is heard only with the number of the lease.
//! This module must not know what a job does.

use std::sync::Arc;
use std::time::Duration;

use domain::Time;
use futures::future::BoxFuture;
use store::job_workers::WorkerId;
use store::jobs::{self, Lease};
use store::{Db, Error, Priority};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use super::crew::{Crew, Finished, judge};
use super::others::{BEAT, Others};
use super::step::{Plan, Step};
use super::{Backlog, Outcome, Patience};
use crate::ledger::TimeSource;

/// The most runs at a time: they wait for others more than they work.
const RUNS_MAX: usize = 8;
/// How often it looks for what other servers left to do, or a moved clock made due.
const LOOK: Duration = Duration::from_secs(1);
/// How often it counts what waits, in microseconds.
const COUNT: i64 = 10 * Time::SECOND;
/// How long it waits after the database was away or in the way.
const BREATH: Duration = Duration::from_millis(800);
/// How long the runs under way may take once the server closes.
const LEAVE_MAX: Duration = Duration::from_secs(10);

/// What a scheduler needs of those who know the jobs.
pub trait Runner: Clone + Send + Sync + 'static {
    /// The time by which jobs are due; `None` while it can't be told.
    fn now(&self) -> Option<Time>;

    /// When jobs of that name are given up; `None` if this server has none such.
    fn patience(&self, name: &str) -> Option<Patience>;

    /// Does one, or says why not.
    fn run(&self, lease: &Lease) -> BoxFuture<'static, Result<Outcome, String>>;

    /// Hears now and then what waits.
    fn note(&self, backlog: Backlog);
}

/// Who else does jobs on the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Company {
    /// Nobody: another worker that is named there has stopped.
    None,
    /// Other servers may.
    Others,
}

/// What a scheduler is made of.
pub struct Settings<R> {
    /// The database.
    pub db: Db,
    /// Whose monotonic clock leases are measured by.
    pub time: Arc<dyn TimeSource>,
    /// Who knows the jobs.
    pub runner: R,
    /// What it is called, never to be used again: random.
    pub worker: [u8; 16],
    /// Who else is there.
    pub company: Company,
}

/// A scheduler.
pub struct Scheduler<R> {
    db: Db,
    runner: R,
    worker: WorkerId,
    time: Arc<dyn TimeSource>,
    company: Company,
    others: Mutex<Others>,
}

/// What a worker is in the middle of.
#[derive(Default)]
pub(super) struct Shift {
    pub(super) crew: Crew,
    /// When it last beat, by the monotonic clock.
    beat_at: Option<i64>,
    /// When it last counted what waits.
    counted_at: Option<i64>,
    /// Whether a taking may have been made that was not heard of.
    is_unsure: bool,
    /// The last time that could be told.
    now: Option<Time>,
}

impl Shift {
    fn room(&self) -> usize {
        RUNS_MAX.saturating_sub(self.crew.at_work())
    }
}

/// Whether something happened here, or it only is time to look.
#[derive(Clone, Copy, PartialEq, Eq)]
enum News {
    Some,
    None,
}

impl<R: Runner> Scheduler<R> {
    /// One that has not begun.
    pub fn new(settings: Settings<R>) -> Self {
        let Settings { db, time, runner, worker, company } = settings;
        let (worker, others) = (WorkerId(worker), Mutex::default());
        Self { db, runner, worker, time, company, others }
    }

    /// Does what is due until the server closes, then what it is in the middle of,
    /// if that does not take for long.
    pub async fn run(&self, closing: CancellationToken) {
        let bell = self.db.bell();
        let mut shift = Shift::default();
        let mut news = News::Some;
        let mut is_told = false;
        while !closing.is_cancelled() {
            let turned = self.turn(&mut shift, news).await;
            let is_well = turned.is_ok();
            let wait = match turned {
                Ok(wait) => wait,
                Err(Error::Closed) => break,
                Err(error) => {
                    // Told once, however long it lasts.
                    if !is_told {
                        tracing::warn!(%error, "jobs.waiting");
                    }
                    BREATH
                }
            };
            is_told = !is_well;
            let has_room = shift.room() > 0;
            news = tokio::select! {
                biased;
                () = closing.cancelled() => break,
                () = shift.crew.one_ends() => News::Some,
                () = bell.rung(), if has_room => News::Some,
                () = tokio::time::sleep(wait) => News::None,
            };
        }
        self.leave(shift).await;
    }

    /// Looks after the others, and at what is due; for how long nothing is.
    async fn turn(&self, shift: &mut Shift, news: News) -> Result<Duration, Error> {
        self.look_after_others().await?;
        self.count(shift).await?;
        let is_late = shift.crew.holds() && self.is_beat_due(shift);
        let is_open = shift.is_unsure || !shift.crew.finished().is_empty();
        if news == News::None && !is_late && !is_open {
            let next = self.db.read::<_, Error, _>(|tx| Box::pin(tx.opt(jobs::next()))).await?;
            let wait = self.time_until(next);
            if shift.room() == 0 {
                return Ok(LOOK);
            }
            if !wait.is_zero() {
                return Ok(wait.min(LOOK));
            }
        }
        let next = self.step(shift, shift.room()).await?.next;
        // What was taken and can't be done is noted at once.
        let is_open = !shift.crew.finished().is_empty();
        Ok(if is_open { Duration::ZERO } else { self.time_until(next).min(LOOK) })
    }

    /// How long until something is due; a while where nothing is or nobody can tell.
    fn time_until(&self, next: Option<Time>) -> Duration {
        match (next, self.runner.now()) {
            (Some(next), Some(now)) => {
                Duration::from_micros(u64::try_from(next.since(now)).unwrap_or_default())
            }
            _ => LOOK,
        }
    }

    /// Takes over what stopped workers had, where it is time to look.
    pub async fn look_after_others(&self) -> Result<(), Error> {
        let now = self.time.monotonic();
        let mut others = self.others.lock().await;
        if others.is_due(self.company, now) {
            others.look_after(&self.db, (self.worker, self.company), now).await?;
        }
        Ok(())
    }

    fn is_beat_due(&self, shift: &Shift) -> bool {
        is_past(shift.beat_at, self.time.monotonic(), BEAT)
    }

    /// Counts what waits, where it is time to.
    async fn count(&self, shift: &mut Shift) -> Result<(), Error> {
        let (at, Some(now)) = (self.time.monotonic(), self.runner.now()) else { return Ok(()) };
        if !is_past(shift.counted_at, at, COUNT) {
            return Ok(());
        }
        let counted = self.db.read::<_, Error, _>(move |tx| {
            Box::pin(async move {
                let (due, next) =
                    (tx.one(jobs::count_due(now)).await?, tx.opt(jobs::next()).await?);
                let late = next.map_or(0, |next| now.since(next).max(0));
                Ok(Backlog { due, late, failed: tx.one(jobs::count_failed()).await? })
            })
        });
        self.runner.note(counted.await?);
        shift.counted_at = Some(at);
        Ok(())
    }

    /// Notes what ended, beats, and takes at most so many that are due, all in one
    /// transaction; then begins to do them.
    pub(super) async fn step(&self, shift: &mut Shift, most: usize) -> Result<Stepped, Error> {
        let now = self.runner.now();
        shift.now = now.or(shift.now);
        let plan = self.plan(shift, now.map(|now| (now, most)));
        let begins_at = self.time.monotonic();
        let step = self.db.write::<_, Error, _>(Priority::Edit, move |tx| {
            Box::pin(async move { plan.take(tx).await })
        });
        let step = step.await.inspect_err(|_| shift.is_unsure = true)?;
        shift.is_unsure = false;
        if step.has_beaten {
            shift.beat_at = Some(begins_at);
        }
        self.go_on(shift, step).await
    }

    async fn go_on(&self, shift: &mut Shift, step: Step) -> Result<Stepped, Error> {
        if step.unheard > 0 {
            tracing::warn!(jobs = step.unheard, "jobs.not_heard");
        }
        if step.is_lost {
            tracing::warn!(jobs = shift.crew.at_work(), "jobs.lost");
            shift.crew.stop().await;
        }
        let unknown = step.held.into_iter().filter(|lease| !shift.crew.has(lease));
        let taken: Vec<_> = unknown.chain(step.taken).collect();
        shift.crew.noted();
        let stepped = Stepped { taken: taken.len(), next: step.next };
        for lease in taken {
            self.begin(shift, lease);
        }
        Ok(stepped)
    }

    fn plan(&self, shift: &Shift, take: Option<(Time, usize)>) -> Plan {
        let ended = shift.crew.finished().iter().map(|finished| {
            let patience = self.runner.patience(&finished.lease.name);
            let at = shift.now.unwrap_or(finished.lease.run_at);
            (finished.lease.clone(), judge(finished, patience, at))
        });
        Plan {
            worker: self.worker,
            ended: ended.collect(),
            take: take.map(|(now, most)| (now, i64::try_from(most).unwrap_or(i64::MAX))),
            holds: shift.crew.holds(),
            is_unsure: shift.is_unsure,
        }
    }

    /// Begins to do a job, unless it was the end of too many servers.
    fn begin(&self, shift: &mut Shift, lease: Lease) {
        let why = match self.runner.patience(&lease.name) {
            None => "this server has no such job",
            Some(patience) if patience.ends(lease.failures) => "every server that ran it stopped",
            Some(_) => {
                let run = self.runner.run(&lease);
                return shift.crew.begin(lease, run);
            }
        };
        shift.crew.finish(Finished { lease, result: Err(why.to_owned()) });
    }

    /// Waits for what is under way, but not for long; gives back the rest.
    async fn leave(&self, mut shift: Shift) {
        let ends = async {
            while shift.crew.at_work() > 0 {
                shift.crew.one_ends().await;
            }
        };
        if tokio::time::timeout(LEAVE_MAX, ends).await.is_err() {
            tracing::warn!(jobs = shift.crew.at_work(), "jobs.cut_short");
        }
        shift.now = self.runner.now().or(shift.now);
        let plan = self.plan(&shift, None);
        shift.crew.stop().await;
        if let Err(error) = self.retire(plan).await {
            tracing::warn!(%error, "jobs.not_given_back");
        }
    }

    /// Notes what ended and gives back what a worker has otherwise.
    pub(super) async fn retire_now(&self) -> Result<(), Error> {
        self.retire(self.plan(&Shift::default(), None)).await
    }

    async fn retire(&self, plan: Plan) -> Result<(), Error> {
        let left = self.db.write::<_, Error, _>(Priority::Edit, move |tx| {
            Box::pin(async move { plan.retire(tx).await })
        });
        left.await
    }
}

/// Whether so much has passed since then, by the monotonic clock.
fn is_past(then: Option<i64>, now: i64, micros: i64) -> bool {
    then.is_none_or(|then| now.saturating_sub(then) >= micros)
}

/// What a step came to.
pub(super) struct Stepped {
    /// How many jobs were begun.
    pub(super) taken: usize,
    /// When the next one is due.
    next: Option<Time>,
}
