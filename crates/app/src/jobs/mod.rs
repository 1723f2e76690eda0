//! Jobs: what is to be done behind a transaction.
//!
//! ```text
//! a use case: enqueue, in its transaction ─► row ─► scheduler: claim ─► run ─► done
//!                                             ▲                          └► again, later
//!                                             └─── an admin: rerun ◄──────── failed
//! ```
//!
//! The row is there if and only if its cause is. A job is done by one server at a
//! time, and may be done twice: a server can stop between the deed and its note.
//! So `run` is idempotent: it looks at what is there and does what is missing, each
//! effect keyed by the fact it belongs to. A job is a file here.

mod backoff;
mod board;
mod crew;
mod find;
mod finish;
mod others;
mod prune;
mod renew;
mod rerun;
mod run;
mod scheduler;
mod step;
mod stripe_look;
mod stripe_package;
mod stripe_reconcile;
mod told;
mod top_up;

use std::future::Future;

use domain::Time;
use futures::future::BoxFuture;
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::Tx;

pub(crate) use board::Board;
pub use board::{Backlog, JobFigures};
pub use find::{JobFilter, JobView};
pub(crate) use renew::renew;
pub use run::Drained;
pub use scheduler::{Company, Runner, Scheduler, Settings};
pub use store::jobs::{Lease, NewJob, State as JobState};
pub use told::told;

pub(crate) use stripe_look::{StripeLook, look_at_payment};
pub(crate) use stripe_package::StripePackage;
use stripe_reconcile::StripeReconcile;
pub(crate) use top_up::top_up;

use crate::App;
use crate::error::Error;

/// Something that is done behind a transaction.
pub(crate) trait Job: Send + 'static {
    /// What it is called, for ever: `purchases.finish`.
    const NAME: &'static str;
    /// When it is given up.
    const PATIENCE: Patience = Patience::DAY;
    /// What it works on.
    type Payload: Serialize + DeserializeOwned + Send + Sync;

    /// Does what is missing.
    fn run(
        app: &App,
        payload: Self::Payload,
    ) -> impl Future<Output = Result<Outcome, Error>> + Send;

    /// The job of a fact, due then.
    fn due(key: impl Into<String>, payload: &Self::Payload, run_at: Time) -> Result<NewJob, Error> {
        let payload = serde_json::to_string(payload).map_err(Error::internal)?;
        Ok(NewJob { name: Self::NAME, key: key.into(), payload, run_at })
    }
}

/// What came of a run that went well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing is left to do.
    Done,
    /// There will be more to do.
    Again {
        /// When.
        at: Time,
    },
}

/// When a job that fails is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// After so many failures in a row.
    Failures(i64),
    /// Never: it is tried as long as it is there.
    Endless,
    /// Never, and a failure makes it no slower: so many microseconds later it is tried
    /// again.
    Every(i64),
}

impl Patience {
    /// After about a day: see `backoff`.
    pub const DAY: Self = Self::Failures(34);

    /// Whether so many failures are enough.
    pub(crate) const fn ends(self, failures: i64) -> bool {
        match self {
            Self::Failures(most) => failures >= most,
            Self::Endless | Self::Every(_) => false,
        }
    }

    /// How long after so many failures in a row it is tried again, in microseconds.
    fn wait(self, job: i64, failures: i64) -> i64 {
        match self {
            Self::Every(pause) => pause,
            Self::Failures(_) | Self::Endless => backoff::wait(job, failures),
        }
    }
}

/// A kind of job, as the scheduler finds it by its name.
struct Kind {
    name: &'static str,
    patience: Patience,
    run: fn(App, String) -> BoxFuture<'static, Result<Outcome, Error>>,
}

impl Kind {
    const fn of<J: Job>() -> Self {
        Self { name: J::NAME, patience: J::PATIENCE, run: start::<J> }
    }
}

fn start<J: Job>(app: App, payload: String) -> BoxFuture<'static, Result<Outcome, Error>> {
    Box::pin(async move {
        let payload = serde_json::from_str(&payload).map_err(Error::internal)?;
        J::run(&app, payload).await
    })
}

/// Every kind of job there is.
const KINDS: &[Kind] = &[
    Kind::of::<prune::Prune>(),
    Kind::of::<finish::FinishPurchases>(),
    Kind::of::<finish::FinishRedemptions>(),
    Kind::of::<finish::FinishReversals>(),
    Kind::of::<renew::Renew>(),
    Kind::of::<StripeLook>(),
    Kind::of::<StripePackage>(),
    Kind::of::<StripeReconcile>(),
    Kind::of::<top_up::LookAtBalance>(),
];

/// Those that come back by themselves, for ever.
fn recurring(now: Time) -> Result<Vec<NewJob>, Error> {
    let mut jobs = vec![prune::Prune::due("", &(), now)?];
    jobs.extend(finish::finishers(now)?);
    Ok(jobs)
}

/// Those of them that are about Stripe.
fn recurring_with_stripe(now: Time) -> Result<Vec<NewJob>, Error> {
    Ok(vec![StripeReconcile::due("", &(), now)?])
}

/// Has something done behind this transaction; asked for twice it is one job,
/// whatever came of it.
pub async fn enqueue(tx: &mut Tx, job: &NewJob) -> Result<(), Error> {
    Ok(store::jobs::enqueue(tx, job).await?)
}

/// Has something done behind this transaction, whatever came of it before: what
/// waits is due at the earlier time, what runs now runs once more after that.
pub async fn arm(tx: &mut Tx, job: &NewJob) -> Result<(), Error> {
    Ok(store::jobs::arm(tx, job).await?)
}

/// Nothing is left to do of it: whoever did it says so. It is no error if there is
/// no such job, or if it runs now.
pub async fn settle(tx: &mut Tx, (name, key): (&'static str, &str), at: Time) -> Result<(), Error> {
    Ok(tx.exec(store::jobs::settle(name, key, at)).await?.at_most_one().map(drop)?)
}
