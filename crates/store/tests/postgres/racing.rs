//! Servers that project the same records at the same moment.

use futures::future::join_all;
use ledger::{
    Actor, Command, Credits, Event, Fingerprint, Head, Mode, Order, Outcome, Overlay, Owner,
    Record, Source, Text, WalletId, Working, command,
};
use store::Db;
use store::projections::Chunk;

use crate::server::{NOW, Scratch};

const ROUNDS: usize = 40;
const WALLETS: usize = 25;

/// The records that open so many wallets, each with a grant whose key is used, after the
/// first one.
fn openings(count: usize) -> Vec<Record> {
    let empty = Working::new(Head::START);
    let mut overlay = Overlay::new(&empty);
    let event = Event::Genesis { book: [7; 16], mode: Mode::Test, format: 1, public_key: [9; 32] };
    ledger::genesis(&mut overlay, NOW, event).unwrap();
    for user in 1..=count {
        let owner = Owner::User(i64::try_from(user).unwrap());
        let open = command::Open { owner, unit: Text::parse("credit").unwrap() };
        let order = Order::bare(Actor::System, Command::Open(open));
        let Outcome::Applied(opened) = ledger::apply(&mut overlay, NOW, &order).unwrap() else {
            panic!("{order:?}");
        };
        let grant = command::Grant {
            wallet: WalletId::from_number(opened.number()),
            amount: Credits::from_micros(1),
            source: Source::Admin,
            priority: 50,
            effective_at: None,
            expires_at: None,
            cost: None,
        };
        let key = Some((Text::parse("once").unwrap(), Fingerprint([1; 16])));
        let order = Order { key, ..Order::bare(Actor::System, Command::Grant(grant)) };
        ledger::apply(&mut overlay, NOW, &order).unwrap();
    }
    overlay.sealed().iter().skip(1).map(|sealed| (*sealed.record).clone()).collect()
}

async fn project(db: &Db, records: &[Record]) {
    for slice in Chunk::of(records).slices(usize::MAX) {
        slice.put(db).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wallet_that_another_server_makes_at_this_moment_is_no_failure() {
    let scratch = Scratch::new().await;
    let servers = [scratch.serve().await, scratch.serve().await, scratch.serve().await];
    for records in openings(ROUNDS * WALLETS).chunks(WALLETS) {
        join_all(servers.iter().map(|db| project(db, records))).await;
    }
    for db in servers {
        db.close().await;
    }
}

/// How many rows have what never changes.
async fn count(looking: &tokio_postgres::Client) -> [i64; 2] {
    let counts = "SELECT (SELECT COUNT(*) FROM used_keys), (SELECT COUNT(*) FROM history)";
    let row = looking.query_one(counts, &[]).await.unwrap();
    [row.get(0), row.get(1)]
}

#[tokio::test]
async fn what_never_changes_is_written_once_and_what_is_missing_of_it_then() {
    let scratch = Scratch::new().await;
    let looking = scratch.raw().await;
    let (db, pooled) = (scratch.serve().await, scratch.serve_pooled().await);
    let records = openings(10);
    // A server died behind its first slices.
    project(&db, &records[..8]).await;
    assert_eq!(count(&looking).await, [4, 4]);
    project(&db, &records).await;
    assert_eq!(count(&looking).await, [10, 10]);
    project(&pooled, &records).await;
    assert_eq!(count(&looking).await, [10, 10]);
    let rows = "SELECT amount, seq, account_seq, kind FROM history ORDER BY seq LIMIT 1";
    let row = looking.query_one(rows, &[]).await.unwrap();
    assert_eq!((row.get(0), row.get(1), row.get(2), row.get(3)), (1_i64, 3_i64, 1_i64, "admin"));
    for db in [db, pooled] {
        db.close().await;
    }
}

#[tokio::test]
async fn one_server_writes_slices_at_a_time() {
    let scratch = Scratch::new().await;
    let [first, second] = [scratch.serve().await, scratch.serve().await];
    assert!(first.claim_slices().await.unwrap());
    assert!(!second.claim_slices().await.unwrap());
    // A turn that was not given back is had once.
    assert!(first.claim_slices().await.unwrap());
    first.release_slices().await;
    assert!(second.claim_slices().await.unwrap());
    assert!(!first.claim_slices().await.unwrap());
    second.close().await;
    // Its connection is gone, and with it its turn, once the server has seen that.
    while !first.claim_slices().await.unwrap() {}
    // Nor is it had by who lost the connection in the middle.
    let third = scratch.serve().await;
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_locks
        WHERE locktype = 'advisory' AND database =
            (SELECT oid FROM pg_database WHERE datname = current_database())";
    scratch.raw().await.batch_execute(cut).await.unwrap();
    while !third.claim_slices().await.unwrap() {}
    first.release_slices().await;
    assert!(!first.claim_slices().await.unwrap());
    third.close().await;
    // A pooler may put another connection behind the next statement: nobody has a turn there.
    let pooled = scratch.serve_pooled().await;
    assert!(pooled.claim_slices().await.unwrap());
    first.close().await;
    pooled.close().await;
}

/// Two that wait for each other: the slice is the last to wait, and the other one never looks
/// whether it waits in a ring, so the slice is the one that the server ends.
#[tokio::test]
async fn a_slice_that_waits_for_another_server_in_a_ring_is_written_again() {
    let scratch = Scratch::new().await;
    let (db, looking) = (scratch.serve().await, scratch.raw().await);
    let (other, third) = (scratch.raw().await, scratch.raw().await);
    let records = openings(3);
    project(&db, &records).await;
    let keep = "CREATE TABLE kept AS SELECT * FROM wallets; DELETE FROM wallets";
    other.batch_execute(keep).await.unwrap();
    let put = |place| {
        format!("INSERT INTO wallets SELECT * FROM kept ORDER BY wallet_id OFFSET {place} LIMIT 1")
    };
    let never = "SET deadlock_timeout = '1h'; BEGIN";
    other.batch_execute(&format!("{never}; {}", put(2))).await.unwrap();
    third.batch_execute(&format!("BEGIN; {}", put(1))).await.unwrap();
    let waiting = async |count| {
        let waits = "SELECT FROM pg_stat_activity
             WHERE datname = current_database() AND wait_event = 'transactionid'";
        while looking.query(waits, &[]).await.unwrap().len() < count {}
    };
    let ring = async {
        waiting(1).await;
        let first = format!("{}; COMMIT", put(0));
        let go_on = async {
            waiting(2).await;
            third.batch_execute("ROLLBACK").await.unwrap();
        };
        tokio::join!(other.batch_execute(&first), go_on).0.unwrap();
    };
    tokio::join!(project(&db, &records), ring);
    let wallets = looking.query("SELECT FROM wallets", &[]).await.unwrap();
    assert_eq!(wallets.len(), 3);
    db.close().await;
}
