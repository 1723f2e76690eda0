//! Forgets jobs that were done a while ago. Failed ones stay until somebody has
//! seen to them.

use domain::Time;
use store::jobs;

use super::{Job, Outcome, Patience};
use crate::App;
use crate::error::Error;

/// How often, in microseconds.
const EVERY: i64 = 3_600 * Time::SECOND;

/// For how long a job that is done is kept, and its key known, in microseconds.
const KEPT: i64 = 14 * Time::DAY;

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
        let before = now.plus(-KEPT);
        loop {
            let pruned = app.write(move |tx| {
                Box::pin(async move { Ok(tx.exec(jobs::prune(before, ROWS_MAX)).await?.rows()) })
            });
            if pruned.await? < ROWS_MAX.unsigned_abs() {
                return Ok(Outcome::Again { at: now.plus(EVERY) });
            }
        }
    }
}
