//! One worker: order, failures, and coming back.

use domain::Time;
use store::Priority;
use store::jobs::{self, State};

use crate::bench::{Bench, FAILURES, MINUTE, NOON};

#[tokio::test]
async fn what_is_due_is_done_in_order_and_the_rest_waits() {
    let bench = Bench::open().await;
    for (key, run_at) in [("c", 2), ("a", 1), ("d", 2), ("later", MINUTE), ("b", 1)] {
        bench.enqueue_at("test", key, "", NOON.plus(run_at)).await;
    }
    assert_eq!(bench.drain().await.runs, 0, "nothing is due at noon");
    bench.script.pass(2);
    assert_eq!(bench.drain().await.runs, 4);
    assert_eq!(bench.script.runs(), ["a", "b", "c", "d"]);
    assert_eq!(bench.state("later").await, State::Waiting);
    assert_eq!(bench.workers().await, 0, "who leaves is not named any more");
}

#[tokio::test]
async fn what_is_asked_for_twice_is_one_job_whatever_came_of_it() {
    let bench = Bench::open().await;
    for _ in 0..2 {
        bench.enqueue("a", "").await;
        bench.enqueue("a", "fail").await;
        bench.drain().await;
    }
    assert_eq!(bench.script.runs(), ["a"]);
    assert_eq!(bench.jobs().await.len(), 1);
}

#[tokio::test]
async fn what_is_armed_is_due_again_at_the_earlier_time() {
    let bench = Bench::open().await;
    bench.arm("a", "", NOON.plus(2 * MINUTE)).await;
    bench.arm("a", "", NOON.plus(MINUTE)).await;
    bench.arm("a", "", NOON.plus(3 * MINUTE)).await;
    assert_eq!(bench.job("a").await.run_at, NOON.plus(MINUTE));
    bench.script.pass(MINUTE);
    bench.drain().await;
    assert_eq!(bench.state("a").await, State::Done);
    bench.arm("a", "", NOON).await;
    bench.drain().await;
    assert_eq!(bench.script.runs(), ["a", "a"]);
}

#[tokio::test]
async fn a_job_that_fails_waits_longer_each_time_and_is_given_up() {
    let bench = Bench::open().await;
    bench.enqueue("a", "fail").await;
    let mut waits = Vec::new();
    for failures in 1..FAILURES {
        let drained = bench.drain().await;
        assert_eq!(drained.errors, ["test a: it broke"]);
        let job = bench.job("a").await;
        assert_eq!((job.state, job.failures), (State::Waiting, failures));
        assert_eq!(job.last_error.as_deref(), Some("it broke"));
        assert_eq!(bench.drain().await.runs, 0, "it waits");
        let now = bench.script.clock.load(std::sync::atomic::Ordering::SeqCst);
        let wait = job.run_at.since(NOON.plus(now));
        waits.push(wait);
        bench.script.pass(wait);
    }
    assert!(waits.is_sorted() && waits[0] >= Time::SECOND, "{waits:?}");
    bench.drain().await;
    let job = bench.job("a").await;
    assert_eq!((job.state, job.failures), (State::Failed, FAILURES));
    bench.script.pass(Time::DAY);
    assert_eq!(bench.drain().await.runs, 0, "nobody tries any more");
}

#[tokio::test]
async fn what_was_given_up_can_be_run_again_as_if_it_had_never_failed() {
    let bench = Bench::open().await;
    bench.enqueue("a", "fail").await;
    for _ in 0..FAILURES {
        bench.drain().await;
        bench.script.pass(Time::DAY);
    }
    let id = bench.job("a").await.id;
    let write = bench.db.write::<_, store::Error, _>(Priority::Edit, move |tx| {
        Box::pin(
            async move { Ok((jobs::rerun(tx, id, NOON).await?, jobs::rerun(tx, 99, NOON).await?)) },
        )
    });
    assert_eq!(write.await.unwrap(), (true, false), "there is one and not the other");
    assert_eq!(bench.drain().await.runs, 1);
    let job = bench.job("a").await;
    assert_eq!((job.state, job.failures), (State::Waiting, 1));
}

#[tokio::test]
async fn what_was_given_up_and_is_armed_begins_anew() {
    let bench = Bench::open().await;
    bench.arm("a", "fail", NOON).await;
    for _ in 0..FAILURES {
        bench.drain().await;
        bench.script.pass(Time::DAY);
    }
    assert_eq!(bench.state("a").await, State::Failed);
    bench.arm("a", "", NOON).await;
    assert_eq!(bench.drain().await.runs, 1);
    let job = bench.job("a").await;
    assert_eq!((job.state, job.failures), (State::Done, 0));
}

#[tokio::test]
async fn an_endless_job_is_never_given_up_and_comes_back() {
    let bench = Bench::open().await;
    bench.enqueue_at("endless", "a", "fail", NOON).await;
    for _ in 0..3 * FAILURES {
        assert_eq!(bench.drain().await.runs, 1);
        bench.script.pass(Time::DAY);
    }
    assert_eq!(bench.state("a").await, State::Waiting);
    let bench = Bench::open().await;
    bench.enqueue("a", "again").await;
    bench.script.pass(2 * MINUTE);
    assert_eq!(bench.drain().await.runs, 3, "each that was missed");
    assert_eq!(bench.job("a").await.run_at, NOON.plus(3 * MINUTE));
}

#[tokio::test]
async fn a_job_that_panics_has_failed_and_takes_nobody_with_it() {
    let bench = Bench::open().await;
    bench.enqueue("a", "panic").await;
    bench.enqueue("b", "").await;
    let drained = bench.drain().await;
    assert_eq!(drained.errors, ["test a: the job panicked"]);
    assert_eq!(bench.state("b").await, State::Done);
}

#[tokio::test]
async fn a_job_that_only_a_newer_server_knows_waits_for_it() {
    let bench = Bench::open().await;
    bench.enqueue_at("of.tomorrow", "a", "", NOON).await;
    for _ in 0..2 * FAILURES {
        bench.drain().await;
        bench.script.pass(MINUTE);
    }
    let job = bench.job("a").await;
    assert_eq!((job.state, job.failures), (State::Waiting, 0));
    assert_eq!(job.last_error.as_deref(), Some("this server has no such job"));
    assert_eq!(bench.script.runs(), [""; 0]);
}
