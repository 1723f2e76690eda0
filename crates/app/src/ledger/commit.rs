//! The committer: takes what waits, applies it in memory, appends it with one
//! fsync, merges, answers. It is the only writer of the journal.
//!
//! It works where the store writes: a commit asks for the next one before it
//! ends, so that between two of them nobody has to be woken (ADR 9), and what
//! comes while one is synced is in the next.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use ledger::{Broken, Delta, Head, Loaded, Outcome, Overlay, Read as _, Sealed, Time, Wallet};
use store::{Error, Priority, Tx, journal};
use tokio::sync::{mpsc, oneshot, watch};

use super::error::SubmitError;
use super::queue::{Done, Place, Prepared, Reply, Work};
use super::shared::{Floor, Shared, lock};

/// The most orders of one commit, except that one request is never split.
const BATCH_MAX: usize = 1_024;

/// Decides and commits what is put before it.
pub(super) struct Committer {
    shared: Arc<Shared>,
    /// What waits for the next commit.
    desk: Mutex<VecDeque<Prepared>>,
    /// A commit is asked for that takes what waits, or one is at work that will
    /// ask. Changes with the desk locked.
    asked: watch::Sender<bool>,
    /// The batch that is being appended.
    decided: Mutex<Option<Decided>>,
    /// Where batches go that were committed.
    committed: mpsc::UnboundedSender<Committed>,
}

/// A batch whose append is not known yet.
struct Decided {
    delta: Delta,
    sealed: Vec<Arc<Sealed>>,
    wallets: Vec<Arc<Wallet>>,
    answers: Answers,
    /// What was looked at stays until it is merged.
    floors: Vec<Arc<Floor>>,
    /// The places in the queue are taken until it is answered.
    places: Vec<Place>,
}

/// A batch to be answered. Their number is bounded by their places.
struct Committed {
    sealed: Vec<Arc<Sealed>>,
    answers: Answers,
    places: Vec<Place>,
}

/// Answers to send once the append is known.
type Answers = Vec<(oneshot::Sender<Reply>, Vec<Answer>)>;

/// An outcome, its record by its place among the records of the batch.
#[derive(Clone, Copy)]
enum Answer {
    Outcome(Outcome),
    RefusedAt(usize, ledger::Refusal),
}

/// Why a batch was not committed.
enum Failure {
    /// It is refused whole; nothing was written.
    Refused,
    Broken(Broken),
    Store(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Store(error)
    }
}

impl Committer {
    /// A committer, and what sends its answers.
    pub(super) fn new(shared: Arc<Shared>) -> (Self, impl Future<Output = ()>) {
        let (desk, decided) = (Mutex::default(), Mutex::default());
        let (committed, batches) = mpsc::unbounded_channel();
        let asked = watch::Sender::new(false);
        (Self { shared, desk, asked, decided, committed }, answer(batches))
    }

    pub(super) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// Has requests decided, as soon as the commit at work is done.
    pub(super) fn put(self: &Arc<Self>, batch: Vec<Prepared>) {
        let ask = {
            let mut desk = lock(&self.desk);
            desk.extend(batch);
            !desk.is_empty() && !self.asked.send_replace(true)
        };
        if ask {
            self.ask();
        }
    }

    /// Waits until nothing is under way.
    pub(super) async fn idle(&self) {
        // The sender lives as long as this.
        let _ = self.asked.subscribe().wait_for(|asked| !asked).await;
    }

    fn ask(self: &Arc<Self>) {
        let (deciding, settling) = (Arc::clone(self), Arc::clone(self));
        let asked = self.shared.db.submit::<_, Failure, _, _>(
            Priority::Append,
            move |tx| Box::pin(async move { deciding.decide(tx).await }),
            move |done| settling.settle(done),
        );
        if let Err(error) = asked {
            self.shared.fail(&format!("an append can't be asked for: {error}"));
            let mut desk = lock(&self.desk);
            refuse_all(desk.drain(..), &SubmitError::Stopped);
            self.asked.send_replace(false);
        }
    }

    fn take(&self) -> Vec<Prepared> {
        let mut desk = lock(&self.desk);
        let (mut batch, mut count) = (Vec::new(), 0);
        while count < BATCH_MAX
            && let Some(prepared) = desk.pop_front()
        {
            count += prepared.waiting.entry.work.orders().len();
            batch.push(prepared);
        }
        batch
    }

    /// Applies what waits, and appends the records of it.
    async fn decide(&self, tx: &mut Tx) -> Result<(), Failure> {
        let batch = self.take();
        let now = match self.shared.stopped() {
            Some(error) => Err(error),
            None => self.shared.clock.now().map_err(SubmitError::from),
        };
        let now = match now {
            Ok(now) => now,
            Err(error) => {
                refuse_all(batch, &error);
                return Err(Failure::Refused);
            }
        };
        let (head, decided) = apply_batch(&self.shared, now, batch).map_err(Failure::Broken)?;
        let sealed = decided.sealed.clone();
        *lock(&self.decided) = Some(decided);
        if !sealed.is_empty() {
            journal::append(tx, head, &sealed).await?;
        }
        Ok(())
    }

    /// Merges and answers once the append is known, and asks for the next one.
    fn settle(self: &Arc<Self>, done: Result<(), Failure>) {
        let decided = lock(&self.decided).take();
        match (done, decided) {
            (Ok(()), Some(decided)) => self.keep(decided),
            (Ok(()) | Err(Failure::Refused), _) => {}
            (Err(Failure::Broken(broken)), _) => self.shared.fail(&broken.to_string()),
            (Err(Failure::Store(error)), decided) => self.answer_failure(&error, decided),
        }
        let ask = {
            let desk = lock(&self.desk);
            self.asked.send_replace(!desk.is_empty());
            !desk.is_empty()
        };
        if ask {
            self.ask();
        }
    }

    /// A failed append: if it is known that nothing was written the server goes
    /// on; otherwise only a restart can tell.
    fn answer_failure(&self, error: &Error, decided: Option<Decided>) {
        let answer = if matches!(error, Error::Busy) {
            SubmitError::Overloaded
        } else {
            self.shared.fail(&format!("an append failed: {error}"));
            SubmitError::Stopped
        };
        match decided {
            // The transaction could not begin: nobody has taken what waits.
            None => refuse_all(self.take(), &answer),
            Some(decided) => {
                for (reply, _) in decided.answers {
                    // Who asked may be gone.
                    let _ = reply.send(Err(answer.again()));
                }
            }
        }
    }

    fn keep(&self, decided: Decided) {
        let Decided { delta, sealed, wallets, answers, floors, places } = decided;
        self.shared.merge(delta, wallets);
        if let Some(last) = sealed.last() {
            self.shared.count(u64::try_from(sealed.len()).unwrap_or_default());
            self.shared.head.send_replace(last.record.seq);
        }
        self.shared.keep(sealed.iter().cloned());
        drop(floors);
        // Its receiver lives as long as this.
        let _ = self.committed.send(Committed { sealed, answers, places });
    }
}

/// Answers what is committed. Waking who asked from where requests are read is
/// several times cheaper than from the thread that writes.
async fn answer(mut batches: mpsc::UnboundedReceiver<Committed>) {
    while let Some(Committed { sealed, answers, places }) = batches.recv().await {
        for (reply, answers) in answers {
            let done = answers.into_iter().map(|answer| done(answer, &sealed)).collect();
            // Who asked may be gone; what they asked for is done.
            let _ = reply.send(Ok(done));
        }
        drop(places);
    }
}

fn refuse_all(batch: impl IntoIterator<Item = Prepared>, error: &SubmitError) {
    for prepared in batch {
        // Who asked may be gone.
        let _ = prepared.waiting.entry.reply.send(Err(error.again()));
    }
}

fn apply_batch(
    shared: &Shared,
    now: Time,
    batch: Vec<Prepared>,
) -> Result<(Head, Decided), Broken> {
    let working = shared.working();
    let mut loaded = Loaded::new(&working);
    let (mut requests, mut floors, mut places) =
        (Vec::with_capacity(batch.len()), Vec::new(), Vec::new());
    for prepared in batch {
        for facts in prepared.facts {
            loaded.add(facts);
        }
        let (entry, place) = prepared.waiting.into_parts();
        floors.push(prepared.floor);
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
    let delta = overlay.into_delta();
    let sealed = delta.sealed().iter().cloned().map(Arc::new).collect();
    let wallets = loaded.into_wallets().collect();
    Ok((working.head(), Decided { delta, sealed, wallets, answers, floors, places }))
}

fn apply_each(
    overlay: &mut Overlay<'_>,
    now: Time,
    orders: &[ledger::Order],
) -> Result<Vec<Answer>, Broken> {
    let outcomes = orders.iter().map(|order| ledger::apply(overlay, now, order));
    outcomes.map(|outcome| outcome.map(Answer::Outcome)).collect()
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
