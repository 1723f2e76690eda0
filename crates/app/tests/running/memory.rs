//! A ledger that keeps few wallets in memory answers like one that keeps all.

use futures::StreamExt as _;

use crate::bench::{Bench, hold, keyed, spend, whole};

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
