//! Holds: the price they pin, what captures take over from them, and who may
//! settle them.

use app::{Caller, CaptureCharge, CaptureRequest, Error, Metadata, NewPrice, Whose};
use domain::{Completion, Description, HoldId, HoldStatus, Labels, Role};

use crate::desk::{
    Desk, amount, hold, key, person, plain, pointer, program, quantities, requests, service, text,
};

fn capture(hold: HoldId, charge: CaptureCharge) -> CaptureRequest {
    CaptureRequest { hold, charge, completion: Completion::Final, description: None }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_capture_uses_the_price_its_hold_was_quoted() {
    let desk = Desk::open().await;
    let user = desk.customer("ada", "100").await;
    let worker = program("worker", "credits:spend");
    let held = desk.app.authorize(&worker, None, hold(user, requests("ai_chat", "4"))).await;
    let held = held.unwrap().value;
    assert_eq!((held.amount, held.price_version), (amount("20"), Some(1)));

    let dimensions = [(domain::Dimension::parse("requests").unwrap(), "9".parse().unwrap())].into();
    let price = NewPrice { minimum: amount("0"), dimensions };
    let repriced =
        desk.app.new_price_version(&Caller::SYSTEM, None, service("ai_chat"), price).await;
    assert_eq!(repriced.unwrap().value.prices[0].version, 2);

    let used = CaptureCharge::Quantities(quantities(&[("requests", "3")]));
    let captured = desk.app.capture(&worker, None, capture(held.id, used)).await.unwrap().value;
    assert_eq!(captured.transaction.amount.to_string(), "-15");
    assert_eq!(captured.transaction.price_version, Some(1));
    assert_eq!(captured.hold.status, HoldStatus::Captured);
    assert_eq!((captured.hold.captured, captured.hold.released), (amount("15"), amount("5")));
    let explained = desk.app.explain(&Caller::SYSTEM, captured.transaction.id).await.unwrap();
    assert_eq!(explained.lines[0].amount, amount("15"));
    assert_eq!(explained.hold, Some(captured.hold));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_capture_of_what_costs_nothing_says_to_release() {
    let desk = Desk::open().await;
    let user = desk.customer("ada", "100").await;
    let worker = program("worker", "credits:spend");
    let held = desk.app.authorize(&worker, None, hold(user, requests("ai_chat", "1"))).await;
    let held = held.unwrap().value;
    let nothing = CaptureCharge::Quantities(quantities(&[("requests", "0")]));
    let refused = desk.app.capture(&worker, Some(key("c")), capture(held.id, nothing)).await;
    assert_eq!(pointer(refused), "/quantities");
    let unpriced = desk.app.authorize(&worker, None, hold(user, plain("5"))).await.unwrap().value;
    let used = CaptureCharge::Quantities(quantities(&[("requests", "1")]));
    let refused = desk.app.capture(&worker, None, capture(unpriced.id, used)).await;
    assert_eq!(pointer(refused), "/quantities", "it names no service");
    let released = desk.app.release(&worker, None, held.id).await.unwrap().value;
    assert_eq!(released.status, HoldStatus::Released);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_capture_takes_over_what_its_hold_said() {
    let desk = Desk::open().await;
    let user = desk.customer("ada", "100").await;
    let worker = program("worker", "credits:spend,credits:read");
    let mut request = hold(user, plain("10"));
    request.particulars.description = Some(Description::parse("a long run").unwrap());
    request.particulars.labels = Labels::parse([("model", "large"), ("team", "search")]).unwrap();
    request.particulars.metadata = Some(Metadata::parse(r#"{"trace": 1.50}"#).unwrap());
    request.particulars.job = Some(text("job-7"));
    let held = desk.app.authorize(&worker, Some(key("a")), request).await.unwrap().value;
    let part = CaptureRequest {
        completion: Completion::Partial,
        description: Some(Description::parse("half of it").unwrap()),
        ..capture(held.id, CaptureCharge::Amount(amount("4")))
    };
    let half = desk.app.capture(&worker, Some(key("half")), part).await.unwrap().value.transaction;
    assert_eq!(half.description, "half of it");
    let rest = capture(held.id, CaptureCharge::Amount(amount("6")));
    let captured = desk.app.capture(&worker, Some(key("rest")), rest.clone()).await.unwrap();
    let rest_again = desk.app.capture(&worker, Some(key("rest")), rest).await.unwrap();
    assert_eq!(rest_again.value, captured.value);
    let transaction = captured.value.transaction;
    assert_eq!(transaction.description, "a long run");
    assert_eq!(transaction.labels, held.labels);
    assert_eq!(transaction.job, Some(text("job-7")));
    assert_eq!(transaction.metadata.as_ref().map(Metadata::as_json), Some(r#"{"trace":1.50}"#));
    let listed = desk
        .app
        .list_transactions(
            &worker,
            Whose::User(user),
            app::TransactionFilter::default(),
            app::Page::FIRST,
        )
        .await
        .unwrap();
    assert_eq!(listed.items[0], transaction, "a list shows what the capture answered");
    assert_eq!(desk.app.get_hold(&worker, held.id).await.unwrap(), captured.value.hold);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hold_is_settled_by_who_placed_it_and_read_by_its_owner() {
    let desk = Desk::open().await;
    let (ada, bob) = (desk.customer("ada", "100").await, desk.customer("bob", "0").await);
    let worker = program("worker", "credits:spend");
    let held = desk.app.authorize(&worker, None, hold(ada, plain("10"))).await.unwrap().value;
    let (owner, stranger) = (person(ada, Role::Customer), person(bob, Role::Customer));

    assert_eq!(desk.app.get_hold(&owner, held.id).await.unwrap(), held);
    let forbidden = desk.app.release(&owner, None, held.id).await;
    assert!(matches!(forbidden, Err(Error::Forbidden)), "{forbidden:?}");
    let missing = HoldId(domain::Seq::from_number(4_711));
    for id in [held.id, missing] {
        let hidden = desk.app.get_hold(&stranger, id).await;
        assert!(matches!(hidden, Err(Error::NotFound)), "{hidden:?}");
        let hidden = desk.app.release(&stranger, None, id).await;
        assert!(matches!(hidden, Err(Error::NotFound)), "{hidden:?}");
    }
    let reader = program("reader", "credits:read");
    let forbidden = desk.app.release(&reader, None, held.id).await;
    assert!(matches!(forbidden, Err(Error::Forbidden)), "{forbidden:?}");
    let other = program("other", "credits:spend");
    assert!(desk.app.release(&other, None, held.id).await.is_ok(), "any key that may spend");

    let own = desk.app.authorize(&owner, None, hold(ada, plain("10"))).await.unwrap().value;
    assert!(desk.app.release(&owner, None, own.id).await.is_ok(), "who placed it may");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hold_past_its_expiry_is_listed_as_expired_at_once() {
    let desk = Desk::open().await;
    let user = desk.customer("ada", "100").await;
    let worker = program("worker", "credits:spend,credits:read");
    let mut request = hold(user, plain("10"));
    request.terms.expires_in_s = 2;
    let held = desk.app.authorize(&worker, None, request).await.unwrap().value;
    desk.hands.pass(3_000_000);
    let expired = Some(HoldStatus::Expired);
    let whose = || Whose::User(user);
    let listed = desk.app.list_holds(&worker, whose(), expired, app::Page::FIRST).await.unwrap();
    assert_eq!((listed.total, listed.items[0].id), (1, held.id));
    assert_eq!(listed.items[0].settled_at, Some(held.expires_at));
    let open = Some(HoldStatus::Open);
    let listed = desk.app.list_holds(&worker, whose(), open, app::Page::FIRST).await.unwrap();
    assert_eq!(listed.total, 0);
}
