//! Explanations: which grants a transaction drew, told from the journal alone.

use app::{Caller, GrantRequestTerms};
use domain::{Credits, GrantId, UserId};

use crate::desk::{Desk, amount, plain, program, spend};

async fn grant(desk: &Desk, user: UserId, credits: &str, priority: i64) -> GrantId {
    let terms = GrantRequestTerms { priority: Some(priority), ..GrantRequestTerms::default() };
    desk.grant(user, credits, terms).await.id
}

async fn drawn(desk: &Desk, user: UserId, credits: &str) -> Vec<(GrantId, Credits)> {
    let worker = program("worker", "credits:spend");
    let spent = desk.app.spend(&worker, None, spend(user, plain(credits))).await.unwrap().value;
    let explained = desk.app.explain(&Caller::SYSTEM, spent.id).await.unwrap();
    let sum = explained
        .grants
        .iter()
        .try_fold(Credits::ZERO, |sum, drawn| sum.checked_add(drawn.amount))
        .unwrap();
    assert_eq!(sum, spent.amount, "the parts are the whole");
    explained.grants.iter().map(|drawn| (drawn.id, drawn.amount.checked_neg().unwrap())).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_spend_names_the_grants_it_drew_and_how_much_of_each() {
    let desk = Desk::open().await;
    let user = desk.customer("ada", "0").await;
    let last = grant(&desk, user, "100", 90).await;
    let first = grant(&desk, user, "10", 10).await;
    let second = grant(&desk, user, "20", 20).await;
    assert_eq!(drawn(&desk, user, "4").await, [(first, amount("4"))]);
    assert_eq!(
        drawn(&desk, user, "36").await,
        [(first, amount("6")), (second, amount("20")), (last, amount("10"))],
        "two of them never drawn before"
    );
    assert_eq!(drawn(&desk, user, "1").await, [(last, amount("1"))]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn grants_that_were_last_drawn_long_ago_are_told_apart_too() {
    let desk = Desk::open().await;
    let user = desk.customer("ada", "0").await;
    let (far, near) = (grant(&desk, user, "50", 90).await, grant(&desk, user, "40", 80).await);
    assert_eq!(drawn(&desk, user, "1").await, [(near, amount("1"))]);
    let often = grant(&desk, user, "300", 10).await;
    let worker = program("worker", "credits:spend");
    for _ in 0..299 {
        desk.app.spend(&worker, None, spend(user, plain("1"))).await.unwrap();
    }
    assert_eq!(
        drawn(&desk, user, "50").await,
        [(often, amount("1")), (near, amount("39")), (far, amount("10"))]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_grant_is_explained_by_itself() {
    let desk = Desk::open().await;
    let user = desk.customer("ada", "0").await;
    let made = grant(&desk, user, "10", 50).await;
    let explained = desk.app.explain(&Caller::SYSTEM, domain::TxId(made.seq)).await.unwrap();
    assert_eq!(explained.grants.len(), 1);
    assert_eq!((explained.grants[0].id, explained.grants[0].amount), (made, amount("10")));
}
