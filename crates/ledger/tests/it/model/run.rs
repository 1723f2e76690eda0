//! One random run: each step is done by the ledger and by the model, and all
//! that can be compared is.

use std::collections::BTreeMap;

use ledger::{
    Command, Delta, Event, Facts, Head, Loaded, Mode, Order, Outcome, Overlay, Read, Refusal, Seq,
    Time, Verifier, Working, apply, apply_all,
};
use model::{Ask, BEGIN, Entry, Model, Step};
use proptest::prelude::{prop_assert, prop_assert_eq};
use proptest::test_runner::TestCaseError;

use super::compare;
use super::shelf::{Shelf, fail, replay};

pub(super) type Checked<T = ()> = Result<T, TestCaseError>;

/// How often something happened: a test that never does it proves nothing.
pub(super) type Tally = BTreeMap<String, u64>;

pub(super) struct Run {
    model: Model,
    /// What commands are decided on; parts of it are forgotten and loaded.
    working: Working,
    /// The fold of every record, and nothing but records.
    whole: Working,
    verifier: Verifier,
    shelf: Shelf,
    now: i64,
    sent: Vec<Order>,
    pub(super) tally: Tally,
}

impl Run {
    /// A new book with three wallets.
    pub(super) fn begin() -> Checked<Self> {
        let empty = Working::new(Head::START);
        let mut run = Self {
            model: Model::new(BEGIN),
            working: empty.clone(),
            whole: empty.clone(),
            verifier: Verifier::default(),
            shelf: Shelf::new(empty),
            now: BEGIN,
            sent: Vec::new(),
            tally: Tally::new(),
        };
        let delta = genesis(&run.working)?;
        run.keep(delta)?;
        for wallet in 0..3 {
            run.step(&model::opening(wallet))?;
        }
        Ok(run)
    }

    pub(super) fn step(&mut self, step: &Step) -> Checked {
        match step {
            Step::Ask(ask) => self.group(std::slice::from_ref(ask)),
            Step::Group(asks) => self.group(asks),
            Step::Repeat(ask, times) => {
                (0..*times).try_for_each(|_| self.group(std::slice::from_ref(ask)))
            }
            Step::Together(asks) => self.together(asks),
            Step::Again(nth) => self.again(*nth),
            Step::Pass(pass) => {
                self.now = model::passed(&self.model, self.now, *pass);
                Ok(())
            }
            Step::Project(part) => self.project(*part),
            Step::Forget => self.forget(),
            Step::Restart(bits) => {
                self.working = self.shelf.restart(&self.whole, *bits)?;
                self.compare_all()
            }
        }
    }

    fn project(&mut self, part: u8) -> Checked {
        self.shelf.project(part, &mut self.working)
    }

    /// Twice, since what was used since the last time is kept.
    fn forget(&mut self) -> Checked {
        let projected = self.shelf.projected();
        self.working.rotate(projected);
        self.working.rotate(projected);
        let all = projected == self.whole.head().seq;
        for wallet in &self.model.wallets {
            let id = wallet.id;
            let is_gone = self.working.wallet(id).is_none();
            prop_assert!(is_gone || !all, "{id:?} is kept");
            let written = self.whole.wallet(id).is_none_or(|wallet| wallet.seq <= projected);
            prop_assert!(written || !is_gone, "{id:?} is gone");
        }
        Ok(())
    }

    fn again(&mut self, nth: u16) -> Checked {
        let order = self.sent.get(usize::from(nth) % self.sent.len().max(1)).cloned();
        self.apply_each(&order.into_iter().collect::<Vec<_>>())
    }

    fn group(&mut self, asks: &[Ask]) -> Checked {
        let orders = self.orders(asks);
        self.apply_each(&orders)
    }

    /// The orders of steps, and what they need in memory.
    fn orders(&mut self, asks: &[Ask]) -> Vec<Order> {
        let orders: Vec<Order> =
            asks.iter().map(|ask| model::order(&self.model, self.now, ask)).collect();
        self.sent.extend(orders.iter().cloned());
        orders
    }

    /// Applies orders in one overlay, each for itself.
    fn apply_each(&mut self, orders: &[Order]) -> Checked {
        let facts = self.load(orders);
        let (outcomes, delta) = self.decide(orders, &facts)?;
        // The batch was lost before its COMMIT; done again it is the same, byte by byte.
        let (again, twin) = self.decide(orders, &facts)?;
        prop_assert_eq!(&outcomes, &again);
        prop_assert_eq!(bytes(&delta), bytes(&twin));
        self.admit(facts);
        let begun = self.model.last.1;
        for (order, outcome) in orders.iter().zip(&outcomes) {
            let expected = self.model.apply(self.now, order);
            prop_assert_eq!(*outcome, expected, "{:?}", order);
            self.count(*outcome);
        }
        if let ([order], [Outcome::Refused(..)]) = (orders, &outcomes[..]) {
            self.check_refused(order, &delta)?;
        }
        self.keep(delta)?;
        self.compare_touched(orders, &outcomes, begun)
    }

    /// Loads what orders need.
    fn load(&self, orders: &[Order]) -> Vec<Facts> {
        orders.iter().map(|order| self.shelf.load(&self.working, order)).collect()
    }

    /// Keeps the wallets that were loaded; the rest was for the orders alone.
    fn admit(&mut self, facts: Vec<Facts>) {
        for wallet in facts.into_iter().filter_map(|facts| facts.wallet) {
            self.working.admit(wallet);
        }
    }

    fn decide(&self, orders: &[Order], facts: &[Facts]) -> Checked<(Vec<Outcome>, Delta)> {
        let now = Time::from_micros(self.now);
        let loaded = self.loaded(facts);
        let mut overlay = Overlay::new(&loaded);
        let outcomes: Result<_, _> =
            orders.iter().map(|order| apply(&mut overlay, now, order)).collect();
        Ok((outcomes.map_err(fail)?, overlay.into_delta()))
    }

    fn loaded(&self, facts: &[Facts]) -> Loaded<'_> {
        let mut loaded = Loaded::new(&self.working);
        for facts in facts {
            loaded.add(facts);
        }
        loaded
    }

    /// X1: all that a refused command did was to settle what was due.
    fn check_refused(&self, order: &Order, refused: &Delta) -> Checked {
        let Some(id) = order.command.wallet() else { return Ok(()) };
        let mut with_refusal = self.working.clone();
        with_refusal.merge(refused.clone());
        let mut settled = Overlay::new(&self.working);
        if refused.sealed().iter().any(|sealed| sealed.record.after.is_some()) {
            let settle = Order::bare(order.actor.clone(), Command::Settle(id));
            apply(&mut settled, Time::from_micros(self.now), &settle).map_err(fail)?;
        }
        prop_assert_eq!(with_refusal.wallet(id), settled.wallet(id), "X1");
        Ok(())
    }

    /// Applies orders all or none.
    fn together(&mut self, asks: &[Ask]) -> Checked {
        let orders = self.orders(asks);
        let facts = self.load(&orders);
        let begun = self.model.last.1;
        let (result, delta) = {
            let loaded = self.loaded(&facts);
            let mut overlay = Overlay::new(&loaded);
            let now = Time::from_micros(self.now);
            (apply_all(&mut overlay, now, &orders).map_err(fail)?, overlay.into_delta())
        };
        self.admit(facts);
        prop_assert_eq!(&result, &self.model.apply_all(self.now, &orders), "{:?}", orders);
        *self.tally.entry(format!("batch {}", result.is_ok())).or_default() += 1;
        if result.is_err() {
            prop_assert!(delta.sealed().is_empty(), "a refused batch left a record");
            prop_assert_eq!(delta.head(), self.working.head());
        }
        self.keep(delta)?;
        self.compare_touched(&orders, &result.unwrap_or_default(), begun)
    }

    /// Takes over what was decided, after checking each record of it.
    fn keep(&mut self, delta: Delta) -> Checked {
        let before = self.working.head();
        compare::check_sealed(before, delta.sealed())?;
        for sealed in delta.sealed() {
            let record = &sealed.record;
            let taken = self.verifier.next(record.seq, &sealed.body, sealed.hash);
            let taken = taken.map_err(|fault| TestCaseError::fail(fault.to_string()))?;
            prop_assert_eq!(&taken, &**record);
            *self.tally.entry(record.event.kind().as_str().to_owned()).or_default() += 1;
            if record.seq > Seq::from_number(1) {
                let place = usize::try_from(record.seq.number() - 2).expect("small");
                let entry = self.model.entries.get(place);
                prop_assert_eq!(entry, Some(&Entry::of(record)), "{:?}", record);
            }
        }
        let expected = Seq::from_number(self.model.last.0);
        prop_assert_eq!(delta.head().seq, expected, "the model has another number of records");
        replay(&mut self.whole, delta.sealed().iter())?;
        self.shelf.append(delta.sealed());
        self.working.merge(delta);
        prop_assert_eq!(self.working.head(), self.whole.head());
        prop_assert_eq!(self.working.head(), self.verifier.head());
        Ok(())
    }

    /// Compares the wallets that orders named. Those of commands that came as
    /// far as the state are settled up to when they were asked.
    fn compare_touched(&self, orders: &[Order], outcomes: &[Outcome], begun: i64) -> Checked {
        let settled = Time::from_micros(self.now.max(begun + 1));
        for (order, outcome) in orders.iter().zip(outcomes) {
            let expected = order.command.wallet().and_then(|id| self.model.wallet(id));
            let Some(expected) = expected else { continue };
            compare::wallet(expected, &self.whole, &self.working)?;
            compare::invariants(expected, &self.whole, &self.verifier)?;
            let decided = match outcome {
                Outcome::Applied(_) => true,
                Outcome::Replayed(_) => false,
                Outcome::Refused(refusal, _) => refusal.is_decided(),
            };
            let wallet = self.whole.wallet(expected.id).expect("it is open");
            if decided {
                prop_assert_eq!(ledger::check_wallet(wallet, settled), Ok(()));
            }
        }
        compare::refunds(&self.model, &self.whole)
    }

    /// Compares everything there is.
    pub(super) fn compare_all(&self) -> Checked {
        for expected in &self.model.wallets {
            compare::wallet(expected, &self.whole, &self.working)?;
            compare::invariants(expected, &self.whole, &self.verifier)?;
        }
        compare::refunds(&self.model, &self.whole)?;
        compare::totals(&self.model, &self.verifier)?;
        let finished = self.verifier.finish();
        prop_assert_eq!(finished, Ok(()));
        Ok(())
    }

    fn count(&mut self, outcome: Outcome) {
        let name = match outcome {
            Outcome::Applied(_) => "applied".to_owned(),
            Outcome::Replayed(_) => "replayed".to_owned(),
            Outcome::Refused(Refusal::Invalid(why), _) => format!("refused: {why:?}"),
            Outcome::Refused(Refusal::Limit(limit), _) => format!("refused: {limit:?}"),
            Outcome::Refused(refusal, _) => {
                let name = format!("{refusal:?}");
                let name = name.split([' ', '{']).next().unwrap_or_default();
                format!("refused: {name}")
            }
        };
        *self.tally.entry(name).or_default() += 1;
    }
}

fn genesis(state: &Working) -> Checked<Delta> {
    let mut overlay = Overlay::new(state);
    let event = Event::Genesis { book: [7; 16], mode: Mode::Test, format: 1, public_key: [9; 32] };
    ledger::genesis(&mut overlay, Time::from_micros(BEGIN), event).map_err(fail)?;
    Ok(overlay.into_delta())
}

fn bytes(delta: &Delta) -> Vec<(&[u8], ledger::Hash)> {
    delta.sealed().iter().map(|sealed| (sealed.body.as_slice(), sealed.hash)).collect()
}
