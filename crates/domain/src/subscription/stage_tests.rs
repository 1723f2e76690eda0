//! Tests of stages: what may follow what.

#![expect(clippy::arithmetic_side_effects, reason = "an overflow fails a test")]

use proptest::prelude::*;

use super::*;
use crate::subscription::Anchor;

const START: Time = Time::from_micros(1_793_534_400_000_000);

fn first() -> Period {
    Anchor::at(START).period(1).unwrap()
}

fn next(stage: Stage) -> Period {
    Anchor::at(START).period(stage.period().unwrap().number + 1).unwrap()
}

fn active() -> Stage {
    Stage::Starting { period: first() }.pay().unwrap()
}

fn cross(stage: Stage) -> Crossed {
    stage.cross(next(stage), stage.period().unwrap().ends_at).unwrap()
}

#[test]
fn a_renewal_that_is_not_paid_is_past_due_then_active_or_over() {
    let Crossed::Due(due, period) = cross(active()) else { panic!("not due") };
    assert_eq!((period.number, due.status()), (2, SubscriptionStatus::Active));
    let late = due.fail(period.starts_at).unwrap();
    assert_eq!(late.status(), SubscriptionStatus::PastDue);
    assert_eq!(late.fail(period.starts_at.plus(Time::DAY)), Ok(late), "since the first failure");
    assert!(!late.has_benefits());
    assert_eq!(late.pay().unwrap().status(), SubscriptionStatus::Active);
    let at = period.starts_at.plus(7 * Time::DAY);
    assert_eq!(late.give_up(at), Ok(Stage::Cancelled { at }));
}

#[test]
fn what_never_was_paid_expires() {
    let trial = Period { number: 0, starts_at: START.plus(-7 * Time::DAY), ends_at: START };
    let trial = Stage::Starting { period: trial }.begin().unwrap();
    let Crossed::Due(due, _) = trial.cross(first(), START).unwrap() else { panic!("not due") };
    assert_eq!(due.give_up(START), Ok(Stage::Expired { at: START }));
    let starting = Stage::Starting { period: first() };
    assert_eq!(starting.give_up(START), Ok(Stage::Expired { at: START }));
}

#[test]
fn a_cancellation_waits_for_the_end_of_what_is_paid_and_can_be_undone_until_then() {
    let ending = active().cancel(START).unwrap();
    assert_eq!(ending.status(), SubscriptionStatus::Active);
    assert_eq!(ending.cancel(START), Err(TransitionError::Cancelled));
    assert_eq!(ending.undo_cancel(), Ok(active()));
    let Crossed::Over(over) = cross(ending) else { panic!("not over") };
    assert_eq!(over, Stage::Cancelled { at: first().ends_at });
    assert_eq!(over.undo_cancel(), Err(TransitionError::Ended));
    assert_eq!(active().undo_cancel(), Err(TransitionError::NotCancelled));
}

#[test]
fn a_pause_begins_at_the_boundary_and_no_boundary_moves() {
    let pausing = active().pause().unwrap();
    assert_eq!(pausing.resume(), Ok(active()), "undone before it began");
    let Crossed::Idle(paused) = cross(pausing) else { panic!("not paused") };
    let Crossed::Idle(longer) = cross(paused) else { panic!("not paused") };
    assert_eq!(longer.period().map(|period| period.number), Some(3));
    let resumed = longer.resume().unwrap();
    assert_eq!(resumed.status(), SubscriptionStatus::Active);
    assert!(!resumed.has_benefits(), "the period is not paid for");
    let Crossed::Due(_, period) = cross(resumed) else { panic!("not due") };
    assert_eq!(Some(period), Anchor::at(START).period(4));
    assert_eq!(longer.pause(), Err(TransitionError::Paused));
    let ending = longer.cancel(START).unwrap();
    assert_eq!(ending.undo_cancel(), Ok(longer), "the pause goes on");
}

#[test]
fn a_cancellation_that_is_undone_leaves_the_pause_that_was_to_come() {
    let pausing = active().pause().unwrap();
    let ending = pausing.cancel(START).unwrap();
    assert_eq!(ending.pause(), Err(TransitionError::Cancelled));
    assert!(matches!(cross(ending), Crossed::Over(_)));
    assert_eq!(ending.undo_cancel(), Ok(pausing));
}

#[test]
fn what_was_asked_before_a_payment_failed_can_be_taken_back_behind_it() {
    let Crossed::Due(due, period) = cross(active()) else { panic!("not due") };
    let late = due.fail(period.starts_at).unwrap();
    let ending = due.cancel(START).unwrap().fail(period.starts_at).unwrap();
    assert_eq!(ending.undo_cancel(), Ok(late));
    let pausing = due.pause().unwrap().fail(period.starts_at).unwrap();
    assert_eq!(pausing.resume(), Ok(late));
}

#[test]
fn a_payment_that_is_awaited_holds_the_boundary() {
    let Crossed::Due(due, period) = cross(active()) else { panic!("not due") };
    assert_eq!(due.cross(next(due), period.ends_at), Err(TransitionError::PastDue));
    let waived = due.waive().unwrap();
    assert!(matches!(cross(waived), Crossed::Due(..)));
}

/// Something that may happen to a subscription.
#[derive(Clone, Copy, Debug)]
enum Step {
    Cancel,
    Undo,
    Pause,
    Resume,
    Pay,
    Waive,
    Fail,
    GiveUp,
    Cross,
    End,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    use Step::{Cancel, Cross, End, Fail, GiveUp, Pause, Pay, Resume, Undo, Waive};
    let one = proptest::sample::select(vec![
        Cancel, Undo, Pause, Resume, Pay, Pay, Pay, Waive, Fail, GiveUp, Cross, Cross, Cross, End,
    ]);
    proptest::collection::vec(one, 0..60)
}

proptest! {
    #[test]
    fn whatever_happens_periods_follow_the_anchor_and_an_end_is_an_end(steps in steps()) {
        let mut stage = Stage::Starting { period: first() };
        let mut billed = 0;
        for step in steps {
            let before = stage;
            let at = before.period().map_or(START, |period| period.starts_at);
            let after = match step {
                Step::Cancel => before.cancel(at),
                Step::Undo => before.undo_cancel(),
                Step::Pause => before.pause(),
                Step::Resume => before.resume(),
                Step::Pay => before.pay(),
                Step::Waive => before.waive(),
                Step::Fail => before.fail(at),
                Step::GiveUp => before.give_up(at),
                Step::End => before.end(at),
                Step::Cross => match before.period() {
                    None => Err(TransitionError::Ended),
                    Some(period) => before.cross(next(before), period.ends_at).map(|it| match it {
                        Crossed::Due(stage, period) => {
                            billed = period.number;
                            stage
                        }
                        Crossed::Idle(stage) | Crossed::Over(stage) => stage,
                    }),
                },
            };
            let Ok(after) = after else { continue };
            prop_assert!(before.ended_at().is_none(), "{before:?} {step:?} {after:?}");
            if let (Some(was), Some(is)) = (before.period(), after.period()) {
                let crossed = i64::from(matches!(step, Step::Cross));
                prop_assert_eq!(is.number, was.number + crossed);
                prop_assert_eq!(Anchor::at(START).period(is.number), Some(is));
            }
            let awaited = matches!(after, Stage::Active { cover: Cover::Awaited, .. });
            if awaited || after.status() == SubscriptionStatus::PastDue {
                prop_assert_eq!(after.period().map(|period| period.number), Some(billed));
            }
            stage = after;
        }
    }
}
