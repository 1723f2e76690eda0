//! Reads see committed, settled state, and their callers' own writes.

use std::sync::Arc;

use ledger::{Seq, Time, WalletId};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::bench::{Bench, hold, keyed, order, refusal, spend, whole};
use app::ledger::SubmitError;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_balance_settles_what_is_due_before_it_is_told() {
    let bench = Bench::start().await;
    let wallet = bench.wallet(1, 100).await;
    bench.ledger.submit(order(hold(wallet, 40, 60))).await.expect("held");
    bench.hands.pass(59 * Time::SECOND);
    assert_eq!(bench.available(wallet).await, whole(60));
    bench.hands.pass(2 * Time::SECOND);
    let before = bench.ledger.head().seq;
    assert_eq!(bench.available(wallet).await, whole(100));
    let lapse = bench.ledger.record(before.next()).await.expect("read").expect("a record");
    assert_eq!(lapse.record.event, ledger::Event::Lapse);
    assert!(lapse.record.effective_at.is_some_and(|at| at < lapse.record.at));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_settle_that_finds_nothing_due_is_not_refused_for_whoever_came_last() {
    let bench = Bench::start().await;
    let wallet = bench.wallet(1, 100).await;
    let refused = bench.ledger.submit(keyed("too-much", 1, spend(wallet, 101))).await;
    assert!(matches!(refusal(refused), ledger::Refusal::Insufficient { .. }));
    let settled = bench.ledger.submit(order(ledger::Command::Settle(wallet))).await;
    assert_eq!(settled.expect("not refused").record.seq, bench.ledger.head().seq);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_idle_wallet_is_settled_without_anyone_asking() {
    let bench = Bench::start().await;
    let wallet = bench.wallet(1, 100).await;
    bench.ledger.submit(order(hold(wallet, 40, 60))).await.expect("held");
    let held = bench.ledger.head().seq;
    let (closing, mut jobs) = (CancellationToken::new(), JoinSet::new());
    jobs.spawn(bench.ledger.clone().keep_sweeping(closing.clone()));
    bench.hands.pass(61 * Time::SECOND);
    let mut heads = bench.ledger.heads();
    heads.wait_for(|head| *head > held).await.expect("the sweep settled it");
    closing.cancel();
    jobs.join_all().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_shows_the_callers_own_write() {
    let bench = Bench::start().await;
    let wallet = bench.wallet(1, 100).await;
    for spent in 1..20 {
        bench.ledger.submit(order(spend(wallet, 1))).await.expect("spent");
        bench.ledger.projected().await.expect("projected");
        let filter = store::projections::HistoryFilter::default();
        let rows = bench
            .db()
            .read::<_, store::Error, _>(move |tx| {
                Box::pin(store::projections::count_history(tx, wallet, filter))
            })
            .await
            .expect("a count");
        assert_eq!(rows, spent + 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_that_never_comes_is_named_after_two_seconds() {
    let bench = Bench::start().await;
    let missing = Seq::from_number(1_000);
    let waited = bench.ledger.wait_for(missing).await;
    assert!(matches!(waited, Err(SubmitError::SeqNotReached(seq)) if seq == missing));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wallet_that_is_not_there_is_refused_by_reads_and_commands_alike() {
    let bench = Bench::start().await;
    let nobody = WalletId::from_number(99);
    let read = bench.ledger.wallet(nobody).await.expect_err("refused");
    assert!(matches!(read, SubmitError::Refused { refusal: ledger::Refusal::UnknownWallet, .. }));
    let spent = bench.ledger.submit(order(spend(nobody, 1))).await;
    assert_eq!(refusal(spent), ledger::Refusal::UnknownWallet);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_come_back_until_they_are_erased() {
    let bench = Bench::start().await;
    let wallet = bench.wallet(1, 100).await;
    let words = ledger::Words { salt: [3; 16], text: "a picture of a cat".to_owned() };
    let order_with_words = ledger::Order { words: Some(words), ..order(spend(wallet, 1)) };
    let spent = bench.ledger.submit(order_with_words).await.expect("spent");
    let seq = spent.record.seq;
    let read = bench.ledger.record(seq).await.expect("read").expect("a record");
    assert_eq!(read.words.as_deref(), Some("a picture of a cat"));
    assert!(Arc::ptr_eq(&spent.record, &read.record), "the tail's own");
    bench.ledger.submit(order(ledger::Command::Erase(seq))).await.expect("erased");
    let read = bench.ledger.record(seq).await.expect("read").expect("a record");
    assert_eq!(read.words, None);
}
