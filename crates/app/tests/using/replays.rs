//! A key has one outcome, for ever, whatever its request would cost today.

use app::ledger::{How, SubmitError};
use app::{Caller, Error, NewPrice, Particulars};
use domain::{Description, Labels, Refusal};

use crate::desk::{Desk, amount, key, plain, program, requests, service, spend};

fn is_reused<T: std::fmt::Debug>(result: &Result<T, Error>) -> bool {
    let reused = Refusal::KeyReused;
    matches!(result, Err(Error::Submit(SubmitError::Refused { refusal, .. })) if *refusal == reused)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_spend_is_replayed_the_same_after_its_price_changed_and_its_service_retired() {
    let desk = Desk::open().await;
    let user = desk.customer("ada", "100").await;
    let worker = program("worker", "credits:spend");
    let mut request = spend(user, requests("ai_chat", "2"));
    request.particulars = Particulars {
        description: Some(Description::parse("two questions").unwrap()),
        labels: Labels::parse([("team", "search")]).unwrap(),
        ..Particulars::default()
    };
    let first = desk.app.spend(&worker, Some(key("k")), request.clone()).await.unwrap();
    assert_eq!((first.how, first.value.amount.to_string()), (How::Applied, "-10".to_owned()));

    let dimensions = [(domain::Dimension::parse("calls").unwrap(), "7".parse().unwrap())].into();
    let price = NewPrice { minimum: amount("0"), dimensions };
    let chat = || service("ai_chat");
    desk.app.new_price_version(&Caller::SYSTEM, None, chat(), price).await.unwrap();
    let repriced = desk.app.spend(&worker, Some(key("k")), request.clone()).await.unwrap();
    assert_eq!((repriced.how, &repriced.value), (How::Replayed, &first.value));

    desk.app.retire_service(&Caller::SYSTEM, None, chat()).await.unwrap();
    let retired = desk.app.spend(&worker, Some(key("k")), request.clone()).await.unwrap();
    assert_eq!((retired.how, &retired.value), (How::Replayed, &first.value));

    let other = spend(user, requests("ai_chat", "3"));
    assert!(is_reused(&desk.app.spend(&worker, Some(key("k")), other).await));
    let fresh = desk.app.spend(&worker, Some(key("fresh")), request).await;
    assert_eq!(crate::desk::pointer(fresh), "/service");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_is_replayed_though_credits_came_and_the_service_went() {
    let desk = Desk::open().await;
    let user = desk.customer("ada", "1").await;
    let worker = program("worker", "credits:spend");
    let request = spend(user, requests("ai_chat", "1"));
    let refused = desk.app.spend(&worker, Some(key("k")), request.clone()).await.unwrap_err();
    assert_eq!(refused.how(), How::Applied);
    desk.grant(user, "100", app::GrantRequestTerms::default()).await;
    desk.app.retire_service(&Caller::SYSTEM, None, service("ai_chat")).await.unwrap();
    let again = desk.app.spend(&worker, Some(key("k")), request).await.unwrap_err();
    assert_eq!((again.how(), again.to_string()), (How::Replayed, refused.to_string()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_is_its_callers_and_says_one_thing() {
    let desk = Desk::open().await;
    let user = desk.customer("ada", "100").await;
    let (one, other) = (program("one", "credits:spend"), program("other", "credits:spend"));
    for caller in [&one, &other] {
        let spent = desk.app.spend(caller, Some(key("k")), spend(user, plain("1"))).await.unwrap();
        assert_eq!(spent.how, How::Applied);
    }
    let mut said = spend(user, plain("1"));
    said.particulars.job = Some(crate::desk::text("job-1"));
    assert!(is_reused(&desk.app.spend(&one, Some(key("k")), said).await));
    let rotated = program("one", "credits:spend,credits:read");
    let again = desk.app.spend(&rotated, Some(key("k")), spend(user, plain("1"))).await.unwrap();
    assert_eq!(again.how, How::Replayed, "a key keeps its name when it is rotated");
}
