//! Running a job again, because somebody says so.

use domain::{IdempotencyKey, JobId, Scope};
use serde::Serialize;
use store::{Tx, jobs};

use crate::App;
use crate::audit::{self, Deed};
use crate::callers::Caller;
use crate::directory::Act;
use crate::error::Error;
use crate::fingerprint::Canonical;
use crate::prepared::Answer;
use crate::requests;

/// The operation in a key's scope, and the action in the audit log.
const OPERATION: &str = "jobs.rerun";

/// What the audit log says of a job.
#[derive(Serialize)]
struct Shown {
    name: String,
    key: String,
    state: &'static str,
    failures: i64,
}

impl App {
    /// Has a job done once more, as if it had never failed, wherever it stands: it
    /// does what is missing. One that runs now runs again after that.
    pub async fn rerun_job(
        &self,
        caller: &Caller,
        key: Option<IdempotencyKey>,
        id: JobId,
    ) -> Result<Answer<()>, Error> {
        caller.check(Scope::Admin)?;
        let said = Canonical::of(OPERATION).number("job", id.number());
        let keyed = key.map(|key| self.keyed(OPERATION, key, said));
        let act = self.act(caller)?;
        self.write(move |tx| {
            Box::pin(async move {
                let keyed = keyed.as_ref();
                if requests::begin::<()>(tx, &act, keyed).await?.is_some() {
                    return Ok(requests::DONE_BEFORE);
                }
                rerun(tx, &act, id).await?;
                requests::done(tx, &act, keyed).await
            })
        })
        .await
    }
}

async fn rerun(tx: &mut Tx, act: &Act, id: JobId) -> Result<(), Error> {
    let job = tx.opt(jobs::by_id(id.number())).await?.ok_or(Error::NotFound)?;
    jobs::rerun(tx, id.number(), act.at).await?;
    let (name, key, failures) = (job.name, job.key, job.failures);
    let before = Shown { name, key, state: job.state.as_str(), failures };
    let deed = Deed {
        action: OPERATION,
        subject: format!("job:{id}"),
        before: Some(&before),
        after: None,
    };
    audit::note(tx, act, deed).await
}
