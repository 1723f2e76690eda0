//! Transactions: all or nothing, whatever happens to their connection.

use std::task::Poll;
use std::time::Duration;

use store::{Db, Error, Priority, cursors, shown_subscriptions};

use crate::server::Scratch;

/// Ends all other connections.
const CUT: &str = "SELECT COUNT(pg_terminate_backend(pid))
    FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()";

async fn begin(db: &Db, name: &'static str) -> Result<(), Error> {
    db.write(Priority::Edit, move |tx| {
        Box::pin(async move {
            tx.exec(cursors::begin(name, ledger::Partition::FIRST, ledger::Seq::ZERO))
                .await?
                .at_most_one()
                .map(drop)
        })
    })
    .await
}

async fn is_there(db: &Db, name: &'static str) -> bool {
    let found = db.read::<_, Error, _>(move |tx| {
        Box::pin(async move { tx.opt(cursors::find(name, ledger::Partition::FIRST)).await })
    });
    found.await.unwrap().is_some()
}

#[tokio::test]
async fn an_error_and_a_panic_leave_nothing_behind() {
    let scratch = Scratch::new().await;
    let db = scratch.serve().await;
    let failed = db.write::<(), Error, _>(Priority::Edit, |tx| {
        Box::pin(async move {
            let begin = cursors::begin("a", ledger::Partition::FIRST, ledger::Seq::ZERO);
            tx.exec(begin).await?.expect_one()?;
            Err(Error::Busy)
        })
    });
    assert!(matches!(failed.await, Err(Error::Busy)));
    let panicked = db.write::<(), Error, _>(Priority::Edit, |tx| {
        Box::pin(async move {
            let begin = cursors::begin("a", ledger::Partition::FIRST, ledger::Seq::ZERO);
            tx.exec(begin).await?.expect_one()?;
            panic!("halfway")
        })
    });
    assert!(matches!(panicked.await, Err(Error::Panicked(said)) if said == "halfway"));
    assert!(!is_there(&db, "a").await);
    begin(&db, "a").await.unwrap();
    assert!(is_there(&db, "a").await);
}

#[tokio::test]
async fn a_connection_that_is_cut_is_told_and_the_next_one_works() {
    let scratch = Scratch::new().await;
    let db = scratch.serve().await;
    let raw = scratch.raw().await;
    begin(&db, "a").await.unwrap();
    let cut_in_the_middle = db.write::<(), Error, _>(Priority::Edit, move |tx| {
        Box::pin(async move {
            let begin = cursors::begin("b", ledger::Partition::FIRST, ledger::Seq::ZERO);
            tx.exec(begin).await?.expect_one()?;
            raw.query_one(CUT, &[]).await.unwrap();
            tx.one(cursors::find("b", ledger::Partition::FIRST)).await.map(drop)
        })
    });
    let failed = cut_in_the_middle.await;
    assert!(matches!(failed, Err(Error::Lost(_))), "{failed:?}");
    assert!(!is_there(&db, "b").await);
    begin(&db, "b").await.unwrap();
}

#[tokio::test]
async fn a_question_alone_is_answered_whoever_left_before_and_whatever_was_cut() {
    let scratch = Scratch::new().await;
    let ask = |name| cursors::find(name, ledger::Partition::FIRST);
    for db in [scratch.serve().await, scratch.serve_pooled().await] {
        begin(&db, "a").await.unwrap();
        assert!(db.one(ask("a")).await.is_ok());
        assert_eq!(db.opt(ask("b")).await.unwrap(), None);
        assert!(matches!(db.one(ask("b")).await, Err(Error::NoRow { .. })));
        assert_eq!(db.all(shown_subscriptions::live([2, 1, 2])).await.unwrap(), []);
        // More than there are connections.
        for _ in 0..16 {
            let mut left = std::pin::pin!(db.opt(ask("a")));
            let asked = std::future::poll_fn(|cx| Poll::Ready(left.as_mut().poll(cx))).await;
            assert!(asked.is_pending(), "nobody answers at once");
        }
        assert!(db.one(ask("a")).await.is_ok());
        scratch.raw().await.batch_execute(CUT).await.unwrap();
        let mut again = db.one(ask("a")).await;
        for _ in 0..8 {
            if let Err(error) = &again {
                assert!(matches!(error, Error::Lost(_)), "{error:?}");
                again = db.one(ask("a")).await;
            }
        }
        assert!(again.is_ok(), "{again:?}");
    }
}

#[tokio::test]
async fn edits_of_all_servers_take_turns() {
    let scratch = Scratch::new().await;
    let (one, other) = (scratch.serve().await, scratch.serve().await);
    let (held, holding) = tokio::sync::oneshot::channel::<()>();
    let (began, has_begun) = tokio::sync::oneshot::channel();
    let long = one.write::<_, Error, _>(Priority::Edit, move |tx| {
        Box::pin(async move {
            let begin = cursors::begin("a", ledger::Partition::FIRST, ledger::Seq::ZERO);
            tx.exec(begin).await?.expect_one()?;
            began.send(()).unwrap();
            holding.await.unwrap();
            Ok(())
        })
    });
    let short = async {
        has_begun.await.unwrap();
        let mut second = std::pin::pin!(begin(&other, "b"));
        let waits = tokio::time::timeout(Duration::from_millis(100), &mut second).await;
        assert!(waits.is_err(), "the other edit did not wait");
        held.send(()).unwrap();
        second.await.unwrap();
    };
    let (long, ()) = tokio::join!(long, short);
    long.unwrap();
    assert!(is_there(&one, "b").await && is_there(&other, "a").await);
}

#[tokio::test]
async fn statements_without_a_name_do_the_same_behind_a_pooler() {
    let scratch = Scratch::new().await;
    let db = scratch.serve_pooled().await;
    begin(&db, "a").await.unwrap();
    assert!(is_there(&db, "a").await);
}
