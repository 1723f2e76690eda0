//! Runs the calls of a plan, so many at a time, and adds up what they came to.

use anyhow::Context as _;
use futures::{StreamExt as _, stream};

use super::plan::{Fate, Plan, Run};
use super::tally::{Outcome, Tally, Timed};
use super::target::{Failure, Target};
use crate::commands::progress::Progress;
use crate::wiring::machine;

/// Runs every call of the plan.
pub(super) async fn drive(
    target: &Target,
    plan: &Plan,
    concurrency: usize,
) -> anyhow::Result<Tally> {
    let started = machine::instant();
    let mut tally = Tally::new()?;
    let total = u64::try_from(plan.calls.len()).unwrap_or(u64::MAX);
    let mut progress = Progress::of(total, "calls");
    let runs = stream::iter(plan.runs()).map(|run| async move { one(target, &run).await });
    let mut outcomes = runs.buffer_unordered(concurrency);
    while let Some(outcome) = outcomes.next().await {
        tally.count(&outcome?).context("the sums are too large")?;
        progress.set(tally.runs);
    }
    progress.finish();
    tally.took = machine::instant().duration_since(started);
    Ok(tally)
}

/// One call: quote, hold, work, settle. A refusal ends it early.
async fn one(target: &Target, run: &Run) -> anyhow::Result<Outcome> {
    let mut outcome = Outcome::default();
    match steps(target, run, &mut outcome).await {
        Ok(()) | Err(Failure::Refused) => Ok(outcome),
        Err(Failure::Broken(error)) => Err(error.context(format!("row {}", run.row + 1))),
    }
}

async fn steps(target: &Target, run: &Run, outcome: &mut Outcome) -> Result<(), Failure> {
    let times = &mut outcome.times;
    timed(times, Timed::Quote, target.quote(run)).await?;
    let held = timed(times, Timed::Hold, target.hold(run)).await?;
    let id = held.id;
    outcome.held = Some(held);
    let settled = match run.fate {
        Fate::Works => timed(times, Timed::Capture, target.capture(run, id)).await?,
        Fate::Fails => timed(times, Timed::Release, target.release(run, id)).await?,
    };
    outcome.settled = Some(settled);
    Ok(())
}

async fn timed<T>(
    times: &mut Vec<(Timed, std::time::Duration)>,
    step: Timed,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let started = machine::instant();
    let done = work.await?;
    times.push((step, machine::instant().duration_since(started)));
    Ok(done)
}
