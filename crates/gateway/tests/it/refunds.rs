//! Money that goes back: asked for once, and told as it is now.

use domain::{Cents, Currency, PaymentIntent, ReversalKind, ReversalState};
use gateway::{KnownPayment, MoneyBack, RefundError, RefundOrder};

use crate::desk::{Desk, by, intent, named};

const REFERENCE: [u8; 16] = [9; 16];

/// A payment of 95 dollars that came in.
async fn paid(desk: &Desk) -> PaymentIntent {
    let asked = desk.asked(by("pm_card_visa"));
    let asked = named(&asked, &desk.progress(&asked).await.unwrap());
    PaymentIntent::parse(&intent(&desk.payments.confirm(&asked).await.unwrap())).unwrap()
}

fn order(intent: &PaymentIntent, cents: i64) -> RefundOrder {
    RefundOrder {
        reference: REFERENCE,
        intent: intent.clone(),
        amount: Cents::from_count(cents),
        currency: Currency::USD,
    }
}

async fn told(desk: &Desk, intent: &PaymentIntent) -> Vec<MoneyBack> {
    let known = KnownPayment {
        intent: intent.clone(),
        amount: Cents::from_count(9_500),
        currency: Currency::USD,
        age_us: 0,
        refunds: Vec::new(),
    };
    desk.payments.money_back(&known).await.unwrap()
}

fn brief(all: &[MoneyBack]) -> Vec<(ReversalKind, ReversalState, i64)> {
    all.iter().map(|it| (it.kind, it.state, it.amount.count())).collect()
}

#[tokio::test]
async fn a_refund_is_made_once_however_often_it_is_asked_for() {
    let desk = Desk::open().await;
    let intent = paid(&desk).await;
    desk.fake.lose_answers(1);
    let made = desk.payments.refund(&order(&intent, 500)).await.unwrap();
    assert_eq!(made.reference, Some(REFERENCE));
    assert_eq!(
        brief(std::slice::from_ref(&made)),
        [(ReversalKind::Refund, ReversalState::Returned, 500)]
    );
    assert_eq!(desk.payments.refund(&order(&intent, 500)).await, Ok(made.clone()));
    // Longer than a key is honoured.
    desk.fake.pass(25 * 60 * 60);
    assert_eq!(desk.payments.refund(&order(&intent, 500)).await, Ok(made.clone()));
    assert_eq!(told(&desk, &intent).await, [made]);
}

#[tokio::test]
async fn what_stripe_does_not_refund_is_declined_and_what_it_does_not_say_is_not_known() {
    let desk = Desk::open().await;
    let intent = paid(&desk).await;
    let declined = desk.payments.refund(&order(&intent, 9_501)).await;
    assert!(matches!(declined, Err(RefundError::Declined { .. })), "{declined:?}");
    let nobody = PaymentIntent::parse("pi_nobody").unwrap();
    let another = RefundOrder { reference: [2; 16], ..order(&nobody, 1) };
    let declined = desk.payments.refund(&another).await;
    assert!(matches!(declined, Err(RefundError::Declined { .. })), "{declined:?}");
    desk.fake.fail(4, 503);
    let another = RefundOrder { reference: [3; 16], ..order(&intent, 1) };
    let away = desk.payments.refund(&another).await;
    assert!(matches!(away, Err(RefundError::Unavailable { .. })), "{away:?}");
    assert!(told(&desk, &intent).await.is_empty());
}

#[tokio::test]
async fn refunds_and_disputes_of_a_payment_are_told_as_they_are_now() {
    use ReversalKind::{Chargeback, Refund};
    use ReversalState::{Kept, Opened, Returned};
    let desk = Desk::open().await;
    let intent = paid(&desk).await;
    let elsewhere = desk.fake.refund(intent.as_str(), 300);
    let disputed = desk.fake.dispute(intent.as_str());
    let both = told(&desk, &intent).await;
    assert_eq!(brief(&both), [(Refund, Returned, 300), (Chargeback, Opened, 9_200)]);
    assert_eq!(both[0].id.as_str(), elsewhere);
    desk.fake.fail_refund(&elsewhere);
    desk.fake.win(&disputed);
    let both = told(&desk, &intent).await;
    assert_eq!(brief(&both), [(Refund, Kept, 300), (Chargeback, Kept, 9_200)]);
    let again = desk.fake.dispute(intent.as_str());
    desk.fake.lose(&again);
    assert_eq!(brief(&told(&desk, &intent).await)[1], (Chargeback, Returned, 9_500));
    desk.fake.tamper(&again, "status", "warning_needs_response".into());
    assert_eq!(told(&desk, &intent).await.len(), 2, "a question takes no money");
}
