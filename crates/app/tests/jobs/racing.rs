//! Eight workers on one database.

use std::sync::Arc;
use std::time::Duration;

use store::jobs::{self, State};
use store::{Db, Priority};
use testkit::{TestPlace, is_on_a_server};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use app::jobs::NewJob;

use crate::bench::{Bench, NOON, Script};

/// How many are at work.
const WORKERS: u8 = 8;
/// What they have to do.
const JOBS: u32 = 2_000;

/// Two workers a server; on a file there is one.
async fn databases(place: &TestPlace, own: &Db) -> Vec<Db> {
    let mut databases = vec![own.clone()];
    if is_on_a_server() {
        for _ in 1..WORKERS / 2 {
            databases.push(place.open_as_tool(NOON).await);
        }
    }
    databases
}

async fn enqueue_all(db: &Db) {
    let write = db.write::<_, store::Error, _>(Priority::Edit, move |tx| {
        Box::pin(async move {
            for number in 0..JOBS {
                let (key, payload) = (number.to_string(), String::new());
                jobs::enqueue(tx, &NewJob { name: "test", key, payload, run_at: NOON }).await?;
            }
            Ok(())
        })
    });
    write.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_workers_do_two_thousand_jobs_once_each() {
    let bench = Bench::open().await;
    let databases = databases(bench.kept.place(), &bench.db).await;
    let closing = CancellationToken::new();
    let mut workers = JoinSet::new();
    let scripts: Vec<_> =
        (0..WORKERS).map(|_| Script { runs: Arc::default(), ..bench.script.clone() }).collect();
    for (number, script) in (0..WORKERS).zip(&scripts) {
        let db = databases[usize::from(number) % databases.len()].clone();
        let worker = bench.worker_of(number, script.clone(), db);
        let closing = closing.clone();
        workers.spawn(async move { worker.run(closing).await });
    }
    enqueue_all(&bench.db).await;
    let begun = tokio::time::timeout(Duration::from_mins(3), bench.script.begin(JOBS)).await;
    begun.expect("each is begun");
    closing.cancel();
    workers.join_all().await;
    let counts: Vec<_> = scripts.iter().map(|script| script.runs().len()).collect();
    let mut runs: Vec<_> = scripts.iter().flat_map(Script::runs).collect();
    runs.sort_unstable();
    runs.dedup();
    assert_eq!((runs.len(), counts.iter().sum()), (2_000, 2_000), "{counts:?}");
    assert!(counts.iter().filter(|count| **count > 0).count() > 1, "{counts:?}");
    let jobs = bench.jobs().await;
    assert!(jobs.iter().all(|job| job.state == State::Done), "each is noted");
    assert_eq!(bench.workers().await, 0);
}
