//! Takes the steps of purchases, promotions and reversals that a crash or a stop left
//! undone, or that a provider or a full account held up. No answer depends on it, since
//! who asks again takes them too.

use domain::Time;

use super::{Job, NewJob, Outcome, Patience};
use crate::App;
use crate::error::Error;

/// How often, and how old what is finished is at least, in microseconds: what is younger
/// is at work still.
const EVERY: i64 = 60 * Time::SECOND;

/// Of purchases.
pub(crate) struct FinishPurchases;

/// Of credits that promotions give.
pub(crate) struct FinishRedemptions;

/// Of refunds and chargebacks.
pub(crate) struct FinishReversals;

impl Job for FinishPurchases {
    const NAME: &'static str = "purchases.finish";
    const PATIENCE: Patience = Patience::Every(EVERY);
    type Payload = ();

    async fn run(app: &App, (): ()) -> Result<Outcome, Error> {
        app.finish_purchases(EVERY).await?;
        again(app)
    }
}

impl Job for FinishRedemptions {
    const NAME: &'static str = "promotions.finish";
    const PATIENCE: Patience = Patience::Every(EVERY);
    type Payload = ();

    async fn run(app: &App, (): ()) -> Result<Outcome, Error> {
        app.finish_redemptions(EVERY).await?;
        again(app)
    }
}

impl Job for FinishReversals {
    const NAME: &'static str = "reversals.finish";
    const PATIENCE: Patience = Patience::Every(EVERY);
    type Payload = ();

    async fn run(app: &App, (): ()) -> Result<Outcome, Error> {
        app.finish_reversals(EVERY).await?;
        again(app)
    }
}

fn again(app: &App) -> Result<Outcome, Error> {
    Ok(Outcome::Again { at: app.ledger().time()?.plus(EVERY) })
}

/// All of them, due then.
pub(super) fn finishers(now: Time) -> Result<[NewJob; 3], Error> {
    Ok([
        FinishPurchases::due("", &(), now)?,
        FinishRedemptions::due("", &(), now)?,
        FinishReversals::due("", &(), now)?,
    ])
}
