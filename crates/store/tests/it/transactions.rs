//! What a transaction promises, whatever its closure does.

use std::sync::mpsc;

use ledger::{Partition, Seq, Time};
use store::{Error, Priority, cursors, users};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::scratch::{NOW, Scratch, database, read, write};

fn begin(name: &'static str) -> store::Change<'static> {
    cursors::begin(name, Partition::FIRST, Seq::ZERO)
}

async fn has(db: &store::Db, name: &'static str) -> bool {
    read!(db, |tx| tx.opt(cursors::find(name, Partition::FIRST)).await).unwrap().is_some()
}

#[tokio::test]
async fn an_error_leaves_nothing_behind() {
    let (_scratch, db) = database();
    let result: Result<(), Error> = write!(db, |tx| {
        tx.exec(begin("a")).await?.expect_one()?;
        tx.exec(cursors::begin("b", Partition::FIRST, Seq::from_number(-1))).await?.expect_one()
    });
    assert!(matches!(result, Err(Error::Constraint(store::Constraint::CursorBounds))));
    assert!(!has(&db, "a").await);
}

#[tokio::test]
async fn a_panic_leaves_nothing_behind_and_the_thread_goes_on() {
    let (_scratch, db) = database();
    let result: Result<(), Error> = write!(db, |tx| {
        tx.exec(begin("a")).await?.expect_one()?;
        panic!("on purpose")
    });
    assert!(matches!(result, Err(Error::Panicked(message)) if message == "on purpose"));
    write!(db, |tx| tx.exec(begin("b")).await?.expect_one()).unwrap();
    assert!(!has(&db, "a").await);
    assert!(has(&db, "b").await);
    let result: Result<(), Error> = read!(db, |_tx| panic!("{} too", "a reader"));
    assert!(matches!(result, Err(Error::Panicked(message)) if message == "a reader too"));
}

/// What could not be synced may be gone from the log by now: nobody copies it into the file.
#[tokio::test]
async fn a_file_that_is_not_trusted_any_more_is_left_as_it_is() {
    let (scratch, db) = database();
    write!(db, |tx| tx.exec(begin("a")).await?.expect_one()).unwrap();
    let stops = db.submit(
        Priority::Edit,
        |tx| Box::pin(async move { tx.exec(begin("b")).await?.expect_one() }),
        |_: Result<(), Error>| panic!("on purpose"),
    );
    stops.unwrap();
    assert!(matches!(write!(db, |_tx| Ok(())), Err(Error::Stopped(_))));
    let log = |scratch: &Scratch| {
        scratch.files().into_iter().find(|(name, _)| name == "book.db-wal").map(|(_, log)| log)
    };
    let before = log(&scratch).unwrap();
    assert!(!before.is_empty());
    db.close().await;
    assert_eq!(log(&scratch), Some(before));
    let db = scratch.serve();
    assert!(has(&db, "a").await && has(&db, "b").await);
    db.close().await;
    assert!(log(&scratch).is_none_or(|log| log.is_empty()));
}

#[tokio::test]
async fn waiting_for_something_outside_is_an_error_not_a_standstill() {
    let (_scratch, db) = database();
    let inner = db.clone();
    let result: Result<(), Error> = write!(db, |tx| {
        tx.exec(begin("a")).await?.expect_one()?;
        inner
            .write(Priority::Edit, |tx| {
                Box::pin(async move { tx.exec(begin("b")).await?.expect_one() })
            })
            .await
    });
    assert!(matches!(result, Err(Error::Waited)));
    assert!(!has(&db, "a").await);
}

#[tokio::test]
async fn nothing_runs_in_a_transaction_after_a_statement_failed() {
    let (_scratch, db) = database();
    let result: Result<(), Error> = write!(db, |tx| {
        let bad = cursors::begin("a", Partition::FIRST, Seq::from_number(-1));
        assert!(tx.exec(bad).await.is_err());
        let next = tx.exec(begin("b")).await;
        assert!(matches!(next, Err(Error::RolledBack)));
        Ok(())
    });
    assert!(matches!(result, Err(Error::RolledBack)));
    assert!(!has(&db, "b").await);
}

#[tokio::test]
async fn a_read_that_nobody_waits_for_ends_at_its_next_statement() {
    let (_scratch, db) = database();
    let (reading, started) = oneshot::channel();
    let (gone, go_on) = mpsc::channel();
    let (tell, told) = oneshot::channel();
    let mut reader = JoinSet::new();
    let same = db.clone();
    reader.spawn(async move {
        read!(same, |tx| {
            tx.one(users::count()).await?;
            reading.send(()).unwrap();
            go_on.recv().unwrap();
            let next = tx.one(users::count()).await;
            tell.send(next.as_ref().err().map(ToString::to_string)).unwrap();
            next
        })
    });
    started.await.unwrap();
    reader.shutdown().await;
    gone.send(()).unwrap();
    assert_eq!(told.await.unwrap().unwrap(), "nobody waits for the answer any more");
    assert_eq!(read!(db, |tx| tx.one(users::count()).await).unwrap(), 0);
}

#[tokio::test]
async fn a_read_sees_one_snapshot_and_can_not_write() {
    let (_scratch, db) = database();
    let (reading, started) = oneshot::channel();
    let (written, go_on) = mpsc::channel();
    let mut reader = JoinSet::new();
    let same = db.clone();
    reader.spawn(async move {
        read!(same, |tx| {
            let before = tx.one(users::count()).await?;
            reading.send(()).unwrap();
            go_on.recv().unwrap();
            Ok((before, tx.one(users::count()).await?))
        })
    });
    started.await.unwrap();
    let user = users::NewUser {
        email: "a@example.com",
        name: "A",
        role: "customer",
        external_id: None,
        password_hash: None,
        created_at: NOW,
    };
    assert_eq!(write!(db, |tx| tx.one(users::insert(&user)).await).unwrap(), 1);
    written.send(()).unwrap();
    let seen: Vec<_> = reader.join_all().await.into_iter().map(Result::unwrap).collect();
    assert_eq!(seen, [(0, 0)]);
    assert_eq!(read!(db, |tx| tx.one(users::count()).await).unwrap(), 1);
    let result = read!(db, |tx| tx.exec(begin("a")).await);
    assert!(matches!(result, Err(Error::Internal { .. })));
}

#[tokio::test]
async fn appends_go_before_edits_and_edits_before_slices() {
    let (_scratch, db) = database();
    let (release, held) = mpsc::channel::<()>();
    let (running, started) = oneshot::channel();
    let (order, ran) = mpsc::channel();
    let mut tasks = JoinSet::new();
    let same = db.clone();
    tasks.spawn(async move {
        write!(same, |_tx| {
            running.send(()).unwrap();
            held.recv().unwrap();
            Ok(())
        })
    });
    started.await.unwrap();
    for priority in [Priority::Slice, Priority::Edit, Priority::Append] {
        let (db, order) = (db.clone(), order.clone());
        tasks.spawn(async move {
            db.write::<_, Error, _>(priority, move |_tx| {
                Box::pin(async move {
                    order.send(priority).unwrap();
                    Ok(())
                })
            })
            .await
        });
    }
    while db.stats().writes_waiting != [1, 1, 1] {
        tokio::task::yield_now().await;
    }
    release.send(()).unwrap();
    for result in tasks.join_all().await {
        result.unwrap();
    }
    let order: Vec<_> = ran.try_iter().collect();
    assert_eq!(order, [Priority::Append, Priority::Edit, Priority::Slice]);
}

#[tokio::test]
async fn a_write_nobody_waits_for_any_more_still_happens() {
    let (scratch, db) = database();
    let (release, held) = mpsc::channel::<()>();
    let (running, started) = oneshot::channel();
    let mut task = JoinSet::new();
    let same = db.clone();
    task.spawn(async move {
        write!(same, |tx| {
            running.send(()).unwrap();
            held.recv().unwrap();
            tx.exec(begin("a")).await?.expect_one()
        })
    });
    started.await.unwrap();
    task.shutdown().await;
    release.send(()).unwrap();
    db.close().await;
    assert!(has(&scratch.serve(), "a").await);
}

#[tokio::test]
async fn closing_finishes_what_waits_and_takes_no_more() {
    let (scratch, db) = database();
    let mut tasks = JoinSet::new();
    for number in 0..100 {
        let db = db.clone();
        tasks.spawn(async move {
            let entry = entry(Time::from_micros(number));
            write!(db, |tx| tx.exec(store::audit::insert(&entry)).await?.expect_one())
        });
    }
    tokio::task::yield_now().await;
    db.close().await;
    let results = tasks.join_all().await;
    let (done, late): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
    assert!(!done.is_empty(), "none had asked yet");
    assert!(late.iter().all(|late| matches!(late, Err(Error::Closed))));
    let result = read!(db, |tx| tx.one(users::count()).await);
    assert!(matches!(result, Err(Error::Closed)));
    assert!(scratch.files().iter().all(|(name, _)| !name.ends_with("-wal")));
    let db = scratch.serve();
    let page = store::Page::numbered(1, 1000);
    let rows = read!(db, |tx| tx.all(store::audit::by_subject("test", page)).await).unwrap();
    assert_eq!(rows.len(), done.len());
}

fn entry(at: Time) -> store::audit::Entry {
    store::audit::Entry {
        at,
        actor: "system".to_owned(),
        action: "test".to_owned(),
        subject: "test".to_owned(),
        reason: None,
        before: None,
        after: None,
        request_id: None,
        seq: None,
    }
}
