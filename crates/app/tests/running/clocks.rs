//! A wall clock that was set stops commands until an operator confirms it.

use app::ledger::SubmitError;
use ledger::Time;

use crate::bench::{Bench, NOON, hold, order, spend, whole};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_was_set_refuses_until_it_is_confirmed() {
    let bench = Bench::start().await;
    let wallet = bench.wallet(1, 100).await;
    bench.hands.set_wall(NOON.plus(31 * Time::DAY));
    let refused = bench.ledger.submit(order(spend(wallet, 1))).await;
    assert!(matches!(refused, Err(SubmitError::ClockJump(_))), "{refused:?}");
    assert!(bench.ledger.health().clock.is_err());
    let read = bench.ledger.wallet(wallet).await.expect("reads go on");
    assert_eq!((read.now, bench.available(wallet).await), (bench.ledger.head().at, whole(100)));
    bench.hands.set_wall(NOON.plus(1_000_000));
    bench.ledger.submit(order(spend(wallet, 1))).await.expect("the clock is right again");
    bench.hands.set_wall(NOON.plus(Time::DAY));
    bench.ledger.confirm_clock();
    let spent = bench.ledger.submit(order(spend(wallet, 1))).await.expect("confirmed");
    assert!(spent.record.at >= NOON.plus(Time::DAY));
    assert_eq!(bench.available(wallet).await, whole(98));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_due_before_the_clock_was_set_is_told_as_it_is() {
    let bench = Bench::start().await;
    let (due, other) = (bench.wallet(1, 100).await, bench.wallet(2, 100).await);
    bench.ledger.submit(order(hold(due, 40, 60))).await.expect("held");
    bench.hands.pass(61 * Time::SECOND);
    bench.ledger.submit(order(spend(other, 1))).await.expect("a record behind the hold's end");
    bench.hands.set_wall(NOON.plus(31 * Time::DAY));
    let read = bench.ledger.wallet(due).await.expect("told, not settled");
    assert_eq!(read.wallet.balances.posted, whole(100));
    bench.ledger.confirm_clock();
    assert_eq!(bench.available(due).await, whole(100), "the hold has lapsed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn times_strictly_increase_while_the_clock_stands_still() {
    let bench = Bench::start().await;
    let wallet = bench.wallet(1, 100).await;
    let mut last = NOON;
    for _ in 0..50 {
        let spent = bench.ledger.submit(order(spend(wallet, 1))).await.expect("spent");
        assert!(spent.record.at > last);
        last = spent.record.at;
    }
}
