//! The daily reconciliation with Stripe.

use domain::Time;

use super::{Job, Outcome, Patience};
use crate::App;
use crate::error::Error;

/// How often, in microseconds.
const EVERY: i64 = Time::DAY;

/// The job.
pub(crate) struct StripeReconcile;

impl Job for StripeReconcile {
    const NAME: &'static str = "stripe.reconcile";
    const PATIENCE: Patience = Patience::Endless;
    type Payload = ();

    async fn run(app: &App, (): ()) -> Result<Outcome, Error> {
        if app.has_stripe() {
            app.reconcile_stripe().await?;
        }
        Ok(Outcome::Again { at: app.ledger().time()?.plus(EVERY) })
    }
}
