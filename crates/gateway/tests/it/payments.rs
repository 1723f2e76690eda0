//! Payments from the first request to the money.

use domain::{Cents, UserId};
use gateway::{NewCustomer, PaymentError, PaymentState, Way};
use secrecy::ExposeSecret as _;

use crate::desk::{Desk, ada, by, checkout, intent, named, page, word};

#[tokio::test]
async fn an_intent_is_asked_for_once_however_often() {
    let desk = Desk::open().await;
    let asked = desk.asked(Way::Intent(None));
    let first = desk.progress(&asked).await.unwrap();
    assert_eq!(word(&first), "requires_payment_method");
    assert_eq!(first.customer.as_ref(), Some(&desk.customer));
    let again = desk.progress(&asked).await.unwrap();
    assert_eq!(again.intent, first.intent);
    assert_eq!(desk.fake.all("payment_intent").len(), 1);
    let PaymentState::Open(todo) = &first.state else { panic!("{first:?}") };
    let secret = todo.client_secret.as_ref().unwrap().expose_secret();
    assert!(secret.starts_with(&intent(&first)), "what the client's page pays with");
    assert!(!format!("{first:?}").contains(secret), "it is not shown");
}

#[tokio::test]
async fn what_came_in_is_what_is_told() {
    let desk = Desk::open().await;
    let asked = desk.asked(Way::Intent(None));
    let asked = named(&asked, &desk.progress(&asked).await.unwrap());
    let name = asked.intent.clone().unwrap().to_string();
    desk.fake.decline(&name);
    let declined = desk.progress(&asked).await.unwrap();
    let expected = "requires_payment_method, card_declined (generic_decline)";
    assert_eq!(word(&declined), expected);
    desk.fake.pay_slowly(&name);
    assert_eq!(word(&desk.progress(&asked).await.unwrap()), "processing");
    desk.fake.settle(&name);
    let paid = desk.progress(&asked).await.unwrap();
    assert_eq!((word(&paid).as_str(), paid.amount), ("paid", Cents::from_count(9_500)));
}

#[tokio::test]
async fn a_payment_method_pays_once() {
    for (method, expected) in [
        ("pm_card_visa", "paid"),
        (
            "pm_card_visa_chargeDeclinedInsufficientFunds",
            "requires_payment_method, card_declined (insufficient_funds)",
        ),
        ("pm_card_authenticationRequired", "requires_action"),
        ("pm_usBankAccount_processing", "processing"),
    ] {
        let desk = Desk::open().await;
        let asked = desk.asked(by(method));
        let made = desk.progress(&asked).await.unwrap();
        assert_eq!(word(&made), "requires_confirmation", "{method}");
        let asked = named(&asked, &made);
        let confirmed = desk.payments.confirm(&asked).await.unwrap();
        assert_eq!(word(&confirmed), expected, "{method}");
        assert_eq!(word(&desk.payments.confirm(&asked).await.unwrap()), expected, "{method}");
        let charges = usize::from(expected == "paid");
        assert_eq!(desk.fake.all("charge").len(), charges, "{method}");
    }
}

#[tokio::test]
async fn what_was_kept_pays_while_its_owner_is_away() {
    let desk = Desk::open().await;
    let way = |method| Way::Kept(domain::PaymentMethod::parse(method).unwrap());
    let asked = desk.asked(way("pm_card_authenticationRequired"));
    let asked = named(&asked, &desk.progress(&asked).await.unwrap());
    let method = asked.way.method().unwrap();
    for _ in 0..2 {
        let kept = desk.payments.keep_method(Some(&desk.customer), method).await;
        assert_eq!(kept.as_ref(), Ok(method));
    }
    assert_eq!(desk.fake.all("payment_method").len(), 1);
    // Its owner takes it away on Stripe's own page: it can't be kept any more.
    desk.fake.tamper(method.as_str(), "customer", ().into());
    let gone = desk.payments.keep_method(Some(&desk.customer), method).await;
    assert_eq!(gone, Err(gateway::BillingError::PaymentMethod));
    let unusable = domain::PaymentMethod::parse("pm_unusable").unwrap();
    let kept = desk.payments.keep_method(Some(&desk.customer), &unusable).await;
    assert_eq!(kept, Err(gateway::BillingError::PaymentMethod));
    let declined = desk.payments.confirm(&asked).await.unwrap();
    let expected = "requires_payment_method, card_declined (authentication_required)";
    assert_eq!(word(&declined), expected);
}

#[tokio::test]
async fn what_is_nobodys_pays_for_nobody_who_is_away() {
    let desk = Desk::open().await;
    let asked = desk.asked(Way::Kept(domain::PaymentMethod::parse("pm_card_visa").unwrap()));
    let asked = named(&asked, &desk.progress(&asked).await.unwrap());
    let refused = desk.payments.confirm(&asked).await.unwrap();
    assert_eq!(
        (word(&refused).as_str(), desk.fake.all("charge").len()),
        ("requires_confirmation", 0)
    );
}

#[tokio::test]
async fn a_page_is_paid_on() {
    let desk = Desk::open().await;
    let asked = desk.asked(page());
    let made = desk.progress(&asked).await.unwrap();
    let PaymentState::Open(todo) = &made.state else { panic!("{made:?}") };
    let url = todo.checkout_url.clone().unwrap();
    assert_eq!(made.intent, None, "a page has none until it is paid on");
    let asked = named(&asked, &made);
    let shown = reqwest::get(&url).await.unwrap().text().await.unwrap();
    assert!(shown.contains("95.00 usd") && shown.contains(">Pay<"), "{shown}");
    desk.fake.decline_page(&checkout(&made));
    let open = desk.progress(&asked).await.unwrap();
    assert_eq!(word(&open), "requires_payment_method, card_declined (generic_decline)");
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    let pressed = client.build().unwrap().post(&url).body("how=pay").send().await.unwrap();
    assert_eq!(pressed.headers()["location"], "https://a.example/yes");
    let paid = desk.progress(&asked).await.unwrap();
    assert_eq!((word(&paid).as_str(), paid.amount), ("paid", Cents::from_count(9_500)));
    assert!(intent(&paid).starts_with("pi_"));
}

#[tokio::test]
async fn a_page_may_be_paid_on_by_what_takes_days() {
    let desk = Desk::open().await;
    let asked = desk.asked(page());
    let asked = named(&asked, &desk.progress(&asked).await.unwrap());
    desk.fake.pay_page_slowly(asked.checkout.as_ref().unwrap().as_str());
    let processing = desk.progress(&asked).await.unwrap();
    assert_eq!(word(&processing), "processing");
    desk.fake.settle(&intent(&processing));
    assert_eq!(word(&desk.progress(&asked).await.unwrap()), "paid");
}

#[tokio::test]
async fn what_is_ended_takes_nothing_in_and_what_was_paid_is_not_ended() {
    for way in [Way::Intent(None), page()] {
        let desk = Desk::open().await;
        let asked = desk.asked(way.clone());
        // Never asked for before: it is, and then ended, so that it is nobody's.
        assert_eq!(word(&desk.payments.cancel(&asked).await.unwrap()), "cancelled");
        assert_eq!(word(&desk.payments.cancel(&asked).await.unwrap()), "cancelled");

        let desk = Desk::open().await;
        let asked = named(&asked, &desk.progress(&desk.asked(way)).await.unwrap());
        match &asked.checkout {
            Some(page) => desk.fake.pay_page(page.as_str()),
            None => desk.fake.pay(asked.intent.as_ref().unwrap().as_str()),
        }
        let asked = gateway::Asked { customer: Some(desk.customer.clone()), ..asked };
        assert_eq!(word(&desk.payments.cancel(&asked).await.unwrap()), "paid");
    }
}

#[tokio::test]
async fn a_page_that_was_declined_on_and_ended_is_ended() {
    let desk = Desk::open().await;
    let asked = desk.asked(page());
    let asked = named(&asked, &desk.progress(&asked).await.unwrap());
    desk.fake.decline_page(asked.checkout.as_ref().unwrap().as_str());
    assert_eq!(word(&desk.payments.cancel(&asked).await.unwrap()), "cancelled");
    assert_eq!(word(&desk.progress(&asked).await.unwrap()), "cancelled");
}

#[tokio::test]
async fn a_payment_nobody_knows_is_not_found() {
    let desk = Desk::open().await;
    let intent = domain::PaymentIntent::parse("pi_other").unwrap();
    let asked = gateway::Asked { intent: Some(intent), ..desk.asked(Way::Intent(None)) };
    assert_eq!(desk.progress(&asked).await.err(), Some(PaymentError::NotFound));
}

#[tokio::test]
async fn somebody_is_one_customer_and_has_a_portal() {
    let desk = Desk::open().await;
    let again = desk.payments.customer(&ada()).await.unwrap();
    assert_eq!(again.as_ref(), Some(&desk.customer));
    let portal = |url| desk.payments.portal(Some(&desk.customer), url);
    let (first, second) = (portal("https://a.example").await, portal("https://a.example").await);
    assert_ne!(first.unwrap(), second.unwrap(), "each opening is a page of its own");
    let lady = gateway::NewCustomer { name: "Lady Ada".to_owned(), ..ada() };
    assert_ne!(desk.payments.customer(&lady).await.unwrap().as_ref(), Some(&desk.customer));
}

#[tokio::test]
async fn who_pays_is_made_though_stripe_failed_at_it_once() {
    let desk = Desk::open().await;
    let bea = NewCustomer { user: UserId::from_number(2), ..ada() };
    desk.fake.fail_at("POST /v1/customers");
    let made = desk.payments.customer(&bea).await.unwrap().unwrap();
    assert_ne!(made, desk.customer);
}
