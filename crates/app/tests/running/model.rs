//! The same random commands through the journal of every engine there is and through
//! the model: the same outcomes, the same records, byte for byte the same journals.
//!
//! `CREDITS_SOAK_JOURNAL_COMMANDS` says how many commands, `CREDITS_MODEL_SEED` with
//! which seed to begin.

use app::ledger::{Committed, How, SubmitError};
use app::proof::{self, Evidence};
use futures::future::join_all;
use ledger::{Command, Fingerprint, Kind, Order, Outcome, Owner, Refusal, Seq, Text, Time, Words};
use model::{Ask, BEGIN, Entry, Model, Step, What};
use store::{Error, journal, words};
use tempfile::TempDir;
use testkit::{TestPlace, is_on_a_server};

use crate::bench::Bench;

const COMMANDS: usize = 2_000;
const STEPS_MAX: usize = 500;
/// Wallets in memory: fewer than there are, so that some are loaded anew.
const WALLETS_MAX: usize = 2;
/// A clock that starts behind the last record leans towards the wall; a second later
/// it is there.
const BEFORE_A_RESTART: i64 = Time::SECOND;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_engine_has_the_journal_that_the_model_says() {
    let commands = setting("CREDITS_SOAK_JOURNAL_COMMANDS").unwrap_or(COMMANDS);
    let mut seed = setting("CREDITS_MODEL_SEED").unwrap_or(1);
    let mut done = 0;
    while done < commands {
        println!("CREDITS_MODEL_SEED={seed}");
        let mut run = Run::begin().await;
        for user in 0..3 {
            run.step(&model::opening(user)).await;
        }
        for step in model::sequence(u64::try_from(seed).unwrap(), STEPS_MAX) {
            run.step(&step).await;
        }
        done += run.sent.len();
        run.finish().await;
        seed += 1;
    }
    println!("{done} commands");
}

/// A sequence on every engine.
struct Run {
    model: Model,
    engines: Vec<Bench>,
    now: i64,
    sent: Vec<Order>,
}

/// What came of an order: how, and where the record is, or why not.
type Told = Result<(How, Option<Seq>), Refusal>;

impl Run {
    async fn begin() -> Self {
        let (on_a_file, under_test) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let file = TestPlace::File(on_a_file.path().join("book.db"));
        let mut engines = vec![engine(on_a_file, file).await];
        if is_on_a_server() {
            let server = TestPlace::fresh(under_test.path()).await;
            engines.push(engine(under_test, server).await);
        }
        Self { model: Model::new(BEGIN), engines, now: BEGIN, sent: Vec::new() }
    }

    async fn step(&mut self, step: &Step) {
        match step {
            Step::Ask(ask) => self.each(&[self.order(ask)]).await,
            Step::Repeat(ask, times) => {
                for _ in 0..*times {
                    self.each(&[self.order(ask)]).await;
                }
            }
            Step::Group(asks) | Step::Together(asks) => {
                let orders: Vec<_> = asks.iter().map(|ask| self.order(ask)).collect();
                if matches!(step, Step::Group(_)) {
                    self.each(&orders).await;
                } else {
                    self.together(&orders).await;
                }
            }
            Step::Again(nth) => {
                let nth = usize::from(*nth) % self.sent.len();
                self.each(&[self.sent[nth].clone()]).await;
            }
            // A wall clock that goes back is another test's.
            Step::Pass(pass) => self.pass_to(model::passed(&self.model, self.now, *pass)),
            Step::Project(_) => {
                for engine in &self.engines {
                    let projected = engine.ledger.projected().await;
                    projected
                        .unwrap_or_else(|error| panic!("{error}: {:?}", engine.ledger.health()));
                }
            }
            Step::Forget => {}
            Step::Restart(_) => self.restart().await,
        }
    }

    /// The order that an ask means, as the product gives it: an owner has one wallet by
    /// a key of its own, and nothing is sealed but by the audit log.
    fn order(&self, ask: &Ask) -> Order {
        let settle = Ask { what: What::Settle, ..ask.clone() };
        let ask = if ask.what == What::Seal { &settle } else { ask };
        let mut order = model::order(&self.model, self.now, ask);
        if let Command::Open(open) = &mut order.command {
            let user = i64::try_from(self.sent.len()).unwrap();
            open.owner = Owner::User(user);
            order.key = Some((Text::parse(&format!("user:{user}")).unwrap(), Fingerprint([0; 16])));
        }
        order
    }

    fn pass_to(&mut self, then: i64) {
        let passed = (then - self.now).max(0);
        self.now += passed;
        self.engines.iter().for_each(|engine| engine.hands.pass(passed));
    }

    async fn restart(&mut self) {
        self.pass_to(self.now + BEFORE_A_RESTART);
        let engines = std::mem::take(&mut self.engines);
        self.engines = join_all(engines.into_iter().map(Bench::restart)).await;
    }

    /// One by one, in order.
    async fn each(&mut self, orders: &[Order]) {
        self.sent.extend_from_slice(orders);
        let expected: Vec<Told> = orders
            .iter()
            .map(|order| {
                let outcome = self.model.apply(self.now, order);
                self.expected(outcome)
            })
            .collect();
        for engine in &self.engines {
            let answers = engine.ledger.submit_each(orders.to_vec()).await;
            let told: Vec<Told> = answers.into_iter().map(told).collect();
            assert_eq!(told, expected, "{orders:?}");
        }
    }

    /// All or none.
    async fn together(&mut self, orders: &[Order]) {
        self.sent.extend_from_slice(orders);
        let outcomes = self.model.apply_all(self.now, orders);
        let expected = outcomes.map(|outcomes| {
            outcomes.into_iter().map(|outcome| self.expected(outcome)).collect::<Vec<Told>>()
        });
        for engine in &self.engines {
            let answers = engine.ledger.submit_all(orders.to_vec()).await;
            let answers = answers.map(|all| all.into_iter().map(|one| told(Ok(one))).collect());
            let answers = answers.map_err(|(place, error)| (place, told(Err(error)).unwrap_err()));
            assert_eq!(answers, expected, "{orders:?}");
        }
    }

    /// An outcome as it is told: a replayed refusal has no record to show.
    fn expected(&self, outcome: Outcome) -> Told {
        match outcome {
            Outcome::Applied(seq) => Ok((How::Applied, Some(seq))),
            Outcome::Refused(refusal, _) => Err(refusal),
            Outcome::Replayed(entry) => {
                let record = self.model.entries.iter().find(|e| e.seq == entry.seq.number());
                let is_refusal = record.is_some_and(|record| record.kind == Kind::Refuse);
                Ok((How::Replayed, (!is_refusal).then_some(entry.seq)))
            }
        }
    }

    /// Every journal has every record, and is sound.
    async fn finish(self) {
        let mut journals = Vec::new();
        for engine in &self.engines {
            engine.ledger.close().await;
            journals.push(journal_of(engine).await);
            let report = proof::verify(engine.db(), Evidence::default(), |_| ()).await.unwrap();
            assert_eq!(report.outcome, proof::Outcome::Sound, "{report:?}");
        }
        for (rows, said) in &journals {
            let entries = rows.iter().skip(1).map(|row| {
                let record = ledger::decode(&row.body).unwrap();
                Entry::of(&record)
            });
            assert_eq!(entries.collect::<Vec<_>>(), self.model.entries);
            assert_eq!((rows, said), (&journals[0].0, &journals[0].1), "the engines differ");
        }
        for engine in self.engines {
            engine.db().close().await;
        }
    }
}

async fn engine(folder: TempDir, place: TestPlace) -> Bench {
    Bench::start_at(folder, place, Time::from_micros(BEGIN), WALLETS_MAX).await
}

fn told(answer: Result<Committed, SubmitError>) -> Told {
    match answer {
        Ok(Committed { how, record, .. }) => Ok((how, Some(record.seq))),
        Err(SubmitError::Refused { refusal, how: How::Applied }) => Err(refusal),
        Err(SubmitError::Refused { how: How::Replayed, .. }) => Ok((How::Replayed, None)),
        Err(error) => panic!("{error}"),
    }
}

/// All records and all words.
async fn journal_of(engine: &Bench) -> (Vec<journal::Row>, Vec<(Seq, Words)>) {
    let all = engine.db().read::<_, Error, _>(|tx| {
        Box::pin(async move {
            let rows = journal::range(tx, Seq::ZERO, i64::MAX).await?;
            Ok((rows, words::range(tx, Seq::ZERO, i64::MAX).await?))
        })
    });
    all.await.unwrap()
}

#[expect(clippy::disallowed_methods, reason = "a developer sets the length and the seed")]
fn setting(name: &str) -> Option<usize> {
    let value = std::env::var(name).ok()?;
    Some(value.parse().unwrap_or_else(|_| panic!("{name}={value} is not a number")))
}
