//! Forgets jobs that were done a while ago, and what Stripe told long ago. Failed
//! jobs stay until somebody has seen to them.

use domain::Time;
use store::{Change, jobs, stripe_events};

use super::{Job, Outcome, Patience};
use crate::App;
use crate::error::Error;

/// How often, in microseconds.
const EVERY: i64 = 3_600 * Time::SECOND;

/// For how long a job that is done is kept, and its key known, in microseconds.
const KEPT: i64 = 14 * Time::DAY;

/// For how long an event of Stripe's is kept, in microseconds: Stripe itself tells
/// of none that is older than 30 days.
const EVENTS_KEPT: i64 = 60 * Time::DAY;

/// The most that one transaction forgets: about 2 ms of a file's one writer.
const ROWS_MAX: i64 = 500;

/// The job.
pub(crate) struct Prune;

impl Job for Prune {
    const NAME: &'static str = "jobs.prune";
    const PATIENCE: Patience = Patience::Endless;
    type Payload = ();

    async fn run(app: &App, (): ()) -> Result<Outcome, Error> {
        let now = app.ledger().time()?;
        prune(app, |most| jobs::prune(now.plus(-KEPT), most)).await?;
        prune(app, |most| stripe_events::prune(now.plus(-EVENTS_KEPT), most)).await?;
        Ok(Outcome::Again { at: now.plus(EVERY) })
    }
}

/// Forgets some at a time until none is left that was kept for long enough.
async fn prune(app: &App, some: impl Fn(i64) -> Change<'static>) -> Result<(), Error> {
    loop {
        let change = some(ROWS_MAX);
        let pruned =
            app.write(move |tx| Box::pin(async move { Ok(tx.exec(change).await?.rows()) }));
        if pruned.await? < ROWS_MAX.unsigned_abs() {
            return Ok(());
        }
    }
}
