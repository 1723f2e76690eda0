//! The port as use cases see it, with the gateway that test books have.

use super::*;

fn asked(way: Way, intent: Option<&str>) -> Asked {
    Asked {
        reference: [7; 16],
        purchase: PurchaseId::from_number(1),
        user: UserId::from_number(1),
        customer: None,
        amount: Cents::from_count(50),
        currency: Currency::USD,
        way,
        intent: intent.map(|id| PaymentIntent::parse(id).unwrap()),
        checkout: None,
        begun_at: Time::from_micros(0),
        now: Time::from_micros(0),
        act: None,
    }
}

fn by(word: &str) -> Asked {
    asked(Way::Intent(Some(PaymentMethod::parse(word).unwrap())), None)
}

async fn state(asked: &Asked) -> String {
    let payment = Payments::Test(TestGateway).progress(asked).await.unwrap();
    assert_eq!((payment.amount, payment.currency), (asked.amount, asked.currency));
    match payment.state {
        PaymentState::Paid => "paid".to_owned(),
        PaymentState::Processing => "processing".to_owned(),
        PaymentState::Cancelled => "cancelled".to_owned(),
        PaymentState::Open(todo) => {
            let declined = todo.declined.map(|decline| format!(", {decline}"));
            format!("{}{}", todo.step.as_str(), declined.unwrap_or_default())
        }
    }
}

#[tokio::test]
async fn nobody_takes_no_payment() {
    assert!(!Payments::None.is_set_up());
    let payment = Payments::None.progress(&asked(Way::Intent(None), None)).await;
    assert_eq!(payment.err(), Some(PaymentError::NotSetUp));
}

#[tokio::test]
async fn the_test_gateway_settles_our_amount_at_once_and_the_same_again() {
    let gateway = Payments::Test(TestGateway);
    let plain = asked(Way::Intent(None), None);
    let first = gateway.progress(&plain).await.unwrap();
    let name = first.intent.as_ref().map(PaymentIntent::as_str);
    assert_eq!(name, Some("pi_test_07070707070707070707070707070707"));
    assert_eq!(gateway.progress(&plain).await.unwrap().intent, first.intent);
    assert_eq!(state(&plain).await, "paid");
    let named = gateway.progress(&asked(Way::Intent(None), Some("pi_3Pq9"))).await.unwrap();
    assert_eq!(named.intent.unwrap().as_str(), "pi_3Pq9");
}

#[tokio::test]
async fn words_have_the_test_gateway_do_what_cards_do() {
    for (word, expected) in [
        ("pm_card_visa", "paid"),
        ("pm_card_visa_chargeDeclined", "requires_payment_method, card_declined"),
        (
            "pm_card_visa_chargeDeclinedInsufficientFunds",
            "requires_payment_method, card_declined (insufficient_funds)",
        ),
        ("pm_card_authenticationRequired", "requires_action"),
        ("pm_usBankAccount_processing", "processing"),
    ] {
        assert_eq!(state(&by(word)).await, expected, "{word}");
    }
    let unpaid = asked(Way::Intent(None), Some("pi_unpaid_1"));
    assert_eq!(state(&unpaid).await, "requires_payment_method");
}

#[tokio::test]
async fn what_comes_later_comes_a_day_later() {
    let mut later = by("pm_usBankAccount_processing");
    later.now = Time::from_micros(Time::DAY - 1);
    assert_eq!(state(&later).await, "processing");
    later.now = Time::from_micros(Time::DAY);
    assert_eq!(state(&later).await, "paid");
}

#[tokio::test]
async fn a_page_waits_for_somebody() {
    let urls = || Way::Checkout { success_url: "/a".into(), cancel_url: "/b".into() };
    let mut page = asked(urls(), None);
    assert_eq!(state(&page).await, "requires_payment_method");
    let cancelled = Payments::Test(TestGateway).cancel(&page).await.unwrap();
    assert!(matches!(cancelled.state, PaymentState::Cancelled));
    for (act, expected) in [
        (TestAct::Pay, "paid"),
        (TestAct::Decline, "requires_payment_method, card_declined"),
        (TestAct::Cancel, "cancelled"),
    ] {
        page.act = Some(act);
        assert_eq!(state(&page).await, expected);
        assert_eq!(TestAct::parse(act.as_str()), Some(act));
    }
}

#[tokio::test]
async fn what_is_paid_can_not_be_cancelled() {
    let payment = Payments::Test(TestGateway).cancel(&by("pm_card_visa")).await.unwrap();
    assert!(matches!(payment.state, PaymentState::Paid));
    let payment = Payments::Test(TestGateway).cancel(&by("pm_usBankAccount_processing")).await;
    assert!(matches!(payment.unwrap().state, PaymentState::Processing));
}

#[tokio::test]
async fn nothing_is_paid_by_nobody() {
    let free = Asked { amount: Cents::ZERO, ..by("pm_card_visa_chargeDeclined") };
    for payments in [Payments::Test(TestGateway), Payments::None] {
        let payment = payments.progress(&free).await.unwrap();
        assert!(matches!(payment.state, PaymentState::Paid));
        assert_eq!(payment.intent.unwrap().as_str(), "pi_free_07070707070707070707070707070707");
    }
}
