//! A database, workers on it, and jobs that do as they are told.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use app::jobs::{
    Backlog, Company, Drained, Lease, NewJob, Outcome, Patience, Runner, Scheduler, Settings,
};
use app::ledger::TimeSource;
use domain::Time;
use futures::future::BoxFuture;
use store::jobs::{self, Job, State};
use store::{Db, Page, Priority, job_workers};
use tempfile::TempDir;
use testkit::TestDb;
use tokio::sync::Semaphore;

/// Noon of 1 November 2026, UTC.
pub(crate) const NOON: Time = Time::from_micros(1_793_534_400_000_000);

/// A minute, in microseconds.
pub(crate) const MINUTE: i64 = 60 * Time::SECOND;

/// How often a job of the tests may fail.
pub(crate) const FAILURES: i64 = 3;

/// A clock that a test turns, which leases are measured by.
#[derive(Default)]
pub(crate) struct Hands(AtomicI64);

impl Hands {
    pub(crate) fn pass(&self, micros: i64) {
        self.0.fetch_add(micros, Ordering::SeqCst);
    }
}

impl TimeSource for Hands {
    fn wall(&self) -> Time {
        NOON.plus(self.monotonic())
    }

    fn monotonic(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// What a server's jobs do: what their payload says.
#[derive(Clone)]
pub(crate) struct Script {
    /// The time by which jobs are due, behind noon.
    pub(crate) clock: Arc<AtomicI64>,
    /// Every run: the job's key, how often.
    pub(crate) runs: Arc<Mutex<Vec<String>>>,
    /// A permit a run.
    pub(crate) began: Arc<Semaphore>,
    /// A run that waits takes one of these.
    pub(crate) gate: Arc<Semaphore>,
}

impl Script {
    /// Jobs on no server yet.
    pub(crate) fn new() -> Self {
        let (began, gate) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
        Self { clock: Arc::default(), runs: Arc::default(), began, gate }
    }

    pub(crate) fn pass(&self, micros: i64) {
        self.clock.fetch_add(micros, Ordering::SeqCst);
    }

    /// The keys of what was run, in that order.
    pub(crate) fn runs(&self) -> Vec<String> {
        self.runs.lock().unwrap().clone()
    }

    /// How often each was run.
    pub(crate) fn counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for key in self.runs() {
            *counts.entry(key).or_default() += 1;
        }
        counts
    }

    /// Waits until so many runs more have begun.
    pub(crate) async fn begin(&self, runs: u32) {
        self.began.acquire_many(runs).await.unwrap().forget();
    }
}

impl Runner for Script {
    fn now(&self) -> Option<Time> {
        Some(NOON.plus(self.clock.load(Ordering::SeqCst)))
    }

    fn patience(&self, name: &str) -> Option<Patience> {
        match name {
            "test" => Some(Patience::Failures(FAILURES)),
            "endless" => Some(Patience::Endless),
            _ => None,
        }
    }

    fn note(&self, _: Backlog) {}

    fn run(&self, lease: &Lease) -> BoxFuture<'static, Result<Outcome, String>> {
        let (script, lease) = (self.clone(), lease.clone());
        Box::pin(async move {
            script.runs.lock().unwrap().push(lease.key.clone());
            script.began.add_permits(1);
            match lease.payload.as_str() {
                "fail" => Err("it broke".to_owned()),
                "panic" => panic!("as it was told"),
                "wait" => {
                    script.gate.acquire().await.unwrap().forget();
                    Ok(Outcome::Done)
                }
                "again" => Ok(Outcome::Again { at: lease.run_at.plus(MINUTE) }),
                _ => Ok(Outcome::Done),
            }
        })
    }
}

/// A new database, and what its workers are made of.
pub(crate) struct Bench {
    pub(crate) db: Db,
    pub(crate) hands: Arc<Hands>,
    pub(crate) script: Script,
    pub(crate) kept: TestDb,
    _folder: TempDir,
}

impl Bench {
    pub(crate) async fn open() -> Self {
        let folder = TempDir::new().unwrap();
        let kept = TestDb::fresh(folder.path(), NOON).await;
        let (hands, script) = (Arc::default(), Script::new());
        Self { db: kept.db.clone(), hands, script, kept, _folder: folder }
    }

    /// A worker among others, with the jobs of this bench.
    pub(crate) fn worker(&self, number: u8) -> Scheduler<Script> {
        self.worker_of(number, self.script.clone(), self.db.clone())
    }

    /// A worker among others.
    pub(crate) fn worker_of(&self, number: u8, runner: Script, db: Db) -> Scheduler<Script> {
        let time: Arc<dyn TimeSource> = Arc::<Hands>::clone(&self.hands);
        let worker = [number; 16];
        Scheduler::new(Settings { db, time, runner, worker, company: Company::Others })
    }

    /// A worker whose leases are measured by another clock.
    pub(crate) fn worker_by(&self, number: u8, hands: &Arc<Hands>) -> Scheduler<Script> {
        let time: Arc<dyn TimeSource> = Arc::<Hands>::clone(hands);
        let (db, runner, worker) = (self.db.clone(), self.script.clone(), [number; 16]);
        Scheduler::new(Settings { db, time, runner, worker, company: Company::Others })
    }

    /// Does all that is due.
    pub(crate) async fn drain(&self) -> Drained {
        self.worker(200).drain().await.unwrap()
    }

    /// Has something done.
    pub(crate) async fn enqueue(&self, key: &str, payload: &str) {
        self.enqueue_at("test", key, payload, NOON).await;
    }

    pub(crate) async fn enqueue_at(
        &self,
        name: &'static str,
        key: &str,
        payload: &str,
        run_at: Time,
    ) {
        let new = NewJob { name, key: key.into(), payload: payload.into(), run_at };
        let write = self.db.write::<_, store::Error, _>(Priority::Edit, move |tx| {
            Box::pin(async move { jobs::enqueue(tx, &new).await })
        });
        write.await.unwrap();
    }

    /// Has something done whatever came of it before.
    pub(crate) async fn arm(&self, key: &str, payload: &str, run_at: Time) {
        let new = NewJob { name: "test", key: key.into(), payload: payload.into(), run_at };
        let write = self.db.write::<_, store::Error, _>(Priority::Edit, move |tx| {
            Box::pin(async move { jobs::arm(tx, &new).await })
        });
        write.await.unwrap();
    }

    /// Waits until what anybody had begun to write is written.
    pub(crate) async fn have_written(&self) {
        let nothing =
            self.db.write::<_, store::Error, _>(Priority::Edit, |_| Box::pin(async { Ok(()) }));
        nothing.await.unwrap();
    }

    /// Every job, oldest first.
    pub(crate) async fn jobs(&self) -> Vec<Job> {
        let read = self.db.read::<_, store::Error, _>(|tx| {
            Box::pin(async move {
                let all = Page { limit: 10_000, offset: 0 };
                tx.all(jobs::list(jobs::Filter::default(), all)).await
            })
        });
        let mut jobs = read.await.unwrap();
        jobs.reverse();
        jobs
    }

    /// The job of that key.
    pub(crate) async fn job(&self, key: &str) -> Job {
        self.jobs().await.into_iter().find(|job| job.key == key).unwrap()
    }

    /// Where the job of that key stands.
    pub(crate) async fn state(&self, key: &str) -> State {
        self.job(key).await.state
    }

    /// How many workers are named.
    pub(crate) async fn workers(&self) -> usize {
        let read = self.db.read::<_, store::Error, _>(|tx| {
            Box::pin(async move { tx.all(job_workers::all()).await })
        });
        read.await.unwrap().len()
    }
}
