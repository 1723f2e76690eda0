//! One key, one outcome, whoever races and whatever forgets.

use app::ledger::How;
use futures::FutureExt as _;
use ledger::Refusal;

use crate::bench::{Bench, keyed, refusal, spend, whole};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_uses_of_one_key_at_once_have_one_effect() {
    let bench = Bench::start().await;
    let wallet = bench.wallet(1, 100).await;
    let uses = (0..64).map(|_| bench.ledger.submit(keyed("once", 1, spend(wallet, 3))));
    let answers = futures::future::join_all(uses).await;
    let answers: Vec<_> = answers.into_iter().map(|answer| answer.expect("an answer")).collect();
    let seq = answers[0].record.seq;
    assert!(answers.iter().all(|answer| answer.record.seq == seq));
    assert_eq!(answers.iter().filter(|answer| answer.how == How::Applied).count(), 1);
    assert_eq!(bench.available(wallet).await, whole(97));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_is_known_after_its_record_is_projected_and_after_a_restart() {
    let mut bench = Bench::start().await;
    let wallet = bench.wallet(1, 100).await;
    let first = bench.ledger.submit(keyed("k", 1, spend(wallet, 3))).await.expect("spent");
    bench.ledger.projected().await.expect("projected");
    for _ in 0..2 {
        // Records behind it make the ledger forget what is projected.
        bench
            .ledger
            .submit(keyed(&format!("{:?}", bench.ledger.head()), 1, spend(wallet, 1)))
            .await
            .expect("spent");
        bench.ledger.projected().await.expect("projected");
        let again = bench.ledger.submit(keyed("k", 1, spend(wallet, 3))).await.expect("replayed");
        assert_eq!((again.how, again.record.seq), (How::Replayed, first.record.seq));
        let other = bench.ledger.submit(keyed("k", 2, spend(wallet, 4))).await;
        assert_eq!(refusal(other), Refusal::KeyReused);
        bench = bench.restart().await;
    }
    assert_eq!(bench.available(wallet).await, whole(95));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_is_the_outcome_of_its_key_even_once_credits_are_there() {
    let bench = Bench::start().await;
    let wallet = bench.wallet(1, 2).await;
    let short = refusal(bench.ledger.submit(keyed("big", 1, spend(wallet, 3))).await);
    let more = ledger::command::Grant::plain(wallet, whole(50), ledger::Source::Admin);
    bench.ledger.submit(crate::bench::order(ledger::Command::Grant(more))).await.expect("granted");
    assert_eq!(refusal(bench.ledger.submit(keyed("big", 1, spend(wallet, 3))).await), short);
    assert!(bench.ledger.submit(keyed("bigger", 1, spend(wallet, 3))).await.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_spends_of_one_on_five_hundred_end_at_nothing() {
    let bench = Bench::start().await;
    let wallet = bench.wallet(1, 500).await;
    let spends =
        (0..1_000).map(|n| bench.ledger.submit(keyed(&format!("s{n}"), 1, spend(wallet, 1))));
    let answers = futures::future::join_all(spends).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 500);
    assert_eq!(bench.available(wallet).await, whole(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_atomic_batch_leaves_no_key_behind() {
    let bench = Bench::start().await;
    let wallet = bench.wallet(1, 5).await;
    let orders = vec![keyed("a", 1, spend(wallet, 3)), keyed("b", 1, spend(wallet, 3))];
    let (place, _) = bench.ledger.submit_all(orders).await.expect_err("refused");
    assert_eq!(place, 1);
    assert_eq!(bench.available(wallet).await, whole(5));
    let alone = bench.ledger.submit(keyed("b", 1, spend(wallet, 3))).await.expect("spent");
    assert_eq!(alone.how, How::Applied);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_waits_for_any_more_is_decided_all_the_same() {
    let bench = Bench::start().await;
    let wallet = bench.wallet(1, 100).await;
    // Who does not get on between asking and looking for an answer may find it there.
    for count in 1_u32.. {
        let (before, key) = (bench.ledger.head().seq, format!("left-{count}"));
        let spent = || bench.ledger.submit(keyed(&key, 1, spend(wallet, 1)));
        let is_left = spent().now_or_never().is_none();
        let mut heads = bench.ledger.heads();
        heads.wait_for(|head| *head > before).await.expect("decided");
        assert_eq!(spent().await.expect("its answer").how, How::Replayed);
        assert_eq!(bench.available(wallet).await, whole(100 - i64::from(count)));
        if is_left {
            break;
        }
    }
}
