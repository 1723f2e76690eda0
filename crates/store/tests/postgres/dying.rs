//! A server that dies: what was said to be on its disk is there.

use ledger::Seq;
use pgcluster::{Cluster, Disk};
use store::{Address, Db, Error, Priority, ServerOptions, projections};

use crate::server::{NOW, programs};

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
