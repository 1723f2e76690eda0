//! Taking the steps that a crash or a stop left undone, or that a provider or a full
//! account held up, for the job.

use std::time::Duration;

use domain::{ReversalState, Time};
use store::{Place, reversals};

use super::view;
use crate::App;
use crate::error::Error;

/// How many it reads at a time.
const REVERSALS_MAX: i64 = 256;

/// How long the provider is asked in one look: while it is away each question waits.
const ASKING_MAX: Duration = Duration::from_secs(30);

/// What is left to do of a reversal.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Left {
    /// Its credits follow the money: nobody is asked.
    Settling,
    /// Whether its money goes back is not known: the provider is asked.
    Asking,
}

impl App {
    /// Finishes refunds and chargebacks that are known since at least so many
    /// microseconds; how many. One that can't be finished yet stops none of the
    /// others, nor does a provider that is away stop those that need none.
    pub async fn finish_reversals(&self, age: i64) -> Result<usize, Error> {
        let until = self.ledger().time()?.plus(age.saturating_neg());
        let settled = self.finish_those(until, Left::Settling).await?;
        let asked = tokio::time::timeout(ASKING_MAX, self.finish_those(until, Left::Asking));
        if let Ok(asked) = asked.await {
            return Ok(settled.saturating_add(asked?));
        }
        tracing::warn!("reversals.asking_takes_long");
        Ok(settled)
    }

    async fn finish_those(&self, until: Time, left: Left) -> Result<usize, Error> {
        let (mut finished, mut last) = (0, Place::START);
        loop {
            let open = self.all(reversals::unsettled(until, last, REVERSALS_MAX)).await?;
            let Some(end) = open.last() else { return Ok(finished) };
            last = *end;
            for Place { id, .. } in open {
                match self.finish_reversal(id, left).await {
                    Ok(is_finished) => finished += usize::from(is_finished),
                    Err(error) => tracing::warn!(%error, reversal = id, "reversals.not_finished"),
                }
            }
        }
    }

    /// Finishes one, if that is what is left of it; whether it is.
    async fn finish_reversal(&self, id: i64, left: Left) -> Result<bool, Error> {
        let row = self.find_reversal(id).await?;
        match (left, view::state(&row)? == ReversalState::Asking) {
            (Left::Settling, false) => {
                self.settle_reversals(&row.of.payment_intent).await.map(|_| true)
            }
            (Left::Asking, true) => match self.resume_refund(id).await {
                Ok(_) | Err(Error::Refund { .. }) => Ok(true),
                Err(error) => Err(error),
            },
            (Left::Settling, true) | (Left::Asking, false) => Ok(false),
        }
    }
}
