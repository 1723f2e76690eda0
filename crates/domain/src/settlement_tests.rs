//! Tests of settlements: stories by hand, and any order of the same news ends
//! alike, against a ledger in a few lines.

#![expect(clippy::arithmetic_side_effects, reason = "an overflow fails a test")]

use ledger::Seq;
use proptest::prelude::*;

use super::*;

const fn grant(seq: i64) -> GrantId {
    GrantId { seq: Seq::from_number(seq), ordinal: 1 }
}

const fn credits(micros: i64) -> Credits {
    Credits::from_micros(micros)
}

/// A wallet with nothing but what one payment bought, and what it owes.
#[derive(Clone, Debug)]
struct Book {
    payment: Payment,
    /// Grant, what is left, what was clawed, whether it is frozen.
    lots: Vec<(GrantId, i64, i64, bool)>,
    debt: i64,
}

impl Book {
    /// 10.00 dollars bought so many micro-credits, of which some are spent.
    fn new(bought: i64, spent: i64) -> Self {
        let paid = BoughtGrant { id: grant(1), amount: credits(bought) };
        let payment = Payment {
            paid: Cents::from_count(1_000),
            grants: vec![paid],
            rolled: None,
            reversals: Vec::new(),
            done: Vec::new(),
        };
        Self { payment, lots: vec![(grant(1), bought - spent, 0, false)], debt: 0 }
    }

    fn with_bonus(mut self, amount: i64, spent: i64) -> Self {
        self.payment.grants.push(BoughtGrant { id: grant(2), amount: credits(amount) });
        self.lots.push((grant(2), amount - spent, 0, false));
        self
    }

    fn hear(&mut self, heard: Reversal) {
        match self.payment.reversals.iter_mut().find(|known| known.id == heard.id) {
            Some(known) if known.state.gives_way_to(heard.state) => known.state = heard.state,
            Some(_) => {}
            None => self.payment.reversals.push(heard),
        }
    }

    /// Takes every step that is left; what it is then.
    fn settle(&mut self) {
        for _ in 0..200 {
            let Some(step) = self.payment.next().unwrap() else { return };
            let done = self.take(step);
            self.payment.done.push(done);
        }
        panic!("it does not end: {self:?}");
    }

    fn take(&mut self, step: Step) -> DoneStep {
        let mut done = DoneStep { step, clawed: None, made: None };
        let made = grant(100 + i64::try_from(self.lots.len()).unwrap());
        let lot = self.lots.iter_mut().find(|lot| lot.0 == step.grant).unwrap();
        match step.action {
            StepAction::Freeze => {
                assert!(!lot.3);
                lot.3 = true;
            }
            StepAction::Thaw => {
                assert!(lot.3);
                lot.3 = false;
            }
            StepAction::Skip => {}
            StepAction::Take { total, of } | StepAction::Owe { total, of } => {
                assert!(total <= of && total.micros() > lot.2);
                let due = total.micros() - lot.2;
                let taken = due.min(lot.1);
                lot.1 -= taken;
                lot.2 += taken;
                if matches!(step.action, StepAction::Owe { .. }) {
                    lot.2 = total.micros();
                    self.debt += due - taken;
                }
                done.clawed = Some(credits(lot.2));
            }
            StepAction::Restore { amount } => {
                self.lots.push((made, amount.micros(), 0, false));
                done.made = Some(made);
            }
        }
        self.repay();
        done
    }

    fn repay(&mut self) {
        for lot in self.lots.iter_mut().filter(|lot| !lot.3) {
            let paid = lot.1.min(self.debt);
            (lot.1, self.debt) = (lot.1 - paid, self.debt - paid);
        }
    }

    /// What is left, frozen and owed.
    fn figures(&self) -> (i64, i64, i64) {
        let left = self.lots.iter().map(|lot| lot.1).sum();
        let frozen = self.lots.iter().filter(|lot| lot.3).map(|lot| lot.1).sum();
        (left, frozen, self.debt)
    }

    fn after(mut self, news: &[Reversal]) -> (i64, i64, i64) {
        for heard in news {
            self.hear(*heard);
            self.settle();
        }
        self.figures()
    }
}

fn refund(id: i64, cents: i64) -> Reversal {
    Reversal {
        id,
        kind: ReversalKind::Refund,
        state: ReversalState::Returned,
        amount: Cents::from_count(cents),
        missing: MissingCredits::Forgiven,
    }
}

fn chargeback(id: i64, cents: i64, state: ReversalState) -> Reversal {
    let (kind, missing) = (ReversalKind::Chargeback, MissingCredits::Owed);
    Reversal { kind, state, missing, ..refund(id, cents) }
}

use ReversalState::{Kept, Opened, Returned};

#[test]
fn a_refund_takes_its_share_of_what_is_left_and_parts_add_up() {
    assert_eq!(Book::new(100, 0).after(&[refund(1, 500)]), (50, 0, 0));
    assert_eq!(Book::new(100, 80).after(&[refund(1, 500)]), (0, 0, 0));
    let thirds = [refund(1, 333), refund(2, 333), refund(3, 334)];
    assert_eq!(Book::new(101, 0).after(&thirds), (0, 0, 0));
    assert_eq!(Book::new(101, 0).after(&thirds[..2]), (34, 0, 0), "floor(101 × 666 / 1000) = 67");
}

#[test]
fn shares_too_small_to_count_alone_count_together() {
    let parts: Vec<_> = (1..=10).map(|id| refund(id, 37)).collect();
    assert_eq!(Book::new(3, 0).after(&parts[..9]), (3, 0, 0), "3 × 333 / 1000 is less than one");
    assert_eq!(Book::new(3, 0).after(&parts), (2, 0, 0));
}

#[test]
fn a_chargeback_freezes_then_takes_and_what_is_missing_is_owed() {
    let [opened, lost, won] = [Opened, Returned, Kept].map(|state| chargeback(1, 1_000, state));
    assert_eq!(Book::new(100, 30).after(&[opened]), (70, 70, 0));
    assert_eq!(Book::new(100, 30).after(&[opened, lost]), (0, 0, 30));
    assert_eq!(Book::new(100, 30).after(&[lost, opened]), (0, 0, 30), "lost before opened");
    assert_eq!(Book::new(100, 30).after(&[opened, won]), (70, 0, 0));
    assert_eq!(Book::new(100, 30).after(&[won, opened]), (70, 0, 0));
    assert_eq!(Book::new(100, 30).after(&[opened, lost, won]), (70, 0, 0), "won after all");
}

#[test]
fn a_grant_stays_frozen_while_any_chargeback_is_open() {
    let first = [Opened, Kept].map(|state| chargeback(1, 400, state));
    let second = [Opened, Returned].map(|state| chargeback(2, 600, state));
    let both = [first[0], second[0], first[1]];
    assert_eq!(Book::new(100, 0).after(&both), (100, 100, 0));
    assert_eq!(Book::new(100, 0).after(&[both.as_slice(), &[second[1]]].concat()), (40, 0, 0));
}

#[test]
fn a_refund_that_fails_gives_back_what_it_took_and_another_takes_it_again() {
    let failed = Reversal { state: Kept, ..refund(1, 500) };
    assert_eq!(Book::new(100, 0).after(&[refund(1, 500), failed]), (100, 0, 0));
    let again = [refund(1, 500), failed, refund(2, 1_000)];
    assert_eq!(Book::new(100, 0).after(&again), (0, 0, 0));
    assert_eq!(Book::new(100, 0).after(&[failed]), (100, 0, 0), "never heard to be made");
    let owing = Reversal { missing: MissingCredits::Owed, ..refund(1, 500) };
    assert_eq!(Book::new(100, 80).after(&[owing]), (0, 0, 30));
    let failed = Reversal { state: Kept, ..owing };
    assert_eq!(Book::new(100, 80).after(&[owing, failed]), (20, 0, 0));
}

#[test]
fn a_bonus_goes_with_the_money_and_is_never_owed() {
    let book = || Book::new(100, 0).with_bonus(10, 0);
    assert_eq!(book().after(&[refund(1, 500)]), (55, 0, 0));
    assert_eq!(book().after(&[chargeback(1, 1_000, Opened)]), (110, 110, 0));
    let spent = Book::new(100, 100).with_bonus(10, 10);
    assert_eq!(spent.after(&[chargeback(1, 1_000, Returned)]), (0, 0, 100));
}

#[test]
fn what_was_there_counts_for_what_is_forgiven_and_the_rest_is_owed() {
    let (forgiving, owing) = (refund(1, 500), chargeback(2, 500, Returned));
    for spent in [0, 30, 50, 70, 100] {
        let there = 100 - spent;
        let expected = (0, 0, spent.min(50));
        assert_eq!(Book::new(100, spent).after(&[forgiving, owing]), expected, "{there} there");
        assert_eq!(Book::new(100, spent).after(&[owing, forgiving]), expected, "{there} there");
    }
    // Spent between the two.
    let mut book = Book::new(100, 0);
    book.hear(forgiving);
    book.settle();
    book.lots[0].1 = 0;
    assert_eq!(book.after(&[owing]), (0, 0, 50));
}

#[test]
fn more_money_than_was_paid_takes_no_more_than_there_was() {
    let news = [refund(1, 800), chargeback(2, 1_000, Returned)];
    assert_eq!(Book::new(100, 0).after(&news), (0, 0, 0));
    assert_eq!(Book::new(100, 100).after(&news), (0, 0, 100));
}

/// What happened to the money of one reversal, in order.
fn story(id: i64) -> impl Strategy<Value = Vec<Reversal>> {
    let kinds = prop_oneof![
        Just((ReversalKind::Refund, vec![Returned])),
        Just((ReversalKind::Refund, vec![Returned, Kept])),
        Just((ReversalKind::Chargeback, vec![Opened])),
        Just((ReversalKind::Chargeback, vec![Opened, Returned])),
        Just((ReversalKind::Chargeback, vec![Opened, Kept])),
        Just((ReversalKind::Chargeback, vec![Opened, Returned, Kept])),
    ];
    let missing = prop_oneof![Just(MissingCredits::Forgiven), Just(MissingCredits::Owed)];
    (kinds, missing, 1..=400_i64).prop_map(move |((kind, states), missing, cents)| {
        let missing = if kind == ReversalKind::Chargeback { MissingCredits::Owed } else { missing };
        let amount = Cents::from_count(cents);
        states.into_iter().map(|state| Reversal { id, kind, state, amount, missing }).collect()
    })
}

/// Four reversals' news: in order, and shuffled with repetitions and losses of
/// all but the last of each.
fn news() -> impl Strategy<Value = (Vec<Reversal>, Vec<Reversal>)> {
    let stories = (story(1), story(2), story(3), story(4));
    let stories = stories.prop_map(|(a, b, c, d)| [a, b, c, d].concat());
    stories.prop_flat_map(|told| {
        let twice = [told.clone(), told.clone()].concat();
        (Just(told), Just(twice).prop_shuffle())
    })
}

proptest! {
    #[test]
    fn any_order_of_the_same_news_ends_alike(
        (told, shuffled) in news(), bought in 1..=10_000_i64, part in 0..=100_i64,
    ) {
        let book = Book::new(bought, bought * part / 100);
        let in_order = book.clone().after(&told);
        prop_assert_eq!(book.after(&shuffled), in_order);
    }

    #[test]
    fn nobody_loses_more_than_their_share_nor_gets_more_than_there_was(
        (_, shuffled) in news(), bought in 1..=10_000_i64, part in 0..=100_i64,
    ) {
        let spent = bought * part / 100;
        let mut book = Book::new(bought, spent);
        for heard in shuffled {
            book.hear(heard);
            book.settle();
            let (left, frozen, debt) = book.figures();
            prop_assert!(left >= 0 && frozen <= left && debt >= 0);
            let returned = book.payment.in_state(Returned).map(|it| it.amount.count()).sum::<i64>();
            let share = bought * returned.min(1_000) / 1_000;
            prop_assert!(left - debt >= bought - spent - share, "{left} {debt} {share}");
            prop_assert!(left - debt <= bought - spent);
        }
    }
}
