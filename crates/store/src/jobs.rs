//! What is to be done behind a transaction. Who runs a job holds a lease on it,
//! which is as good as its worker's beat. This module must not know what a job
//! does, nor how long a beat may stand still.

use ledger::Time;

use crate::error::Error;
use crate::job_workers::WorkerId;
use crate::page::Page;
use crate::query::{Change, Query, Sql};
use crate::row::{Row, only};
use crate::tx::Tx;
use crate::value::Value;

const ENQUEUE: Sql = Sql::both(
    "jobs.enqueue",
    "INSERT INTO jobs (name, key, payload, state, run_at, lease, failures)
    VALUES ($1, $2, $3, 'waiting', $4, 0, 0)
    ON CONFLICT (name, key) DO NOTHING",
);

/// The earlier time counts. A job that runs goes on, and comes again. One that was
/// given up begins anew, as if it had never failed.
const ARM: Sql = Sql::both(
    "jobs.arm",
    "INSERT INTO jobs (name, key, payload, state, run_at, lease, failures)
    VALUES ($1, $2, $3, 'waiting', $4, 0, 0)
    ON CONFLICT (name, key) DO UPDATE
    SET payload = excluded.payload,
        state = CASE WHEN jobs.state = 'running' THEN 'running' ELSE 'waiting' END,
        run_at = CASE
            WHEN jobs.state = 'running' THEN jobs.run_at
            WHEN jobs.state = 'waiting' AND jobs.run_at < excluded.run_at THEN jobs.run_at
            ELSE excluded.run_at
        END,
        again_at = CASE
            WHEN jobs.state <> 'running' THEN NULL
            WHEN jobs.again_at < excluded.run_at THEN jobs.again_at
            ELSE excluded.run_at
        END,
        failures = CASE WHEN jobs.state = 'failed' THEN 0 ELSE jobs.failures END,
        ended_at = NULL",
);

const RERUN: Sql = Sql::both(
    "jobs.rerun",
    "UPDATE jobs
    SET run_at = CASE WHEN state = 'running' THEN run_at ELSE CAST($1 AS BIGINT) END,
        again_at = CASE WHEN state = 'running' THEN CAST($1 AS BIGINT) ELSE NULL END,
        failures = CASE WHEN state = 'running' THEN failures ELSE 0 END,
        state = CASE WHEN state = 'running' THEN 'running' ELSE 'waiting' END,
        ended_at = NULL
    WHERE id = $2",
);

const SETTLE: Sql = Sql::both(
    "jobs.settle",
    "UPDATE jobs
    SET state = 'done', failures = 0, last_error = NULL, ended_at = $1
    WHERE name = $2 AND key = $3 AND state IN ('waiting', 'failed')",
);

const NEXT: Sql = Sql::both(
    "jobs.next",
    "SELECT run_at
    FROM jobs
    WHERE state = 'waiting'
    ORDER BY run_at, id
    LIMIT 1",
);

const CLAIM: Sql = Sql::both(
    "jobs.claim",
    "UPDATE jobs
    SET state = 'running', worker_id = $1, started_at = $2, lease = lease + 1
    WHERE state = 'waiting' AND id IN (
        SELECT id
        FROM jobs
        WHERE state = 'waiting' AND run_at <= $2
        ORDER BY run_at, id
        LIMIT $3
    )
    RETURNING id, name, key, payload, run_at, lease, failures",
);

const HELD: Sql = Sql::both(
    "jobs.held",
    "SELECT id, name, key, payload, run_at, lease, failures
    FROM jobs
    WHERE state = 'running' AND worker_id = $1
    ORDER BY run_at, id",
);

const END: Sql = Sql::both(
    "jobs.end",
    "UPDATE jobs
    SET state = CASE WHEN again_at IS NULL THEN $1 ELSE 'waiting' END,
        run_at = COALESCE(again_at, run_at),
        failures = CASE WHEN again_at IS NULL THEN CAST($2 AS BIGINT) ELSE 0 END,
        last_error = $3,
        ended_at = CASE WHEN again_at IS NULL THEN CAST($4 AS BIGINT) ELSE NULL END,
        worker_id = NULL,
        again_at = NULL
    WHERE id = $5 AND lease = $6 AND state = 'running'",
);

const AGAIN: Sql = Sql::both(
    "jobs.again",
    "UPDATE jobs
    SET state = 'waiting',
        run_at = CASE WHEN again_at < $1 THEN again_at ELSE $1 END,
        failures = $2,
        last_error = $3,
        worker_id = NULL,
        again_at = NULL
    WHERE id = $4 AND lease = $5 AND state = 'running'",
);

const RELEASE: Sql = Sql::both(
    "jobs.release",
    "UPDATE jobs
    SET state = 'waiting',
        run_at = CASE WHEN again_at < run_at THEN again_at ELSE run_at END,
        failures = failures + $1,
        last_error = COALESCE($2, last_error),
        worker_id = NULL,
        again_at = NULL
    WHERE state = 'running' AND worker_id = $3",
);

const PRUNE: Sql = Sql::both(
    "jobs.prune",
    "DELETE FROM jobs
    WHERE id IN (
        SELECT id
        FROM jobs
        WHERE state = 'done' AND ended_at < $1
        ORDER BY ended_at
        LIMIT $2
    )",
);

const COUNT_DUE: Sql = Sql::both(
    "jobs.count_due",
    "SELECT COUNT(*)
    FROM jobs
    WHERE state = 'waiting' AND run_at <= $1",
);

const COUNT_FAILED: Sql = Sql::both(
    "jobs.count_failed",
    "SELECT COUNT(*)
    FROM jobs
    WHERE state = 'failed'",
);

const BY_ID: Sql = Sql::both(
    "jobs.by_id",
    "SELECT id, name, key, payload, state, run_at, failures, last_error, started_at, ended_at
    FROM jobs
    WHERE id = $1",
);

const LIST: Sql = Sql::both(
    "jobs.list",
    "SELECT id, name, key, payload, state, run_at, failures, last_error, started_at, ended_at
    FROM jobs
    WHERE (CAST($1 AS TEXT) IS NULL OR name = $1)
        AND (CAST($2 AS TEXT) IS NULL OR state = $2)
    ORDER BY id DESC
    LIMIT $3 OFFSET $4",
);

const COUNT: Sql = Sql::both(
    "jobs.count",
    "SELECT COUNT(*)
    FROM jobs
    WHERE (CAST($1 AS TEXT) IS NULL OR name = $1)
        AND (CAST($2 AS TEXT) IS NULL OR state = $2)",
);

/// The statements of this module.
pub const ALL: &[&Sql] = &[
    &ENQUEUE,
    &ARM,
    &RERUN,
    &SETTLE,
    &NEXT,
    &CLAIM,
    &HELD,
    &END,
    &AGAIN,
    &RELEASE,
    &PRUNE,
    &COUNT_DUE,
    &COUNT_FAILED,
    &BY_ID,
    &LIST,
    &COUNT,
];

/// Something to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewJob {
    /// What kind of job it is: `purchases.finish`.
    pub name: &'static str,
    /// The fact it is for; a name has each key once.
    pub key: String,
    /// What it works on, as JSON.
    pub payload: String,
    /// When it is due.
    pub run_at: Time,
}

/// A job that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The job.
    pub id: i64,
    /// What kind it is.
    pub name: String,
    /// The fact it is for.
    pub key: String,
    /// What it works on.
    pub payload: String,
    /// When it was due.
    pub run_at: Time,
    /// How often the job was taken, this time too.
    pub number: i64,
    /// How often it failed since it last went well.
    pub failures: i64,
}

impl Lease {
    fn read(row: &mut Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            id: row.get()?,
            name: row.get()?,
            key: row.get()?,
            payload: row.get()?,
            run_at: row.get()?,
            number: row.get()?,
            failures: row.get()?,
        })
    }
}

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is due some time.
    Waiting,
    /// Somebody does it.
    Running,
    /// Nothing is left to do.
    Done,
    /// It was tried for the last time.
    Failed,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Running, Self::Done, Self::Failed];

    /// As it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    /// The state of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// What came of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Nothing is left to do.
    Done {
        /// When it ended.
        at: Time,
    },
    /// It is due again.
    Again {
        /// When.
        at: Time,
        /// How often it failed in a row.
        failures: i64,
        /// Why, the last time.
        error: Option<String>,
    },
    /// It failed for the last time.
    Failed {
        /// When it ended.
        at: Time,
        /// How often it failed in a row.
        failures: i64,
        /// Why.
        error: String,
    },
}

/// A job as staff see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its id.
    pub id: i64,
    /// What kind it is.
    pub name: String,
    /// The fact it is for.
    pub key: String,
    /// What it works on, as JSON.
    pub payload: String,
    /// Where it stands.
    pub state: State,
    /// When it is or was due.
    pub run_at: Time,
    /// How often it failed since it last went well.
    pub failures: i64,
    /// Why it last failed.
    pub last_error: Option<String>,
    /// When it was last taken.
    pub started_at: Option<Time>,
    /// When it was done or given up.
    pub ended_at: Option<Time>,
}

impl Job {
    fn read(row: &mut Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            id: row.get()?,
            name: row.get()?,
            key: row.get()?,
            payload: row.get()?,
            state: row.parse("a state", |word: String| State::parse(&word))?,
            run_at: row.get()?,
            failures: row.get()?,
            last_error: row.get()?,
            started_at: row.get()?,
            ended_at: row.get()?,
        })
    }
}

/// Which jobs: all of what is said must fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filter<'a> {
    /// Of that kind.
    pub name: Option<&'a str>,
    /// That stand there.
    pub state: Option<State>,
}

impl<'a> Filter<'a> {
    fn values(self) -> [Value<'a>; 2] {
        [self.name.into(), self.state.map(State::as_str).into()]
    }
}

/// Has something done behind this transaction; what is there already stays as it
/// is, whatever came of it.
pub async fn enqueue(tx: &mut Tx, new: &NewJob) -> Result<(), Error> {
    tx.exec(ENQUEUE.change(values(new))).await?.at_most_one()?;
    tx.ring();
    Ok(())
}

/// Has something done behind this transaction, whatever came of it before: what
/// waits is due at the earlier time, and what runs now runs once more after that.
pub async fn arm(tx: &mut Tx, new: &NewJob) -> Result<(), Error> {
    tx.exec(ARM.change(values(new))).await?.expect_one()?;
    tx.ring();
    Ok(())
}

fn values(new: &NewJob) -> [Value<'_>; 4] {
    [new.name.into(), new.key.as_str().into(), new.payload.as_str().into(), new.run_at.into()]
}

/// Has a job done once more, as if it had never failed; hits no row if there is
/// none.
pub async fn rerun(tx: &mut Tx, id: i64, at: Time) -> Result<bool, Error> {
    let is_there = tx.exec(RERUN.change([at.into(), id.into()])).await?.at_most_one()?;
    tx.ring();
    Ok(is_there)
}

/// Nothing is left to do: whoever did it says so. What runs now is left to its run.
pub fn settle<'a>(name: &'static str, key: &'a str, at: Time) -> Change<'a> {
    SETTLE.change([at.into(), name.into(), key.into()])
}

/// When the next job is due.
pub fn next() -> Query<'static, Time> {
    NEXT.rows([], only)
}

/// Takes jobs that are due, the longest due first, at most so many.
pub async fn claim(
    tx: &mut Tx,
    worker: WorkerId,
    now: Time,
    most: i64,
) -> Result<Vec<Lease>, Error> {
    let args = [(&worker.0).into(), now.into(), most.into()];
    let mut leases = tx.all(CLAIM.rows(args, Lease::read)).await?;
    // Rows come back in any order.
    leases.sort_by_key(|lease| (lease.run_at, lease.id));
    Ok(leases)
}

/// What a worker has taken.
pub fn held(worker: &WorkerId) -> Query<'_, Lease> {
    HELD.rows([(&worker.0).into()], Lease::read)
}

/// What came of a run; hits no row if its lease was lost.
pub fn end<'a>(lease: &Lease, ended: &'a Ended) -> Change<'a> {
    let last = |state: &'static str, failures: i64, error: Option<&'a str>, at: Time| {
        let [id, number] = [lease.id.into(), lease.number.into()];
        END.change([state.into(), failures.into(), error.into(), at.into(), id, number])
    };
    match ended {
        Ended::Done { at } => last("done", 0, None, *at),
        Ended::Failed { at, failures, error } => last("failed", *failures, Some(error), *at),
        Ended::Again { at, failures, error } => {
            let error = error.as_deref().into();
            let [id, number] = [lease.id.into(), lease.number.into()];
            AGAIN.change([(*at).into(), (*failures).into(), error, id, number])
        }
    }
}

/// A worker gives back what it has, in good order.
pub fn release(worker: &WorkerId) -> Change<'_> {
    RELEASE.change([0.into(), Value::Text(None), (&worker.0).into()])
}

/// What a worker had is taken from it: it failed there.
pub fn seize<'a>(worker: &'a WorkerId, why: &'a str) -> Change<'a> {
    RELEASE.change([1.into(), why.into(), (&worker.0).into()])
}

/// Forgets jobs that were done before then, the oldest first, at most so many.
pub fn prune(before: Time, most: i64) -> Change<'static> {
    PRUNE.change([before.into(), most.into()])
}

/// How many are due.
pub fn count_due(now: Time) -> Query<'static, i64> {
    COUNT_DUE.rows([now.into()], only)
}

/// How many were given up.
pub fn count_failed() -> Query<'static, i64> {
    COUNT_FAILED.rows([], only)
}

/// The job of that id.
pub fn by_id(id: i64) -> Query<'static, Job> {
    BY_ID.rows([id.into()], Job::read)
}

/// Jobs, newest first.
pub fn list(filter: Filter<'_>, page: Page) -> Query<'_, Job> {
    let [name, state] = filter.values();
    LIST.rows([name, state, page.limit.into(), page.offset.into()], Job::read)
}

/// How many there are.
pub fn count(filter: Filter<'_>) -> Query<'_, i64> {
    COUNT.rows(filter.values(), only)
}
