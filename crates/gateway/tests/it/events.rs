//! Events as they are posted, and as they are listed for who heard nothing; and
//! the money that moved.

use domain::{Cents, Time};
use gateway::Way;
use gateway::stripe::{Movement, Stripe, Subject};
use testkit::stripe::Shaken;

use crate::desk::{Desk, NOON, intent, named};

fn at(seconds: i64) -> Time {
    Time::from_micros(seconds * Time::SECOND)
}

#[tokio::test]
async fn a_posted_event_says_what_to_look_at() {
    let desk = Desk::open().await;
    let payment = desk.progress(&desk.asked(Way::Intent(None))).await.unwrap();
    desk.fake.pay(&intent(&payment));
    let mut kinds = Vec::new();
    for post in desk.fake.events() {
        let hint = desk.payments.hint(&post.signature, post.body.as_bytes(), at(NOON));
        let hint = hint.unwrap().unwrap();
        if hint.subject.is_some() {
            assert_eq!(hint.subject, Some(Subject::Payment(intent(&payment))), "{}", hint.kind);
        }
        kinds.push(hint.kind);
    }
    let expected = [
        "customer.created",
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
    ];
    assert_eq!(kinds, expected);
    assert!(desk.fake.events().is_empty(), "each is taken once");
}

#[tokio::test]
async fn deliveries_are_shuffled_doubled_and_lost_as_a_seed_says() {
    let posts = |shaken| async move {
        let desk = Desk::open().await;
        let payment = desk.progress(&desk.asked(Way::Intent(None))).await.unwrap();
        desk.fake.pay(&intent(&payment));
        desk.fake.shaken(shaken).into_iter().map(|post| post.body).collect::<Vec<_>>()
    };
    let shaken = Shaken { seed: 1, copies_max: 5, lost_of: 0 };
    let (first, again) = (posts(shaken).await, posts(shaken).await);
    assert_eq!(first, again, "the same from the same seed");
    assert_ne!(first, posts(Shaken { seed: 2, ..shaken }).await);
    let lost = posts(Shaken { lost_of: 1, ..shaken }).await;
    assert_eq!(lost, Vec::<String>::new());
}

#[tokio::test]
async fn who_heard_nothing_can_list_what_happened_page_by_page() {
    let desk = Desk::open().await;
    let stripe = Stripe::new(desk.fake.settings()).unwrap();
    for _ in 0..120 {
        desk.fake.pass(1);
        let customer = gateway::NewCustomer { book: [desk_byte(&desk); 16], ..crate::desk::ada() };
        desk.payments.customer(&customer).await.unwrap();
    }
    let all = stripe.events_since(at(NOON), 10).await.unwrap();
    assert_eq!(all.len(), 121, "two pages");
    assert!(all[0].created > all[120].created, "newest first");
    assert_eq!(stripe.events_since(at(NOON + 111), 10).await.unwrap().len(), 10);
    assert_eq!(stripe.events_since(at(NOON), 1).await.unwrap().len(), 100);
}

/// A book that differs each time.
fn desk_byte(desk: &Desk) -> u8 {
    u8::try_from(desk.fake.all("customer").len()).unwrap() + 100
}

#[tokio::test]
async fn every_cent_that_moved_is_listed_with_what_moved_it() {
    let desk = Desk::open().await;
    let asked = desk.asked(Way::Intent(None));
    let asked = named(&asked, &desk.progress(&asked).await.unwrap());
    let name = asked.intent.unwrap().to_string();
    desk.fake.pay(&name);
    let refund = desk.fake.refund(&name, 500);
    let dispute = desk.fake.dispute(&name);
    desk.fake.win(&dispute);
    let stripe = Stripe::new(desk.fake.settings()).unwrap();
    let moved = stripe.moved_since(at(NOON), 10).await.unwrap();
    let moved: Vec<_> = moved.into_iter().map(|it| (it.movement, it.amount)).collect();
    let of = Some(name);
    let cents = Cents::from_count;
    let expected = [
        (Movement::Dispute(dispute.clone(), of.clone()), cents(9_000)),
        (Movement::Dispute(dispute, of.clone()), cents(-9_000)),
        (Movement::Refund(refund, of.clone()), cents(-500)),
        (Movement::Payment(of), cents(9_500)),
    ];
    assert_eq!(moved, expected);
}
