//! Trials that Stripe bills: the card that pays behind one is named and confirmed in it,
//! and what it is confirmed with is told to who may pay, and kept by Stripe alone.

use app::{
    Answer, Caller, CardSetup, Change, PackagePatch, SubscribeRequest, SubscriptionView, Whose,
};
use domain::{PaymentMethod, Trial, UserId};
use secrecy::ExposeSecret as _;
use serde_json::json;

use crate::desk::{amount, program};
use crate::payments::Shop;
use crate::subscription_months::{STARTER, charged, days, granted, named, status, subscription};

const ONCE: &str = "pm_card_authenticationRequiredOnSetup";

/// A shop whose Starter has a trial of two weeks, and somebody.
async fn with_trials() -> (Shop, UserId) {
    let shop = Shop::open().await;
    let user = shop.desk.customer("ada", "0").await;
    let trial = Change::Set(Trial { days: 14, credits: amount("20") });
    let patch = PackagePatch { trial, ..PackagePatch::default() };
    shop.desk.app.update_package(&Caller::SYSTEM, None, STARTER, patch).await.unwrap();
    (shop, user)
}

async fn subscribe(shop: &Shop, user: UserId, method: Option<&str>) -> Answer<SubscriptionView> {
    let payment_method = method.map(|method| PaymentMethod::parse(method).unwrap());
    let request = SubscribeRequest { whose: Whose::User(user), package: STARTER, payment_method };
    shop.desk.app.subscribe(&Caller::SYSTEM, named("subscribe"), request).await.unwrap()
}

/// What somebody is told to confirm who looks at it.
async fn told(shop: &Shop, caller: &Caller, user: UserId) -> Option<CardSetup> {
    let view = shop.desk.app.current_subscription(caller, Whose::User(user)).await;
    view.unwrap().card_setup
}

fn setup(shop: &Shop) -> String {
    shop.fake.all("setup_intent").last().unwrap()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_trial_asks_for_its_card_and_the_month_behind_it_is_paid() {
    for method in [None, Some(ONCE)] {
        let (shop, user) = with_trials().await;
        let begun = subscribe(&shop, user, method).await.value;
        assert_eq!(begun.status.as_str(), "trial");
        let asks = begun.card_setup.unwrap();
        let word = if method.is_some() { "requires_action" } else { "requires_payment_method" };
        assert_eq!(asks.status, word);
        let secret = asks.client_secret.as_ref().unwrap().expose_secret().to_owned();
        assert_eq!(secret, format!("{}_secret_fake", setup(&shop)));
        // The key answers the same, and so does who looks.
        assert_eq!(subscribe(&shop, user, method).await.value.card_setup.as_ref(), Some(&asks));
        assert_eq!(told(&shop, &Caller::SYSTEM, user).await, Some(asks));
        shop.fake.confirm_card(&setup(&shop), method.unwrap_or("pm_card_visa"));
        assert_eq!(told(&shop, &Caller::SYSTEM, user).await, None);
        assert_eq!(subscribe(&shop, user, method).await.value.card_setup, None);
        days(&shop, 16).await;
        assert_eq!((status(&shop, user).await.as_str(), charged(&shop).len()), ("active", 1));
        assert_eq!(granted(&shop).await, 2);
        assert_eq!(shop.desk.app.reconcile_stripe().await.unwrap().findings, vec![]);
    }
}

#[tokio::test]
async fn a_trial_whose_card_nobody_confirms_is_past_due_behind_it_and_ends() {
    for method in [None, Some(ONCE)] {
        let (shop, user) = with_trials().await;
        subscribe(&shop, user, method).await;
        days(&shop, 15).await;
        assert_eq!(status(&shop, user).await, "past_due", "{method:?}");
        assert!(told(&shop, &Caller::SYSTEM, user).await.is_some(), "it is not too late");
        days(&shop, 8).await;
        assert_eq!(status(&shop, user).await, "none", "{method:?}");
        assert_eq!((charged(&shop).len(), granted(&shop).await), (0, 1));
        assert_eq!(shop.fake.object(&subscription(&shop))["status"], "canceled");
    }
}

#[tokio::test]
async fn a_card_that_is_confirmed_behind_the_trial_pays_the_month_that_is_due() {
    for attempted in [true, false] {
        let (shop, user) = with_trials().await;
        subscribe(&shop, user, None).await;
        days(&shop, 15).await;
        let invoice = shop.fake.all("invoice").last().unwrap()["id"].clone();
        shop.fake.tamper(invoice.as_str().unwrap(), "attempted", json!(attempted));
        shop.fake.confirm_card(&setup(&shop), "pm_card_visa");
        shop.deliver().await;
        days(&shop, 1).await;
        assert_eq!(status(&shop, user).await, "active", "{attempted}");
        assert_eq!((charged(&shop).len(), granted(&shop).await), (1, 2));
        days(&shop, 31).await;
        assert_eq!((charged(&shop).len(), granted(&shop).await), (2, 3));
    }
}

#[tokio::test]
async fn who_looks_at_a_card_that_pays_asks_stripe_for_nothing() {
    let (shop, user) = with_trials().await;
    assert_eq!(subscribe(&shop, user, Some("pm_card_visa")).await.value.card_setup, None);
    let asked = shop.fake.asked().len();
    assert_eq!(told(&shop, &Caller::SYSTEM, user).await, None);
    assert_eq!(shop.fake.asked().len(), asked);
    let (shop, user) = with_trials().await;
    subscribe(&shop, user, None).await;
    shop.fake.confirm_card(&setup(&shop), "pm_card_visa");
    shop.deliver().await;
    let asked = shop.fake.asked().len();
    assert_eq!(told(&shop, &Caller::SYSTEM, user).await, None);
    assert_eq!(shop.fake.asked().len(), asked, "the event said so");
}

#[tokio::test]
async fn what_a_card_is_confirmed_with_is_told_to_who_may_pay() {
    let (shop, user) = with_trials().await;
    subscribe(&shop, user, None).await;
    for (scopes, is_told) in
        [("credits:read", false), ("credits:read,credits:spend", true), ("admin", true)]
    {
        let asks = told(&shop, &program("it", scopes), user).await;
        assert_eq!(asks.is_some(), is_told, "{scopes}");
    }
    // What Stripe does not say keeps nobody from the rest.
    shop.fake.fail(usize::MAX, 401);
    assert_eq!(told(&shop, &Caller::SYSTEM, user).await, None);
    shop.fake.fail(0, 401);
    assert!(told(&shop, &Caller::SYSTEM, user).await.is_some());
}

#[tokio::test]
async fn the_card_that_was_confirmed_pays_though_stripe_kept_another_one() {
    let (shop, user) = with_trials().await;
    let declined = "pm_card_visa_chargeDeclined";
    let asks = subscribe(&shop, user, Some(declined)).await.value.card_setup.unwrap();
    assert_eq!(asks.declined.unwrap().to_string(), "card_declined (generic_decline)");
    shop.fake.confirm_card(&setup(&shop), "pm_card_visa");
    shop.fake.tamper(&subscription(&shop), "default_payment_method", json!(declined));
    days(&shop, 16).await;
    assert_eq!((status(&shop, user).await.as_str(), charged(&shop).len()), ("active", 1));
}
