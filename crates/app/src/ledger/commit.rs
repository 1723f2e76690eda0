//! The committer: takes what waits, applies it in memory, appends it with one
//! fsync, merges, answers. It is the only writer of the journal.

use std::sync::Arc;
use std::time::Duration;

use ledger::{Broken, Delta, Loaded, Outcome, Overlay, Sealed, Time};
use store::{Error, Priority, journal};
use tokio::sync::mpsc;

use super::error::SubmitError;
use super::prefetch::{BATCH_MAX, prepare};
use super::queue::{Done, Prepared, Reply, Work};
use super::shared::Shared;
use super::stopwatch::Stopwatch;

/// How many records may be ahead of the projections: appends wait there.
const LAG_MAX: i64 = 200_000;

/// The longest grace, however slow the disk.
const GRACE_MAX: Duration = Duration::from_millis(1);

/// Answers to send once the append is known.
type Answers = Vec<(tokio::sync::oneshot::Sender<Reply>, Vec<Answer>)>;

/// An outcome, its record by its place among the records of the batch.
#[derive(Clone, Copy)]
enum Answer {
    Outcome(Outcome),
    RefusedAt(usize, ledger::Refusal),
}

/// Decides and commits until the queue is closed and empty.
pub(super) async fn run(shared: Arc<Shared>, mut prepared: mpsc::Receiver<Vec<Prepared>>) {
    let mut pace = Pace::default();
    while let Some(mut batch) = prepared.recv().await {
        pace.gather(&mut batch, &mut prepared).await;
        let batch = complete(&shared, batch).await;
        if batch.is_empty() {
            continue;
        }
        wait_for_projections(&shared).await;
        let count = orders(&batch);
        let started = Stopwatch::start();
        decide(&shared, batch).await;
        pace = Pace { answered: count, took: started.read() };
    }
}

/// How the last commit went.
#[derive(Default)]
struct Pace {
    /// Commands it answered.
    answered: usize,
    /// How long it took.
    took: Duration,
}

impl Pace {
    /// Takes what waits. Clients that were just answered ask again within an
    /// instant; without a moment's grace half of them would always miss the
    /// commit and wait for two (ADR 8). The grace is an eighth of a commit.
    async fn gather(&self, batch: &mut Vec<Prepared>, more: &mut mpsc::Receiver<Vec<Prepared>>) {
        let expected = orders(batch).saturating_add(self.answered).min(BATCH_MAX);
        let patient = self.answered > 1;
        let grace = if patient { (self.took / 8).min(GRACE_MAX) } else { Duration::ZERO };
        let since = Stopwatch::start();
        while orders(batch) < expected && since.read() < grace {
            match more.try_recv() {
                Ok(next) => batch.extend(next),
                // A timer is a millisecond coarse; the tasks that read requests
                // are what there is to wait for, so they go first.
                Err(_) => tokio::task::yield_now().await,
            }
        }
        while orders(batch) < BATCH_MAX {
            let Ok(next) = more.try_recv() else { break };
            batch.extend(next);
        }
    }
}

fn orders(batch: &[Prepared]) -> usize {
    batch.iter().map(|prepared| prepared.waiting.entry.work.orders().len()).sum()
}

/// Keeps the wallets that were loaded. A wallet that was in memory when its
/// order was prepared and is there no more is loaded now.
async fn complete(shared: &Arc<Shared>, batch: Vec<Prepared>) -> Vec<Prepared> {
    let (mut ready, mut lost) = (Vec::with_capacity(batch.len()), Vec::new());
    {
        let mut working = shared.working_mut();
        for mut prepared in batch {
            for load in &mut prepared.facts {
                if let Some(wallet) = load.facts.wallet.take() {
                    working.admit(wallet);
                }
            }
            let there = all_there(&*working, &prepared);
            if there { ready.push(prepared) } else { lost.push(prepared.waiting) }
        }
    }
    if lost.is_empty() {
        return ready;
    }
    let mut again = prepare(shared, lost).await;
    let mut working = shared.working_mut();
    for load in again.iter_mut().flat_map(|prepared| &mut prepared.facts) {
        if let Some(wallet) = load.facts.wallet.take() {
            working.admit(wallet);
        }
    }
    ready.extend(again);
    ready
}

fn all_there(working: &impl ledger::Read, prepared: &Prepared) -> bool {
    let orders = prepared.waiting.entry.work.orders();
    orders.iter().zip(&prepared.facts).all(|(order, load)| {
        let wallet = order.command.wallet();
        !load.in_memory || wallet.is_none_or(|id| working.wallet(id).is_some())
    })
}

/// Lag is bounded: at the bound appends wait for the projector.
async fn wait_for_projections(shared: &Shared) {
    let mut projected = shared.projected.subscribe();
    let least = shared.head().seq.number().saturating_sub(LAG_MAX);
    // The sender lives as long as `shared`.
    let _ = projected.wait_for(|seq| seq.number() >= least || shared.stopped().is_some()).await;
}

async fn decide(shared: &Arc<Shared>, batch: Vec<Prepared>) {
    let now = match shared.stopped() {
        Some(error) => Err(error),
        None => shared.clock.now().map_err(SubmitError::from),
    };
    let now = match now {
        Ok(now) => now,
        Err(error) => return refuse_all(batch, &error),
    };
    let floors: Vec<_> = batch.iter().map(|prepared| Arc::clone(&prepared.floor)).collect();
    let (delta, answers, places) = match apply_batch(shared, now, batch) {
        Ok(applied) => applied,
        Err(broken) => return shared.fail(&broken.to_string()),
    };
    let sealed: Vec<Arc<Sealed>> = delta.sealed().iter().cloned().map(Arc::new).collect();
    if let Err(error) = append(shared, &sealed).await {
        return answer_failure(shared, &error, answers);
    }
    shared.working_mut().merge(delta);
    if let Some(last) = sealed.last() {
        shared.count(u64::try_from(sealed.len()).unwrap_or_default());
        shared.head.send_replace(last.record.seq);
    }
    shared.keep(sealed.iter().cloned());
    for (reply, answers) in answers {
        let done = answers.into_iter().map(|answer| done(answer, &sealed)).collect();
        // Who asked may be gone; what they asked for is done.
        let _ = reply.send(Ok(done));
    }
    drop((floors, places));
}

fn refuse_all(batch: Vec<Prepared>, error: &SubmitError) {
    for prepared in batch {
        // Who asked may be gone.
        let _ = prepared.waiting.entry.reply.send(Err(error.again()));
    }
}

/// A failed append: if it is known that nothing was written the server goes on;
/// otherwise only a restart can tell.
fn answer_failure(shared: &Shared, error: &Error, answers: Answers) {
    let known = matches!(error, Error::Busy);
    let error = if known {
        SubmitError::Overloaded
    } else {
        shared.fail(&format!("an append failed: {error}"));
        SubmitError::Stopped
    };
    for (reply, _) in answers {
        // Who asked may be gone.
        let _ = reply.send(Err(error.again()));
    }
}

/// The places in the queue are given back once the batch is answered.
type Places = Vec<super::queue::Place>;

fn apply_batch(
    shared: &Shared,
    now: Time,
    batch: Vec<Prepared>,
) -> Result<(Delta, Answers, Places), Broken> {
    let working = shared.working();
    let mut loaded = Loaded::new(&working);
    let (mut requests, mut places) = (Vec::with_capacity(batch.len()), Vec::new());
    for prepared in batch {
        for load in prepared.facts {
            loaded.add(load.facts);
        }
        let (entry, place) = prepared.waiting.into_parts();
        places.push(place);
        requests.push(entry);
    }
    let mut overlay = Overlay::new(&loaded);
    let mut answers = Vec::with_capacity(requests.len());
    for entry in requests {
        let outcomes = match entry.work {
            Work::Each(orders) => apply_each(&mut overlay, now, &orders)?,
            Work::All(orders) => match ledger::apply_all(&mut overlay, now, &orders)? {
                Ok(outcomes) => outcomes.into_iter().map(Answer::Outcome).collect(),
                Err((place, refusal)) => vec![Answer::RefusedAt(place, refusal)],
            },
        };
        answers.push((entry.reply, outcomes));
    }
    Ok((overlay.into_delta(), answers, places))
}

fn apply_each(
    overlay: &mut Overlay<'_>,
    now: Time,
    orders: &[ledger::Order],
) -> Result<Vec<Answer>, Broken> {
    let outcomes = orders.iter().map(|order| ledger::apply(overlay, now, order));
    outcomes.map(|outcome| outcome.map(Answer::Outcome)).collect()
}

async fn append(shared: &Shared, sealed: &[Arc<Sealed>]) -> Result<(), Error> {
    if sealed.is_empty() {
        return Ok(());
    }
    let (head, sealed) = (shared.head(), sealed.to_vec());
    shared
        .db
        .write::<_, Error, _>(Priority::Append, move |tx| {
            Box::pin(async move { journal::append(tx, head, &sealed).await })
        })
        .await
}

fn done(answer: Answer, sealed: &[Arc<Sealed>]) -> Done {
    let outcome = match answer {
        Answer::Outcome(outcome) => outcome,
        Answer::RefusedAt(place, refusal) => return Done::RefusedAt(place, refusal),
    };
    let find = |seq: ledger::Seq| {
        let first = sealed.first()?.record.seq;
        let place = usize::try_from(seq.number().checked_sub(first.number())?).ok()?;
        sealed.get(place)
    };
    match outcome {
        Outcome::Refused(refusal, _) => Done::Refused(refusal),
        Outcome::Replayed(entry) => Done::Replayed(entry.seq),
        Outcome::Applied(seq) => match find(seq) {
            Some(sealed) => {
                let words = sealed.words.as_ref().map(|words| words.text.clone());
                Done::Applied(Arc::clone(&sealed.record), words)
            }
            // A settle that found nothing due names the record before.
            None => Done::Replayed(seq),
        },
    }
}
