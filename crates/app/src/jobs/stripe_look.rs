//! Looks at what Stripe said something about: a payment, a page. It is one job
//! however many events say so, and does what is missing here.

use domain::Time;
use gateway::stripe::Subject;
use serde::{Deserialize, Serialize};
use store::jobs::NewJob;

use super::{Job, Outcome};
use crate::App;
use crate::error::Error;

/// The job.
pub(crate) struct StripeLook;

/// What is looked at.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Look {
    kind: String,
    id: String,
}

impl StripeLook {
    /// The job of a subject, due then.
    pub(crate) fn at(subject: &Subject, at: Time) -> Result<NewJob, Error> {
        let (kind, id) = (subject.kind().to_owned(), subject.id().to_owned());
        Self::due(format!("{kind}:{id}"), &Look { kind, id }, at)
    }
}

impl Job for StripeLook {
    const NAME: &'static str = "stripe.look";
    type Payload = Look;

    async fn run(app: &App, Look { kind, id }: Look) -> Result<Outcome, Error> {
        let subject = Subject::of(&kind, &id);
        let subject = subject.ok_or_else(|| Error::internal("nothing that can be looked at"))?;
        app.look_at(&subject).await?;
        Ok(Outcome::Done)
    }
}

/// The job that looks at a payment and what was refunded or disputed of it, due then.
pub(crate) fn look_at_payment(payment: &str, run_at: Time) -> Result<NewJob, Error> {
    StripeLook::at(&Subject::Payment(payment.to_owned()), run_at)
}
