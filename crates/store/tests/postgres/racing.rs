//! Servers that project the same records at the same moment.

use futures::future::join_all;
use ledger::{
    Actor, Command, Event, Head, Mode, Order, Overlay, Owner, Record, Text, Working, command,
};
use store::Db;
use store::projections::Chunk;

use crate::server::{NOW, Scratch};

const ROUNDS: usize = 40;
const WALLETS: usize = 25;

/// The records that open so many wallets, after the first one.
fn openings(count: usize) -> Vec<Record> {
    let empty = Working::new(Head::START);
    let mut overlay = Overlay::new(&empty);
    let event = Event::Genesis { book: [7; 16], mode: Mode::Test, format: 1, public_key: [9; 32] };
    ledger::genesis(&mut overlay, NOW, event).unwrap();
    for user in 1..=count {
        let owner = Owner::User(i64::try_from(user).unwrap());
        let open = command::Open { owner, unit: Text::parse("credit").unwrap() };
        let order = Order::bare(Actor::System, Command::Open(open));
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

/// Two that wait for each other: the slice began to wait first, so it is the one that the
/// server ends.
#[tokio::test]
async fn a_slice_that_waits_for_another_server_in_a_ring_is_written_again() {
    let scratch = Scratch::new().await;
    let (db, other, looking) = (scratch.serve().await, scratch.raw().await, scratch.raw().await);
    let records = openings(2);
    project(&db, &records).await;
    let keep = "CREATE TABLE kept AS SELECT * FROM wallets; DELETE FROM wallets";
    other.batch_execute(keep).await.unwrap();
    let last = "BEGIN; INSERT INTO wallets SELECT * FROM kept ORDER BY wallet_id DESC LIMIT 1";
    other.batch_execute(last).await.unwrap();
    let ring = async {
        let waits = "SELECT FROM pg_stat_activity
             WHERE datname = current_database() AND wait_event = 'transactionid'";
        while looking.query(waits, &[]).await.unwrap().is_empty() {}
        let first = "INSERT INTO wallets SELECT * FROM kept ORDER BY wallet_id LIMIT 1; COMMIT";
        other.batch_execute(first).await.unwrap();
    };
    tokio::join!(project(&db, &records), ring);
    let wallets = looking.query("SELECT FROM wallets", &[]).await.unwrap();
    assert_eq!(wallets.len(), 2);
    db.close().await;
}
