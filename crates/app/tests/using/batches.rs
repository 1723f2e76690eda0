//! Batches: places, keys and outcomes belong together.

use app::ledger::How;
use app::{BatchMode, BatchOp, BatchOperation, BatchRequest, BatchValue, Caller, Error};
use domain::{IdempotencyKey, UserId};

use crate::desk::{Desk, plain, program, requests, service, spend};

fn operation(key: &str, op: BatchOp) -> BatchOperation {
    BatchOperation { key: IdempotencyKey::parse(key).unwrap(), op }
}

fn take(key: &str, user: UserId, credits: &str) -> BatchOperation {
    operation(key, BatchOp::Spend(spend(user, plain(credits))))
}

fn chat(key: &str, user: UserId) -> BatchOperation {
    operation(key, BatchOp::Spend(spend(user, requests("ai_chat", "1"))))
}

async fn spent(desk: &Desk, user: UserId) -> String {
    let request = app::BalanceRequest { whose: app::Whose::User(user), at: None, min_seq: None };
    desk.app.balance(&Caller::SYSTEM, request).await.unwrap().current.to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_operation_has_its_own_outcome_in_its_own_place() {
    let desk = Desk::open().await;
    let (ada, bob) = (desk.customer("ada", "20").await, desk.customer("bob", "3").await);
    let worker = program("worker", "credits:spend");
    let first =
        desk.app.spend(&worker, Some(crate::desk::key("a")), spend(ada, requests("ai_chat", "1")));
    first.await.unwrap();
    desk.app.retire_service(&Caller::SYSTEM, None, service("ai_chat")).await.unwrap();
    let nobody = UserId::from_number(4_711);
    let operations = vec![
        take("b", bob, "2"),
        chat("a", ada),
        chat("fresh", ada),
        take("c", bob, "2"),
        take("d", nobody, "1"),
        take("b", bob, "2"),
    ];
    let request = BatchRequest { mode: BatchMode::Each, operations };
    let results = desk.app.batch(&worker, request).await.unwrap();
    let told: Vec<_> = results
        .iter()
        .map(|result| match &result.outcome {
            Ok(answer) => match &answer.value {
                BatchValue::Transaction(spent) => {
                    let replayed = answer.how == How::Replayed;
                    format!("{} {} {replayed}", result.key.as_str(), spent.amount)
                }
                other => panic!("{other:?}"),
            },
            Err(error) => format!("{} {error}", result.key.as_str()),
        })
        .collect();
    assert_eq!(
        told,
        [
            "b -2 false",
            "a -5 true",
            "fresh the request is invalid",
            "c 2 credits are needed and 1 are available",
            "d there is no such thing",
            "b -2 true",
        ]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_atomic_batch_is_refused_whole_and_names_the_place() {
    let desk = Desk::open().await;
    let (ada, bob) = (desk.customer("ada", "20").await, desk.customer("bob", "3").await);
    let worker = program("worker", "credits:spend");
    let atomic = |operations| BatchRequest { mode: BatchMode::Atomic, operations };
    desk.app.batch(&worker, atomic(vec![chat("a", ada)])).await.unwrap();
    desk.app.retire_service(&Caller::SYSTEM, None, service("ai_chat")).await.unwrap();

    let operations = vec![chat("a", ada), take("b", ada, "1"), take("c", bob, "4")];
    let refused = desk.app.batch(&worker, atomic(operations)).await;
    assert!(matches!(refused, Err(Error::Operation { index: 2, .. })), "{refused:?}");
    assert_eq!(spent(&desk, ada).await, "15", "nothing of it was done");

    let operations = vec![chat("a", ada), take("b", ada, "1"), take("c", bob, "3")];
    let done = desk.app.batch(&worker, atomic(operations)).await.unwrap();
    let hows: Vec<_> = done.iter().map(|one| one.outcome.as_ref().unwrap().how).collect();
    assert_eq!(hows, [How::Replayed, How::Applied, How::Applied]);
    assert_eq!((spent(&desk, ada).await, spent(&desk, bob).await), ("14".into(), "0".into()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_atomic_batch_with_a_key_that_was_refused_before_is_refused_whole() {
    let desk = Desk::open().await;
    let (ada, bob) = (desk.customer("ada", "20").await, desk.customer("bob", "3").await);
    let worker = program("worker", "credits:spend");
    let request = |mode, operations| BatchRequest { mode, operations };
    let alone = request(BatchMode::Each, vec![take("late", bob, "4")]);
    desk.app.batch(&worker, alone).await.unwrap();
    desk.grant(bob, "10", app::GrantRequestTerms::default()).await;
    for projected in [false, true] {
        if projected {
            desk.app.ledger().projected().await.unwrap();
        }
        let operations = vec![take("a", ada, "1"), take("late", bob, "4")];
        let refused = desk.app.batch(&worker, request(BatchMode::Atomic, operations)).await;
        assert!(matches!(refused, Err(Error::Operation { index: 1, .. })), "{refused:?}");
        assert_eq!(spent(&desk, ada).await, "20", "nothing of it was done");
    }
}
