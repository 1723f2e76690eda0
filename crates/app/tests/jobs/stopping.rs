//! Workers that stop, well or badly, and those that come after them.

use std::sync::Arc;
use std::time::Duration;

use domain::Time;
use store::jobs::State;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::bench::{Bench, FAILURES, Hands, MINUTE, NOON, Script};

/// How often a worker looks at the others, in microseconds.
const LOOK: i64 = 5 * Time::SECOND;
/// How often until it takes over: behind the first, it must have seen a beat stand
/// still six times.
const LOOKS: usize = 7;

/// A server that is stopped in the middle of a job.
async fn stop_badly(bench: &Bench, number: u8) {
    let worker = bench.worker(number);
    let mut server = JoinSet::new();
    server.spawn(async move { worker.run(CancellationToken::new()).await });
    within(bench.script.begin(1)).await;
    server.shutdown().await;
    bench.have_written().await;
}

/// What does not come to an end is a failure.
async fn within<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(30), work).await.expect("it comes to an end")
}

/// Another looks on until it takes over what a job was.
async fn look_on(bench: &Bench, number: u8) {
    look_on_by(bench, number, &bench.hands).await;
}

async fn look_on_by(bench: &Bench, number: u8, hands: &Arc<Hands>) {
    let worker = bench.worker_by(number, hands);
    let mut looks = 0;
    while bench.state("a").await == State::Running && looks < 100 {
        worker.look_after_others().await.unwrap();
        hands.pass(LOOK);
        looks += 1;
    }
    assert_eq!(looks, LOOKS);
}

#[tokio::test]
async fn what_a_stopped_server_had_is_taken_over_once_its_beat_stood_still() {
    let bench = Bench::open().await;
    bench.enqueue("a", "wait").await;
    stop_badly(&bench, 1).await;
    look_on(&bench, 2).await;
    let job = bench.job("a").await;
    assert_eq!((job.state, job.failures), (State::Waiting, 1));
    assert_eq!(job.last_error.as_deref(), Some("the server that ran it stopped"));
    bench.script.gate.add_permits(1);
    assert_eq!(bench.drain().await.runs, 1);
    assert_eq!((bench.state("a").await, bench.workers().await), (State::Done, 0));
}

#[tokio::test]
async fn no_clock_that_differs_ends_a_lease() {
    let bench = Bench::open().await;
    bench.enqueue("a", "wait").await;
    stop_badly(&bench, 1).await;
    let ahead = Script::new();
    ahead.pass(366 * Time::DAY);
    let other = bench.worker_of(2, ahead, bench.db.clone());
    other.look_after_others().await.unwrap();
    assert_eq!(other.drain().await.unwrap().runs, 0);
    assert_eq!(bench.state("a").await, State::Running);
}

#[tokio::test]
async fn what_ended_too_many_servers_is_given_up_without_a_run() {
    let bench = Bench::open().await;
    bench.enqueue("a", "wait").await;
    for number in 1..=3 {
        stop_badly(&bench, number).await;
        look_on(&bench, 100 + number).await;
    }
    bench.drain().await;
    let job = bench.job("a").await;
    assert_eq!((job.state, job.failures), (State::Failed, FAILURES + 1));
    assert_eq!(job.last_error.as_deref(), Some("every server that ran it stopped"));
    assert_eq!(bench.script.runs().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_closes_ends_what_it_is_in_the_middle_of() {
    let bench = Bench::open().await;
    for number in 0..20 {
        bench.enqueue(&number.to_string(), "wait").await;
    }
    let (worker, closing) = (bench.worker(1), CancellationToken::new());
    let mut server = JoinSet::new();
    let told = closing.clone();
    server.spawn(async move { worker.run(told).await });
    within(bench.script.begin(8)).await;
    closing.cancel();
    // It waits for these; nobody begins another.
    bench.script.gate.add_permits(20);
    within(server.join_all()).await;
    let jobs = bench.jobs().await;
    let done = jobs.iter().filter(|job| job.state == State::Done).count();
    assert_eq!((done, bench.script.runs().len(), bench.workers().await), (8, 8, 0));
    assert!(jobs.iter().all(|job| job.state != State::Running && job.failures == 0));
}

#[tokio::test]
async fn what_is_wanted_again_while_it_runs_runs_once_more() {
    let bench = Bench::open().await;
    bench.enqueue("a", "wait").await;
    let (worker, closing) = (bench.worker(1), CancellationToken::new());
    let mut server = JoinSet::new();
    let told = closing.clone();
    server.spawn(async move { worker.run(told).await });
    within(bench.script.begin(1)).await;
    bench.arm("a", "", NOON.plus(MINUTE)).await;
    bench.arm("a", "", NOON).await;
    assert_eq!(bench.state("a").await, State::Running);
    bench.script.gate.add_permits(1);
    within(bench.script.begin(1)).await;
    closing.cancel();
    within(server.join_all()).await;
    assert_eq!(bench.state("a").await, State::Done);
    assert_eq!(bench.script.counts()["a"], 2);
}

#[tokio::test]
async fn a_server_that_was_thought_to_have_stopped_lets_go_of_its_jobs() {
    let bench = Bench::open().await;
    bench.enqueue("a", "wait").await;
    let (worker, closing) = (bench.worker(1), CancellationToken::new());
    let mut server = JoinSet::new();
    let told = closing.clone();
    server.spawn(async move { worker.run(told).await });
    within(bench.script.begin(1)).await;
    bench.have_written().await;
    // Its clock stands still as the others' go on: it does not beat.
    let elsewhere = std::sync::Arc::new(Hands::default());
    look_on_by(&bench, 2, &elsewhere).await;
    assert_eq!(bench.state("a").await, State::Waiting);
    // It finds out as it beats again: its run is cut, and is due like any other.
    within(bench.script.begin(1)).await;
    bench.script.gate.add_permits(1);
    closing.cancel();
    within(server.join_all()).await;
    assert_eq!((bench.state("a").await, bench.script.runs().len()), (State::Done, 2));
}
