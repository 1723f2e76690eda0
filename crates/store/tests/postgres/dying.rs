//! A server that dies: what was said to be on its disk is there.

use std::time::Duration;

use ledger::Seq;
use pgcluster::{Cluster, Disk};
use store::{Address, Db, Error, Priority, ServerOptions, projections};
use tokio::time::timeout;

use crate::server::{NOW, programs, raw};

/// Nobody has to wait that long.
const PATIENCE: Duration = Duration::from_secs(20);

async fn serve(cluster: &Cluster) -> Db {
    let address = Address::parse(&cluster.url("postgres")).unwrap();
    Db::connect(&ServerOptions::serve(address, NOW)).await.unwrap()
}

async fn set_projected(db: &Db, priority: Priority, seq: Seq) {
    let set =
        db.write::<_, Error, _>(priority, move |tx| Box::pin(projections::set_projected(tx, seq)));
    set.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn slices_and_marks_outlive_their_server() {
    // The server writes nothing by itself while this goes on.
    let lazy = vec!["wal_writer_delay=10s".to_owned(), "bgwriter_lru_maxpages=0".to_owned()];
    let mut cluster = Cluster::start_with(&programs(), Disk::Real, lazy).unwrap();
    let mut db = serve(&cluster).await;
    let mut seq = Seq::ZERO;
    // A chunk may be marked as done by another server than the one that took its slices.
    for priority in [Priority::Slice, Priority::Mark] {
        for _ in 0..10 {
            seq = seq.next();
            set_projected(&db, priority, seq).await;
        }
        cluster.kill();
        cluster.start_again().unwrap();
        db = serve(&cluster).await;
        let found = db.read::<_, Error, _>(|tx| Box::pin(projections::projected(tx))).await;
        assert_eq!(found.unwrap(), seq, "{priority:?}");
    }
}

/// It waits for a standby that is away, for as long as that is: who asks for a connection
/// does not, nor does a server of ours that closes.
#[tokio::test(flavor = "multi_thread")]
async fn who_asks_a_server_without_its_standby_is_told() {
    let cluster = Cluster::start_with(&programs(), Disk::Real, Vec::new()).unwrap();
    let db = serve(&cluster).await;
    let raw = raw(&cluster.url("postgres")).await;
    for statement in [
        "INSERT INTO heads VALUES (1, 1, decode(repeat('00', 32), 'hex'), 0, 0)",
        "ALTER SYSTEM SET synchronous_standby_names = 'nobody'",
        "SELECT pg_reload_conf()",
    ] {
        raw.batch_execute(statement).await.unwrap();
    }
    // It reads that a moment later, and so is it known that a connection was cut.
    let look = async || {
        let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE application_name = 'credits'";
        raw.batch_execute(cut).await.unwrap();
        db.read::<_, Error, _>(|tx| Box::pin(projections::projected(tx))).await
    };
    let why = loop {
        match timeout(PATIENCE, look()).await.expect("it is told") {
            Err(Error::Lost(why)) if why.to_string().contains("no answer") => break why,
            _ => {}
        }
    };
    assert_eq!(why.to_string(), "no answer for ten seconds");
    timeout(PATIENCE, db.close()).await.expect("it closes");
}
