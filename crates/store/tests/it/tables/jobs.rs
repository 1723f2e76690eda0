//! Jobs, from the taking to the note of what came of it.

use ledger::Time;
use store::job_workers::{self, WorkerId};
use store::jobs::{self, Ended, Lease, NewJob, State};

use crate::scratch::{NOW, database, read, write};

const ADA: WorkerId = WorkerId([1; 16]);
const BOB: WorkerId = WorkerId([2; 16]);

fn new(key: &str, run_at: Time) -> NewJob {
    NewJob { name: "test", key: key.to_owned(), payload: "{}".to_owned(), run_at }
}

async fn take(db: &store::Db, worker: WorkerId, most: i64) -> Vec<Lease> {
    write!(db, |tx| {
        if !tx.exec(job_workers::beat(&worker)).await?.at_most_one()? {
            tx.exec(job_workers::begin(&worker)).await?.expect_one()?;
        }
        jobs::claim(tx, worker, NOW, most).await
    })
    .unwrap()
}

#[tokio::test]
async fn what_is_due_is_taken_once_the_longest_due_first() {
    let (_scratch, db) = database();
    write!(db, |tx| {
        for (key, before) in [("b", 1), ("c", 0), ("a", 2), ("later", -1)] {
            jobs::enqueue(tx, &new(key, NOW.plus(-before))).await?;
        }
        Ok(())
    })
    .unwrap();
    assert_eq!(read!(db, |tx| tx.opt(jobs::next()).await).unwrap(), Some(NOW.plus(-2)));
    let keys = |leases: Vec<Lease>| leases.into_iter().map(|lease| lease.key).collect::<Vec<_>>();
    assert_eq!(keys(take(&db, ADA, 2).await), ["a", "b"]);
    assert_eq!(keys(take(&db, BOB, 9).await), ["c"]);
    assert_eq!(keys(take(&db, BOB, 9).await), [""; 0]);
    let held = read!(db, |tx| tx.all(jobs::held(&ADA)).await).unwrap();
    assert_eq!(keys(held), ["a", "b"]);
}

#[tokio::test]
async fn a_lease_that_was_lost_is_not_heard() {
    let (_scratch, db) = database();
    write!(db, |tx| jobs::enqueue(tx, &new("a", NOW)).await).unwrap();
    let first = take(&db, ADA, 1).await.remove(0);
    let seized = write!(db, |tx| {
        let early = tx.exec(job_workers::stop(&ADA, 7)).await?.at_most_one()?;
        let stopped = tx.exec(job_workers::stop(&ADA, 1)).await?.at_most_one()?;
        let seized = tx.exec(jobs::seize(&ADA, "it stopped")).await?.rows();
        tx.exec(job_workers::leave(&ADA)).await?.expect_one()?;
        Ok((early, stopped, seized))
    });
    assert_eq!(seized.unwrap(), (false, true, 1));
    let second = take(&db, BOB, 1).await.remove(0);
    assert_eq!((second.number, second.failures), (first.number + 1, 1));
    for (lease, heard) in [(first, false), (second.clone(), true), (second, false)] {
        let done = Ended::Done { at: NOW };
        let noted = write!(db, |tx| tx.exec(jobs::end(&lease, &done)).await?.at_most_one());
        assert_eq!(noted.unwrap(), heard);
    }
}

#[tokio::test]
async fn what_was_settled_is_not_taken_and_what_was_done_long_ago_is_forgotten() {
    let (_scratch, db) = database();
    write!(db, |tx| {
        for key in ["a", "b", "c"] {
            jobs::enqueue(tx, &new(key, NOW)).await?;
        }
        tx.exec(jobs::settle("test", "a", NOW)).await?.expect_one()?;
        tx.exec(jobs::settle("test", "b", NOW.plus(1))).await?.expect_one()
    })
    .unwrap();
    assert_eq!(take(&db, ADA, 9).await.len(), 1);
    let settled = write!(db, |tx| tx.exec(jobs::settle("test", "c", NOW)).await?.at_most_one());
    assert!(!settled.unwrap(), "who runs it says what came of it");
    let pruned = write!(db, |tx| Ok(tx.exec(jobs::prune(NOW.plus(1), 9)).await?.rows()));
    assert_eq!(pruned.unwrap(), 1);
    let left = read!(db, |tx| {
        let all = store::Page { limit: 9, offset: 0 };
        tx.all(jobs::list(jobs::Filter::default(), all)).await
    });
    let left: Vec<_> = left.unwrap().into_iter().map(|job| (job.key, job.state)).collect();
    assert_eq!(left, [("c".to_owned(), State::Running), ("b".to_owned(), State::Done)]);
}
