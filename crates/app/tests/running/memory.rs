//! A ledger that keeps few wallets in memory answers like one that keeps all.

use futures::StreamExt as _;

use crate::bench::{Bench, hold, keyed, order, spend, whole};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_wallets_in_a_memory_for_eight_lose_nothing() {
    let bench = Bench::start_with(8).await;
    let mut wallets = Vec::new();
    for user in 0..200 {
        wallets.push(bench.wallet(user, 100).await);
    }
    for round in 0..4 {
        let spends = wallets.iter().enumerate().map(|(place, wallet)| {
            let key = format!("{round}-{place}");
            let ledger = bench.ledger.clone();
            let command = if round == 2 { hold(*wallet, 5, 3_600) } else { spend(*wallet, 5) };
            async move { ledger.submit(keyed(&key, 1, command)).await.expect("done") }
        });
        futures::stream::iter(spends).buffer_unordered(16).count().await;
        bench.ledger.projected().await.expect("projected");
    }
    for wallet in wallets {
        let read = bench.ledger.wallet(wallet).await.expect("a wallet");
        assert_eq!(read.wallet.available(read.now), whole(80));
        assert_eq!(read.wallet.balances.held, whole(5));
        ledger::check_wallet(&read.wallet, read.now).expect("sound");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_looks_while_memory_forgets_is_not_told_that_there_is_no_wallet() {
    let bench = Bench::start_with(8).await;
    let mut wallets = Vec::new();
    for user in 0..40 {
        wallets.push(bench.wallet(user, 1_000).await);
    }
    bench.ledger.projected().await.expect("projected");
    let (wallets, ledger) = (&wallets, &bench.ledger);
    let spends = (0..2_000).map(|turn| async move {
        ledger.submit(order(spend(wallets[turn * 7 % 40], 1))).await.expect("spent");
        if turn % 20 == 0 {
            ledger.projected().await.expect("projected");
        }
    });
    let looks = (0..4_000).map(|turn| async move {
        ledger.wallet(wallets[turn * 11 % 40]).await.expect("a wallet that is there");
    });
    tokio::join!(
        futures::stream::iter(spends).buffer_unordered(16).count(),
        futures::stream::iter(looks).buffer_unordered(16).count(),
    );
}
