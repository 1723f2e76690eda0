//! Tests of how the test gateway bills.

#![expect(clippy::arithmetic_side_effects, reason = "an overflow fails a test")]

use domain::{Anchor, Cents, Currency, PackageId, UserId};

use super::*;
use crate::billing::BilledPrice;
use crate::payments::Payments;

const START: Time = Time::from_micros(1_793_534_400_000_000);

fn billed(method: Option<&str>) -> Billed {
    Billed {
        reference: [7; 16],
        known: None,
        book: [8; 16],
        created_at: START,
        user: UserId::from_number(3),
        customer: None,
        email: "ada@example.com".to_owned(),
        payment_method: method.map(|word| PaymentMethod::parse(word).unwrap()),
        price: BilledPrice {
            package: PackageId::from_number(1),
            version: 1,
            name: text("Starter").unwrap(),
            amount: Cents::from_count(1_999),
            currency: Currency::USD,
            stripe_price_id: None,
        },
        anchor_at: START,
        first: Anchor::at(START).period(1).unwrap(),
    }
}

async fn renewal(method: &str, days: i64) -> InvoiceStatus {
    let second = Anchor::at(START).period(2).unwrap();
    let now = second.starts_at.plus(days * Time::DAY);
    let invoice = Payments::Test(TestGateway).invoice(&billed(Some(method)), second, now).await;
    invoice.unwrap().unwrap().status
}

fn open(failures: i64, next_day: i64) -> InvoiceStatus {
    let second = Anchor::at(START).period(2).unwrap();
    let next_try_at = Some(second.starts_at.plus(next_day * Time::DAY));
    InvoiceStatus::Open { failures, next_try_at, confirm: None }
}

#[tokio::test]
async fn what_is_asked_again_is_answered_the_same() {
    let gateway = Payments::Test(TestGateway);
    let begun = gateway.subscribe(&billed(None), START).await.unwrap();
    let first = begun.first.clone().unwrap();
    let named = (begun.known.subscription.as_str(), first.id.as_str());
    let digits = |name: &str| name.rsplit('_').next().unwrap().to_owned();
    assert_ne!(digits(named.0), digits(named.1), "no name tells another one");
    assert_eq!(begun.first.as_ref().map(|invoice| &invoice.status), Some(&InvoiceStatus::Paid));
    assert_eq!(gateway.subscribe(&billed(None), START.plus(1)).await, Ok(begun));
    assert_eq!(Payments::None.subscribe(&billed(None), START).await, Err(BillingError::NotSetUp));
}

#[tokio::test]
async fn a_declined_renewal_is_tried_three_times_over_seven_days() {
    let method = "pm_test_declined_on_renewal";
    assert_eq!(renewal(method, 0).await, open(1, 1));
    assert_eq!(renewal(method, 1).await, open(2, 3));
    assert_eq!(renewal(method, 3).await, open(3, 7));
    let second = Anchor::at(START).period(2).unwrap();
    let over = InvoiceStatus::Uncollectible(second.starts_at.plus(7 * Time::DAY));
    assert_eq!(renewal(method, 7).await, over);
    assert_eq!(renewal(method, 70).await, over, "however late anybody looks");
}

#[tokio::test]
async fn one_that_recovers_is_paid_at_its_second_retry() {
    let method = "pm_test_declined_then_recovers";
    assert_eq!(renewal(method, 1).await, open(2, 3));
    assert_eq!(renewal(method, 3).await, InvoiceStatus::Paid);
}

#[tokio::test]
async fn a_first_payment_may_be_declined_or_wait() {
    let gateway = Payments::Test(TestGateway);
    let declined = gateway.subscribe(&billed(Some("pm_test_declined")), START).await.unwrap();
    assert_eq!(declined.first.unwrap().status, InvoiceStatus::Uncollectible(START));
    let late = billed(Some("pm_test_confirms_late"));
    let waits = gateway.subscribe(&late, START).await.unwrap().first.unwrap();
    assert!(matches!(waits.status, InvoiceStatus::Open { confirm: Some(_), .. }));
    let hour_later = START.plus(CONFIRMED_AFTER_US);
    let paid = gateway.subscribe(&late, hour_later).await.unwrap().first.unwrap();
    assert_eq!((paid.id, paid.status), (waits.id, InvoiceStatus::Paid));
}

#[tokio::test]
async fn a_card_may_wait_for_its_owner_while_a_trial_begins() {
    let gateway = Payments::Test(TestGateway);
    let first = Period { number: 0, starts_at: START, ends_at: START.plus(Time::DAY) };
    let trial = |method| Billed { first, ..billed(method) };
    for method in [None, Some("pm_test_declined")] {
        assert_eq!(gateway.subscribe(&trial(method), START).await.unwrap().setup, None);
    }
    let late = trial(Some("pm_test_confirms_late"));
    let name = gateway.subscribe(&late, START).await.unwrap().setup.unwrap();
    let waits = gateway.card_setup(&late, &name, START).await.unwrap().unwrap();
    assert_eq!((waits.status, waits.client_secret.is_some()), ("requires_action", true));
    let hour_later = START.plus(CONFIRMED_AFTER_US);
    assert_eq!(gateway.card_setup(&late, &name, hour_later).await, Ok(None));
    assert_eq!(gateway.subscribe(&late, hour_later).await.unwrap().setup, None);
    let nobody = Payments::None.card_setup(&late, &name, START).await;
    assert_eq!(nobody, Err(BillingError::NotSetUp));
}

#[tokio::test]
async fn nobody_is_billed_before_a_period_begins_nor_in_a_trial() {
    let gateway = Payments::Test(TestGateway);
    let second = Anchor::at(START).period(2).unwrap();
    let early = gateway.invoice(&billed(None), second, second.starts_at.plus(-1)).await;
    assert_eq!(early, Ok(None));
    let trial = Period { number: 0, starts_at: START.plus(-Time::DAY), ends_at: START };
    let trial = Billed { first: trial, ..billed(Some("pm_test_declined")) };
    assert_eq!(gateway.subscribe(&trial, START).await.unwrap().first, None);
}
