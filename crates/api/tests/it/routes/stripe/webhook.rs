//! `POST /api/stripe/webhook`

use domain::Time;
use gateway::stripe::sign;
use testkit::stripe::{Post, WEBHOOK_SECRET};
use testkit::{Answer, NOON, TestApp};

use super::shop;
use crate::cases::Cases;

const PATH: &str = "/api/stripe/webhook";

async fn post(app: &TestApp, post: &Post) -> Answer {
    let call = app.post(PATH).without("authorization").json(post.body.clone());
    call.header("stripe-signature", &post.signature).send().await
}

fn signed(body: &str) -> Post {
    let signature = sign(WEBHOOK_SECRET, NOON.micros() / Time::SECOND, body.as_bytes());
    Post { signature, body: body.to_owned() }
}

#[tokio::test]
async fn an_event_is_taken_and_what_was_paid_is_granted() {
    let (app, fake) = shop().await;
    app.customer("ada").await;
    let begun = app.post("/api/stripe/create-payment-intent").json(r#"{"user_id":1,"amount":9}"#);
    fake.pay(&begun.send().await.text("/payment_intent_id"));
    for event in fake.events() {
        for _ in 0..2 {
            let taken = post(&app, &event).await;
            assert_eq!((taken.status(), taken.body()), (204, ""));
        }
    }
    app.run_jobs().await;
    let balance = app.get("/api/credits/balance?user_id=1").send().await.json();
    assert_eq!(balance["current_credits"], 9);
}

#[tokio::test]
async fn every_refusal_of_an_event() {
    let (app, _fake) = shop().await;
    let mut cases = Cases::of("receiveStripeEvent");
    let event = r#"{"id":"evt_1","type":"a.b","created":1795435200,"livemode":false,
        "data":{"object":{"object":"balance"}}}"#;
    let right = signed(event);
    let unsigned = app.post(PATH).without("authorization").json(event).send().await;
    cases.add("without a signature", &unsigned);
    let changed = Post { body: event.replace("evt_1", "evt_2"), ..right.clone() };
    cases.add("another body", &post(&app, &changed).await);
    let stale = sign(WEBHOOK_SECRET, NOON.micros() / Time::SECOND - 301, event.as_bytes());
    cases.add("too old", &post(&app, &Post { signature: stale, ..right.clone() }).await);
    cases.add("no event", &post(&app, &signed("[]")).await);
    cases.add("of the other mode", &post(&app, &signed(&event.replace("false", "true"))).await);
    let huge = signed(&format!("{event}{}", " ".repeat(256 * 1024)));
    cases.add("too large", &post(&app, &huge).await);
    let none = TestApp::start().await;
    cases.add("a book without Stripe", &post(&none, &right).await);
    insta::assert_snapshot!(cases.finish());
}
