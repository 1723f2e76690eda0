//! Deciding a batch: its commands applied in memory, on top of committed state.
//! Nothing is written here, and nothing is kept until the append is known.

use std::sync::Arc;

use ledger::{Broken, Delta, Loaded, Outcome, Overlay, Sealed, Time, Wallet};

use super::queue::{Done, Prepared, Work};
use super::shared::Shared;

/// A batch that was decided: what is appended, and what is answered then.
#[derive(Default)]
pub(super) struct Decided {
    /// Its records, in order; none where nothing comes of it but answers.
    pub(super) sealed: Vec<Arc<Sealed>>,
    /// What was loaded for it, to be kept.
    pub(super) wallets: Vec<Arc<Wallet>>,
    /// The answers to each request.
    pub(super) answers: Vec<Vec<Answer>>,
}

/// An outcome, its record by its place among the records of the batch.
#[derive(Clone, Copy)]
pub(super) enum Answer {
    Outcome(Outcome),
    RefusedAt(usize, ledger::Refusal),
}

/// Applies a batch on top of what is being committed: what is appended and answered, and
/// what it changes.
pub(super) fn decide(
    shared: &Shared,
    now: Time,
    batch: &[Prepared],
) -> Result<(Decided, Delta), Broken> {
    let working = shared.working();
    let mut loaded = Loaded::new(&working);
    for facts in batch.iter().flat_map(|prepared| &prepared.facts) {
        loaded.add(facts);
    }
    let mut overlay = Overlay::new(&loaded);
    let mut answers = Vec::with_capacity(batch.len());
    for prepared in batch {
        answers.push(match &prepared.waiting.entry.work {
            Work::Each(orders) => apply_each(&mut overlay, now, orders)?,
            Work::All(orders) => match ledger::apply_all(&mut overlay, now, orders)? {
                Ok(outcomes) => outcomes.into_iter().map(Answer::Outcome).collect(),
                Err((place, refusal)) => vec![Answer::RefusedAt(place, refusal)],
            },
        });
    }
    let mut delta = overlay.into_delta();
    let sealed = delta.take_sealed().into_iter().map(Arc::new).collect();
    let wallets = loaded.into_wallets().collect();
    Ok((Decided { sealed, wallets, answers }, delta))
}

fn apply_each(
    overlay: &mut Overlay<'_>,
    now: Time,
    orders: &[ledger::Order],
) -> Result<Vec<Answer>, Broken> {
    let outcomes = orders.iter().map(|order| ledger::apply(overlay, now, order));
    outcomes.map(|outcome| outcome.map(Answer::Outcome)).collect()
}

/// What became of an order, from the records of its batch.
pub(super) fn done(answer: Answer, sealed: &[Arc<Sealed>]) -> Done {
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
            None => Done::Settled(seq),
        },
    }
}
