//! A subscription's own job: it comes back whenever there is something to do for it,
//! at its next boundary at the latest.

use domain::{SubscriptionId, Time};
use serde::{Deserialize, Serialize};

use super::{Job, NewJob, Outcome, Patience};
use crate::App;
use crate::error::Error;

/// The job.
pub(crate) struct Renew;

/// Which subscription.
#[derive(Deserialize, Serialize)]
pub(crate) struct OfSubscription {
    id: i64,
}

impl Job for Renew {
    const NAME: &'static str = "subscriptions.renew";
    const PATIENCE: Patience = Patience::Endless;
    type Payload = OfSubscription;

    async fn run(app: &App, of: OfSubscription) -> Result<Outcome, Error> {
        let until = app.renew_subscription(SubscriptionId::from_number(of.id)).await?;
        Ok(until.map_or(Outcome::Done, |at| Outcome::Again { at }))
    }
}

/// The job of a subscription, due then.
pub(crate) fn renew(id: SubscriptionId, at: Time) -> Result<NewJob, Error> {
    Renew::due(id.to_string(), &OfSubscription { id: id.number() }, at)
}
