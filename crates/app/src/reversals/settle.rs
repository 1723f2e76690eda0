//! The credits of a payment whose money went back: one step after the other is
//! planned in a transaction, carried out by the ledger, and noted. Whoever comes
//! next takes the step that is planned, so two at once take the same one.

use domain::settlement::{DoneStep, Payment, Step, StepAction};
use domain::{Credits, GrantId, Limit, Refusal, Seq};
use ledger::Record;
use store::Tx;
use store::{reversal_steps, reversals};

use super::bought::{self, Bought};
use super::order::Planned;
use super::{Synced, view};
use crate::App;
use crate::error::Error;
use crate::ledger::{How, SubmitError};
use crate::purchases::is_full;

/// What is left to do.
enum Left {
    Nothing,
    /// The credits are not there yet that would go back.
    NotGranted,
    Step(Box<Planned>),
}

impl App {
    /// Takes every step that is left for a payment.
    pub(crate) async fn settle_reversals(&self, intent: &str) -> Result<Synced, Error> {
        loop {
            match self.plan_step(intent).await? {
                Left::Nothing => return Ok(Synced::Done),
                Left::NotGranted => return Ok(Synced::Pending),
                Left::Step(planned) => self.take_step(*planned).await?,
            }
        }
    }

    async fn plan_step(&self, intent: &str) -> Result<Left, Error> {
        let (intent, at) = (intent.to_owned(), self.ledger().time()?);
        self.write(move |tx| Box::pin(async move { plan(tx, &intent, at).await })).await
    }

    /// Carries a step out: its key in the ledger is the fact it follows from, so
    /// it is done once whoever does it.
    async fn take_step(&self, planned: Planned) -> Result<(), Error> {
        if planned.row.attempt > 1 && matches!(planned.step.action, StepAction::Restore { .. }) {
            let read = self.ledger().wallet(planned.wallet).await?;
            if is_full(&read.wallet) {
                let refusal = Refusal::Limit(Limit::OpenGrants);
                return Err(SubmitError::Refused { refusal, how: How::Applied }.into());
            }
        }
        let order = planned.order(self)?;
        match self.ledger().submit(order).await {
            Ok(committed) => {
                let record = &committed.record;
                let clawed = clawed(&planned.step, record)?;
                self.note_step(planned, Some(record.seq), clawed).await
            }
            // It is as it should be already.
            Err(SubmitError::Refused {
                refusal: Refusal::GrantFrozen | Refusal::GrantNotFrozen,
                ..
            }) => self.note_step(planned, None, None).await,
            Err(refused @ SubmitError::Refused { .. }) => {
                self.note_refused_step(&planned).await?;
                Err(refused.into())
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn note_step(
        &self,
        planned: Planned,
        seq: Option<Seq>,
        clawed: Option<Credits>,
    ) -> Result<(), Error> {
        let at = self.ledger().time()?;
        self.write(move |tx| {
            Box::pin(async move {
                // No row is hit where somebody else took this step.
                let done = reversal_steps::done(planned.row.id, seq, clawed, at);
                if tx.exec(done).await?.at_most_one()? {
                    let (intent, reversal) = (&planned.intent, planned.step.reversal);
                    let payment = known(tx, intent).await?;
                    let payment = payment.ok_or_else(|| Error::internal("a payment is lost"))?;
                    let taken = payment.1.taken_by(reversal).map_err(Error::internal)?;
                    tx.exec(reversals::take(reversal, taken, at)).await?.expect_one()?;
                }
                Ok(())
            })
        })
        .await
    }

    /// The next attempt has a key of its own: this one's outcome is a refusal
    /// for ever.
    async fn note_refused_step(&self, planned: &Planned) -> Result<(), Error> {
        let (id, attempt, at) = (planned.row.id, planned.row.attempt, self.ledger().time()?);
        self.write(move |tx| {
            Box::pin(async move {
                let refused = tx.exec(reversal_steps::refused(id, attempt, at)).await?;
                Ok(refused.at_most_one().map(drop)?)
            })
        })
        .await
    }
}

/// Finds the step that is planned, or plans the next.
async fn plan(tx: &mut Tx, intent: &str, at: domain::Time) -> Result<Left, Error> {
    loop {
        let Some((bought, payment)) = known(tx, intent).await? else { return Ok(Left::Nothing) };
        if bought.grants.is_empty() {
            return Ok(Left::NotGranted);
        }
        let steps = tx.all(reversal_steps::of_payment(intent)).await?;
        if let Some(row) = steps.into_iter().find(|row| !row.is_done) {
            return Ok(Left::Step(Box::new(planned(tx, intent, &bought, row).await?)));
        }
        let Some(step) = payment.next().map_err(Error::internal)? else {
            // A bonus that comes later goes back as well: there will be more to do.
            if !bought.lacks_bonus {
                tx.exec(reversals::settle(intent)).await?.rows();
            }
            return Ok(Left::Nothing);
        };
        let id = tx.one(reversal_steps::plan(&new(intent, &step), at)).await?;
        if step.action == StepAction::Skip {
            tx.exec(reversal_steps::done(id, None, None, at)).await?.expect_one()?;
        }
    }
}

async fn planned(
    tx: &mut Tx,
    intent: &str,
    bought: &Bought,
    row: reversal_steps::Step,
) -> Result<Planned, Error> {
    let reversal = tx.one(reversals::by_id(row.reversal_id)).await?;
    let paid = bought.grants.first().filter(|paid| paid.id == row.grant);
    let cost = paid.and_then(|paid| {
        let cost = bought.paid.cost(bought.currency)?;
        cost.share(row.total, paid.amount)
    });
    Ok(Planned {
        intent: intent.to_owned(),
        wallet: bought.wallet,
        step: step(&row)?,
        is_paid: paid.is_some(),
        cost,
        row,
        reversal,
    })
}

/// A payment with all that happened to it.
async fn known(tx: &mut Tx, intent: &str) -> Result<Option<(Bought, Payment)>, Error> {
    let Some(bought) = bought::find(tx, intent).await? else { return Ok(None) };
    let rows = tx.all(reversals::of_payment(intent)).await?;
    let steps = tx.all(reversal_steps::of_payment(intent)).await?;
    let payment = Payment {
        paid: bought.paid,
        grants: bought.grants.clone(),
        rolled: bought.rolled,
        reversals: rows.iter().map(reversal).collect::<Result<_, _>>()?,
        done: steps.iter().filter(|row| row.is_done).map(done).collect::<Result<_, _>>()?,
    };
    Ok(Some((bought, payment)))
}

fn reversal(row: &reversals::Reversal) -> Result<domain::Reversal, Error> {
    Ok(domain::Reversal {
        id: row.id,
        kind: view::kind(row)?,
        state: view::state(row)?,
        amount: domain::Cents::from_count(row.of.cents),
        missing: view::missing(row),
    })
}

fn step(row: &reversal_steps::Step) -> Result<Step, Error> {
    let action = StepAction::parse(&row.action, row.total, row.of);
    let action = action.ok_or_else(|| Error::internal("a stored step is none"))?;
    Ok(Step { reversal: row.reversal_id, grant: row.grant, action })
}

fn done(row: &reversal_steps::Step) -> Result<DoneStep, Error> {
    let step = step(row)?;
    let makes = matches!(step.action, StepAction::Restore { .. });
    let made = row.seq.filter(|_| makes).map(|seq| GrantId { seq, ordinal: 1 });
    Ok(DoneStep { step, clawed: row.clawed, made })
}

fn new(intent: &str, step: &Step) -> reversal_steps::New {
    let (total, of) = step.action.figures();
    reversal_steps::New {
        payment_intent: intent.to_owned(),
        reversal_id: step.reversal,
        action: step.action.as_str().to_owned(),
        grant: step.grant,
        total,
        of,
    }
}

/// What was taken of the grant in total, by the record of a step.
fn clawed(step: &Step, record: &Record) -> Result<Option<Credits>, Error> {
    if !matches!(step.action, StepAction::Take { .. } | StepAction::Owe { .. }) {
        return Ok(None);
    }
    let change = record.grants.iter().find(|change| change.id == step.grant);
    let change = change.ok_or_else(|| Error::internal("a clawback took of another grant"))?;
    Ok(Some(change.state.clawed))
}
