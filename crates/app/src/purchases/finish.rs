//! Taking the steps that a crash or a stop left undone, for the job.

use domain::{PurchaseId, Time};
use store::{Place, purchases};

use crate::App;
use crate::error::Error;
use crate::ledger::SubmitError;

/// How long one that can't be finished waits for its next turn, in microseconds.
const PUT_OFF_US: i64 = 300 * Time::SECOND;

/// How many it reads at a time.
const PURCHASES_MAX: i64 = 256;

impl App {
    /// Finishes purchases that were asked for at least so many microseconds
    /// ago; how many. One that can't be finished yet stops none of the others.
    pub async fn finish_purchases(&self, age: i64) -> Result<usize, Error> {
        let now = self.ledger().time()?;
        let until = now.plus(age.saturating_neg());
        let (mut finished, mut last, mut is_away) = (0, Place::START, false);
        loop {
            let open = self.all(purchases::open((until, now), last, PURCHASES_MAX)).await?;
            let Some(end) = open.last() else { return Ok(finished) };
            last = *end;
            for id in open.into_iter().map(|place| PurchaseId::from_number(place.id)) {
                // Those that are paid need no provider.
                if is_away && self.find_paying(id).await?.is_some() {
                    continue;
                }
                match self.carry_on(id).await {
                    Ok(_) => finished += 1,
                    // Somebody has to pay first, or has not in time.
                    Err(Error::PaymentRequired(_) | Error::PaymentCancelled) => {}
                    Err(error) => {
                        is_away |= matches!(error, Error::Submit(SubmitError::Overloaded));
                        tracing::warn!(%error, purchase = id.number(), "purchases.not_finished");
                        self.put_off(id, now.plus(PUT_OFF_US)).await?;
                    }
                }
            }
        }
    }
}
