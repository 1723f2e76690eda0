//! Answers that are late, lost, or no answers at all.

use gateway::stripe::{Settings, Stripe, StripeError};
use gateway::{PaymentError, Payments, Way};

use crate::desk::{Desk, ada, by, named, word};

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_and_nothing_is_done_twice() {
    let desk = Desk::open().await;
    let asked = desk.asked(by("pm_card_visa"));
    desk.fake.lose_answers(2);
    let asked = named(&asked, &desk.progress(&asked).await.unwrap());
    desk.fake.lose_answers(3);
    assert_eq!(word(&desk.payments.confirm(&asked).await.unwrap()), "paid");
    assert_eq!(desk.fake.all("payment_intent").len(), 1);
    assert_eq!(desk.fake.all("charge").len(), 1);
}

#[tokio::test]
async fn a_busy_or_broken_stripe_is_asked_again_a_few_times() {
    for status in [409, 429, 503] {
        let desk = Desk::open().await;
        let asked = desk.asked(Way::Intent(None));
        desk.fake.fail(3, status);
        assert!(desk.progress(&asked).await.is_ok(), "{status}");
        assert_eq!(desk.fake.requests("POST /v1/payment_intents"), 4, "{status}");
        desk.fake.fail(4, status);
        let away = desk.payments.customer(&gateway::NewCustomer { book: [9; 16], ..ada() }).await;
        let away = matches!(away, Err(PaymentError::Stripe(StripeError::Away(_))));
        assert!(away, "{status}");
    }
}

#[tokio::test]
async fn what_stripe_failed_at_it_fails_at_whenever_its_key_is_used() {
    let desk = Desk::open().await;
    desk.fake.fail(1, 500);
    for asked in [2, 3] {
        let away = desk.progress(&desk.asked(Way::Intent(None))).await;
        assert!(matches!(away, Err(PaymentError::Stripe(StripeError::Away(_)))), "{away:?}");
        assert_eq!(desk.fake.requests("POST /v1/payment_intents"), asked);
    }
    // What may be asked with any key is asked with another.
    desk.fake.fail(2, 500);
    assert!(desk.payments.portal(Some(&desk.customer), "https://a.example").await.is_ok());
    assert_eq!(desk.fake.requests("POST /v1/billing_portal/sessions"), 5);
}

#[tokio::test]
async fn what_will_never_do_is_asked_once() {
    let desk = Desk::open().await;
    desk.fake.fail(1, 400);
    let refused = desk.progress(&desk.asked(Way::Intent(None))).await;
    let refused = matches!(refused, Err(PaymentError::Stripe(StripeError::Refused(_))));
    assert!(refused);
    assert_eq!(desk.fake.requests("POST /v1/payment_intents"), 1);
}

#[tokio::test]
async fn another_key_is_not_taken_and_nobody_there_is_away() {
    let desk = Desk::open().await;
    let settings = Settings { secret_key: "sk_test_other".into(), ..desk.fake.settings() };
    let other = Payments::Stripe(Stripe::new(settings).unwrap());
    let refused = other.customer(&ada()).await;
    assert_eq!(refused, Err(PaymentError::Stripe(StripeError::Unauthenticated)));
    let settings = Settings { base: "http://127.0.0.1:9".to_owned(), ..desk.fake.settings() };
    let nobody = Payments::Stripe(Stripe::new(settings).unwrap());
    let away = nobody.customer(&ada()).await;
    assert_eq!(away, Err(PaymentError::Stripe(StripeError::Away("no connection".to_owned()))));
}
