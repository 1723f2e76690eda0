//! Taking the steps that a crash or a stop left undone, or that a provider or a full
//! account held up, for the job.

use domain::ReversalState;
use store::{Place, reversals};

use super::view;
use crate::App;
use crate::error::Error;
use crate::ledger::SubmitError;

/// How many it reads at a time.
const REVERSALS_MAX: i64 = 256;

/// Whether the payment provider answers, as far as this look has seen.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Provider {
    Answers,
    /// Each question more waits for as long as it does.
    Away,
}

impl App {
    /// Finishes refunds and chargebacks that are known since at least so many
    /// microseconds; how many. One that can't be finished yet stops none of the
    /// others.
    pub async fn finish_reversals(&self, age: i64) -> Result<usize, Error> {
        let until = self.ledger().time()?.plus(age.saturating_neg());
        let (mut finished, mut last, mut provider) = (0, Place::START, Provider::Answers);
        loop {
            let open = self.read(move |tx| {
                let open = reversals::unsettled(until, last, REVERSALS_MAX);
                Box::pin(async move { Ok(tx.all(open).await?) })
            });
            let open = open.await?;
            let Some(end) = open.last() else { return Ok(finished) };
            last = *end;
            for Place { id, .. } in open {
                match self.finish_reversal(id, provider).await {
                    Ok(()) => finished += 1,
                    Err(error) => {
                        // Not asked, or asked and not answered.
                        if let Error::Submit(SubmitError::Overloaded | SubmitError::Unknown) = error
                        {
                            provider = Provider::Away;
                        }
                        tracing::warn!(%error, reversal = id, "reversals.not_finished");
                    }
                }
            }
        }
    }

    /// Those whose money has moved need no provider.
    async fn finish_reversal(&self, id: i64, provider: Provider) -> Result<(), Error> {
        let row = self.find_reversal(id).await?;
        if view::state(&row)? != ReversalState::Asking {
            return self.settle_reversals(&row.of.payment_intent).await.map(drop);
        }
        if provider == Provider::Away {
            return Err(SubmitError::Unknown.into());
        }
        match self.resume_refund(id).await {
            Ok(_) | Err(Error::Refund { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
