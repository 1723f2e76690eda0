//! Prices: how long the one that held is believed, and what quotes say.

use app::{Caller, NewPrice, QuoteRequest, Whose};
use domain::{Credits, Dimension, Time};
use store::Priority;

use crate::desk::{Desk, NOON, amount, program, quantities, service};

fn quote(whose: Option<Whose>, requests: &str) -> QuoteRequest {
    let quantities = quantities(&[("requests", requests)]);
    QuoteRequest { whose, service: service("ai_chat"), quantities }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_quote_says_what_it_costs_and_whether_it_can_be_paid() {
    let desk = Desk::open().await;
    let user = desk.customer("ada", "12").await;
    let worker = program("worker", "credits:spend");
    let whose = || Some(Whose::User(user));
    let two = desk.app.quote(&worker, quote(whose(), "2")).await.unwrap();
    assert_eq!((two.amount, two.affordable), (amount("10"), Some(true)));
    let three = desk.app.quote(&worker, quote(whose(), "3")).await.unwrap();
    assert_eq!((three.amount, three.affordable), (amount("15"), Some(false)));
    assert_eq!(desk.app.quote(&worker, quote(None, "3")).await.unwrap().affordable, None);
    let mut unknown = quote(None, "1");
    unknown.quantities = quantities(&[("tokens", "1")]);
    assert_eq!(crate::desk::pointer(desk.app.quote(&worker, unknown).await), "/quantities/tokens");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_price_changed_here_holds_at_once_and_elsewhere_within_a_second() {
    let desk = Desk::open().await;
    let worker = program("worker", "credits:spend");
    let cost = || async { desk.app.quote(&worker, quote(None, "1")).await.unwrap().amount };
    assert_eq!(cost().await, amount("5"));

    let dimensions = [(Dimension::parse("requests").unwrap(), "6".parse().unwrap())].into();
    let price = NewPrice { minimum: Credits::ZERO, dimensions };
    desk.app.new_price_version(&Caller::SYSTEM, None, service("ai_chat"), price).await.unwrap();
    assert_eq!(cost().await, amount("6"));

    let elsewhere = store::services::Price {
        service: "ai_chat".to_owned(),
        version: 3,
        minimum: amount("7"),
        created_at: NOON,
        dimensions: vec![store::services::Dimension {
            name: "requests".to_owned(),
            unit_price: Time::SECOND,
        }],
    };
    let write = desk.db.write::<_, store::Error, _>(Priority::Edit, move |tx| {
        Box::pin(async move { store::services::insert_price(tx, &elsewhere).await })
    });
    write.await.unwrap();
    desk.hands.pass(1_000_000);
    assert_eq!(cost().await, amount("7"));
}
