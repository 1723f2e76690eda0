//! A ledger that keeps few wallets in memory answers like one that keeps all.

use std::pin::pin;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use futures::{StreamExt as _, poll};
use ledger::{Refusal, WalletId};
use store::{Db, Error};
use tokio::sync::Semaphore;
use tokio::task::{JoinSet, block_in_place};
use tokio::time::timeout;

use crate::bench::{Bench, hold, keyed, order, refusal, spend, whole};

/// Nobody has to wait that long.
const PATIENCE: Duration = Duration::from_secs(20);

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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_only_reads_does_not_fill_the_memory() {
    let bench = Bench::start_with(8).await;
    let mut wallets = Vec::new();
    for user in 0..200 {
        wallets.push(bench.wallet(user, 100).await);
    }
    let bench = bench.restart().await;
    for (turn, wallet) in wallets.iter().cycle().take(500).enumerate() {
        bench.ledger.wallet(*wallet).await.expect("a wallet");
        // Half as many again are on their way.
        let wallets = bench.ledger.health().wallets;
        assert!(wallets <= 14, "{wallets} after {turn} reads");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_that_remember_little_agree_on_what_each_of_them_wrote() {
    let bench = Bench::start_with(8).await;
    let Some(beside) = bench.beside().await else { return };
    let mut wallets = Vec::new();
    for user in 0..40 {
        wallets.push(bench.wallet(user, 1_000).await);
    }
    let (wallets, ledgers) = (&wallets, [&bench.ledger, &beside]);
    let spends = (0..2_000).map(|turn| async move {
        let command = spend(wallets[turn * 7 % 40], 1);
        ledgers[turn % 2].submit(order(command)).await.expect("spent");
        if turn % 20 == 0 {
            ledgers[turn / 20 % 2].projected().await.expect("projected");
        }
    });
    futures::stream::iter(spends).buffer_unordered(16).count().await;
    for ledger in ledgers {
        ledger.projected().await.expect("projected");
        for wallet in wallets {
            let read = ledger.wallet(*wallet).await.expect("a wallet");
            assert_eq!(read.wallet.available(read.now), whole(950));
            ledger::check_wallet(&read.wallet, read.now).expect("sound");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn who_lacks_nothing_does_not_wait_for_the_loads_of_others() {
    let bench = Bench::start().await;
    let wallet = bench.wallet(1, 100).await;
    let busy = Busy::with_all_readers(bench.db()).await;
    // There is no such wallet, as far as memory tells.
    let unknown = WalletId::from_number(wallet.number() + 1_000);
    let mut loads = pin!(bench.ledger.submit(order(spend(unknown, 1))));
    assert!(poll!(&mut loads).is_pending());
    let spent = timeout(PATIENCE, bench.ledger.submit(order(spend(wallet, 1)))).await;
    spent.expect("it does not wait").expect("spent");
    assert!(poll!(&mut loads).is_pending(), "somebody reads");
    drop(busy);
    assert_eq!(refusal(loads.await), Refusal::UnknownWallet);
}

/// Keeps every connection that reads until it is dropped.
struct Busy {
    _until: mpsc::Sender<()>,
    _reads: JoinSet<()>,
}

impl Busy {
    async fn with_all_readers(db: &Db) -> Self {
        let (until, dropped) = mpsc::channel::<()>();
        let dropped = Arc::new(Mutex::new(dropped));
        let begun = Arc::new(Semaphore::new(0));
        let mut reads = JoinSet::new();
        let readers = if db.is_shared() { 4 } else { 2 };
        for _ in 0..readers {
            let (db, dropped, begun) = (db.clone(), Arc::clone(&dropped), Arc::clone(&begun));
            reads.spawn(async move {
                let read = db.read::<_, Error, _>(move |_| {
                    Box::pin(async move {
                        begun.add_permits(1);
                        // Others have this thread's work meanwhile, on either engine.
                        let said = block_in_place(|| dropped.lock().expect("sound").recv());
                        assert!(said.is_err(), "nobody sends");
                        Ok(())
                    })
                });
                read.await.expect("read");
            });
        }
        let all = timeout(PATIENCE, begun.acquire_many(readers)).await;
        all.expect("all begin").expect("open").forget();
        Self { _until: until, _reads: reads }
    }
}
