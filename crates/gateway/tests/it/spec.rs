//! The double's objects have the fields that Stripe publishes, with their types:
//! every object that any of the flows makes.

use gateway::Way;
use serde_json::Value;
use testkit::stripe::{FakeStripe, spec};

use crate::desk::{Desk, by, intent, named, page};
use crate::packages::starter;

const KINDS: [&str; 15] = [
    "balance_transaction",
    "billing_portal.session",
    "charge",
    "checkout.session",
    "customer",
    "dispute",
    "event",
    "invoice",
    "payment_intent",
    "payment_method",
    "price",
    "product",
    "refund",
    "setup_intent",
    "subscription",
];

async fn everything(desk: &Desk) {
    let paid = desk.progress(&desk.asked(Way::Intent(None))).await.unwrap();
    desk.fake.pay(&intent(&paid));
    desk.fake.fail_refund(&desk.fake.refund(&intent(&paid), 100));
    desk.fake.lose(&desk.fake.dispute(&intent(&paid)));
    let asked = gateway::Asked { reference: [1; 16], ..desk.asked(page()) };
    let asked = named(&asked, &desk.progress(&asked).await.unwrap());
    desk.fake.pay_page(asked.checkout.unwrap().as_str());
    let card = by("pm_card_authenticationRequired");
    let asked = gateway::Asked { reference: [2; 16], ..desk.asked(card) };
    let asked = named(&asked, &desk.progress(&asked).await.unwrap());
    desk.payments.confirm(&asked).await.unwrap();
    desk.payments.cancel(&asked).await.unwrap();
    desk.payments.portal(Some(&desk.customer), "https://a.example").await.unwrap();
    desk.payments.sell(&starter()).await.unwrap();
    crate::billing::everything(desk).await;
    crate::card_setups::trial(desk, Some("pm_card_authenticationRequired")).await;
}

fn faults(fake: &FakeStripe) -> Vec<String> {
    let objects = KINDS.iter().flat_map(|kind| {
        let all = fake.all(kind);
        assert!(!all.is_empty(), "no {kind} was made");
        all
    });
    objects
        .flat_map(|object| [vec![object.clone()], parts(&object)].concat())
        .flat_map(|object| spec::faults(&object))
        .collect()
}

/// The objects that are in another one.
fn parts(object: &Value) -> Vec<Value> {
    let lists = ["items", "lines", "payments"].map(|list| object[list]["data"].as_array());
    lists.into_iter().flatten().flatten().cloned().collect()
}

#[tokio::test]
async fn the_doubles_objects_are_as_stripe_publishes_them() {
    let desk = Desk::open().await;
    everything(&desk).await;
    assert_eq!(faults(&desk.fake), Vec::<String>::new());
}

#[test]
fn a_field_that_stripe_does_not_have_is_noticed() {
    let refund = serde_json::json!({"object": "refund", "id": 7, "colour": "red"});
    let faults = spec::faults(&refund);
    assert!(faults.contains(&"refund.colour is not among the fields that are used".to_owned()));
    assert!(faults.contains(&"refund.id is no text: 7".to_owned()));
    assert!(faults.contains(&"refund.amount is missing".to_owned()));
}
