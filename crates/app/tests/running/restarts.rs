//! What is answered is there after a restart, and nothing else.

use app::ledger::SubmitError;
use ledger::Command;
use ledger::command::{Capture, Completion, Release};
use testkit::is_on_a_server;

use crate::bench::{Bench, hold, hold_of, order, refusal, spend, whole};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_open_hold_is_captured_after_a_restart_and_settled_once() {
    let bench = Bench::start().await;
    let wallet = bench.wallet(1, 100).await;
    let held = bench.ledger.submit(order(hold(wallet, 40, 900))).await.expect("held");
    let bench = bench.restart().await;
    assert_eq!(bench.available(wallet).await, whole(60));
    let capture = Command::Capture(Capture {
        wallet,
        hold: hold_of(&held),
        amount: whole(10),
        quantities: Vec::new(),
        completion: Completion::Final,
    });
    bench.ledger.submit(order(capture)).await.expect("captured");
    let bench = bench.restart().await;
    let release = Command::Release(Release { wallet, hold: hold_of(&held) });
    assert_eq!(refusal(bench.ledger.submit(order(release)).await), ledger::Refusal::HoldSettled);
    assert_eq!(bench.available(wallet).await, whole(90));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_crash_left_unprojected_is_projected_at_the_start() {
    let bench = Bench::start().await;
    let wallet = bench.wallet(1, 1_000).await;
    for _ in 0..50 {
        bench.ledger.submit(order(spend(wallet, 1))).await.expect("spent");
    }
    bench.ledger.projected().await.expect("projected");
    // As a crash in mid-chunk leaves it: some rows are there, the cursor is
    // behind, others are missing.
    let torn = "UPDATE projected SET seq = 4; DELETE FROM history WHERE seq > 9;";
    let bench = bench.restart_after(torn).await;
    assert_eq!(bench.available(wallet).await, whole(950));
    assert_eq!(bench.ledger.health().projected, bench.ledger.head().seq);
    let filter = store::projections::HistoryFilter::default();
    let counted = bench.db().read::<_, store::Error, _>(move |tx| {
        Box::pin(store::projections::count_history(tx, wallet, filter))
    });
    assert_eq!(counted.await.expect("a count"), 51);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_answers_everything_it_took() {
    let bench = Bench::start().await;
    let wallet = bench.wallet(1, 1_000).await;
    let waiting: Vec<_> = (0..200)
        .map(|_| {
            let ledger = bench.ledger.clone();
            async move { ledger.submit(order(spend(wallet, 1))).await }
        })
        .collect();
    let (answers, ()) = tokio::join!(futures::future::join_all(waiting), bench.ledger.close());
    let spent = i64::try_from(answers.iter().filter(|answer| answer.is_ok()).count()).expect("few");
    let bench = bench.restart().await;
    assert_eq!(bench.available(wallet).await, whole(1_000 - spent));
}

/// As a restore beneath a running server leaves it, or a standby that lacked records.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_appended_behind_a_head_that_is_not_the_one_that_was_answered() {
    let zeros = "00".repeat(32);
    for (on_a_file, on_a_server) in [
        (format!("hash = x'{zeros}'"), format!("hash = '\\x{zeros}'")),
        ("seq = seq - 1".to_owned(), "seq = seq - 1".to_owned()),
    ] {
        let bench = Bench::start().await;
        let wallet = bench.wallet(1, 1_000).await;
        bench.ledger.projected().await.expect("projected");
        let change = if is_on_a_server() { on_a_server } else { on_a_file };
        bench.tamper(&format!("UPDATE heads SET {change}")).await;
        let refused = bench.ledger.submit(order(spend(wallet, 1))).await;
        assert!(matches!(refused, Err(SubmitError::Stopped)), "{change}: {refused:?}");
        let records = bench.db().read::<_, store::Error, _>(|tx| {
            Box::pin(store::journal::range(tx, ledger::Seq::ZERO, 10))
        });
        assert_eq!(records.await.expect("records").len(), 3, "{change}");
    }
}
