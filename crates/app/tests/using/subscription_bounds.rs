//! Subscriptions that Stripe bills, around their boundaries: clocks that differ, and
//! what is asked for a moment too late.

use app::mails::MailFilter;
use app::{
    Caller, Change, ChangeRequest, Error, PackagePatch, Page, SubscribeRequest, Turn, Whose,
};
use domain::{Cents, MailKind, PaymentMethod, SubscriptionId, Time, Trial, UserId};
use serde_json::json;

use crate::desk::{amount, pointer};
use crate::payments::Shop;
use crate::subscription_months::{
    DAY, PROFESSIONAL, STARTER, charged, days, granted, named, status, subscribe, subscription,
    turn,
};

const HOUR: i64 = 3_600;

/// Half a second before midnight of 30 January, and what Stripe's clock shows then: so
/// many seconds more or less.
async fn before_midnight(ahead: i64) -> (Shop, UserId) {
    let shop = Shop::open().await;
    let user = shop.desk.customer("ada", "0").await;
    shop.pass(90 * DAY + 12 * HOUR - 1);
    shop.desk.hands.pass(Time::SECOND / 2);
    shop.fake.pass(ahead.max(0));
    shop.desk.hands.pass((-ahead).max(0) * Time::SECOND);
    (shop, user)
}

/// What happens, whatever comes of it.
async fn deliver_anyhow(shop: &Shop) {
    for post in shop.fake.events() {
        shop.receive(&post.signature, &post.body).await.unwrap();
    }
    shop.desk.app.run_due_jobs().await.unwrap();
}

fn last(shop: &Shop, kind: &str) -> String {
    shop.fake.all(kind).last().unwrap()["id"].as_str().unwrap().to_owned()
}

async fn mails(shop: &Shop, filter: MailFilter) -> usize {
    let listed = shop.desk.app.list_mails(&Caller::SYSTEM, filter, Page::FIRST).await;
    listed.unwrap().items.len()
}

/// Stripe's boundary was a moment ago, ours comes in a moment.
async fn between_boundaries(shop: &Shop, user: UserId) {
    subscribe(shop, user, "pm_card_visa").await;
    shop.pass(30 * DAY - 5);
    shop.deliver().await;
    shop.fake.pass(6);
}

/// Ours is here too.
async fn cross(shop: &Shop) {
    shop.desk.hands.pass(10 * Time::SECOND);
    shop.deliver().await;
}

#[tokio::test]
async fn each_month_of_stripes_is_one_of_ours_whichever_clock_is_ahead() {
    for ahead in [2, -2] {
        let (shop, user) = before_midnight(ahead).await;
        subscribe(&shop, user, "pm_card_visa").await;
        shop.deliver().await;
        days(&shop, 190).await;
        assert_eq!((charged(&shop).len(), granted(&shop).await), (7, 7), "{ahead}");
        assert_eq!(shop.desk.app.reconcile_stripe().await.unwrap().findings, vec![], "{ahead}");
    }
}

#[tokio::test]
async fn a_trial_ends_for_both_at_once_whichever_clock_is_ahead() {
    for ahead in [2, -2] {
        let (shop, user) = before_midnight(ahead).await;
        let trial = Change::Set(Trial { days: 14, credits: amount("20") });
        let patch = PackagePatch { trial, ..PackagePatch::default() };
        shop.desk.app.update_package(&Caller::SYSTEM, None, STARTER, patch).await.unwrap();
        subscribe(&shop, user, "pm_card_visa").await;
        let of = shop.fake.object(&subscription(&shop));
        let view =
            shop.desk.app.current_subscription(&Caller::SYSTEM, Whose::User(user)).await.unwrap();
        let ends_at = of["billing_cycle_anchor"].as_i64().unwrap() * Time::SECOND;
        assert_eq!(view.trial_ends_at, Some(Time::from_micros(ends_at)), "{ahead}");
        days(&shop, 14 + 92).await;
        assert_eq!((charged(&shop).len(), granted(&shop).await), (4, 5), "{ahead}");
    }
}

#[tokio::test]
async fn a_pause_between_the_two_boundaries_is_not_charged_for() {
    let shop = Shop::open().await;
    let user = shop.desk.customer("ada", "0").await;
    between_boundaries(&shop, user).await;
    turn(&shop, user, Turn::Pause { reason: None }, "pause").await;
    cross(&shop).await;
    days(&shop, 1).await;
    assert_eq!((status(&shop, user).await.as_str(), charged(&shop).len()), ("paused", 1));
    turn(&shop, user, Turn::Resume, "resume").await;
    days(&shop, 31).await;
    assert_eq!((status(&shop, user).await.as_str(), charged(&shop).len()), ("active", 2));
    assert_eq!(granted(&shop).await, 2);
}

#[tokio::test]
async fn a_pause_that_is_resumed_before_stripe_heard_of_it_is_not_charged_for() {
    let shop = Shop::open().await;
    let user = shop.desk.customer("ada", "0").await;
    between_boundaries(&shop, user).await;
    turn(&shop, user, Turn::Pause { reason: None }, "pause").await;
    shop.desk.hands.pass(10 * Time::SECOND);
    // Nobody can read what is billed, so nobody is told.
    let name = subscription(&shop);
    let items = shop.fake.object(&name)["items"].clone();
    shop.fake.tamper(&name, "items", json!(null));
    deliver_anyhow(&shop).await;
    assert_eq!(status(&shop, user).await, "paused");
    turn(&shop, user, Turn::Resume, "resume").await;
    shop.fake.tamper(&name, "items", items);
    shop.look().await;
    days(&shop, 2).await;
    assert_eq!((charged(&shop).len(), granted(&shop).await), (1, 1));
    days(&shop, 31).await;
    assert_eq!((charged(&shop).len(), granted(&shop).await), (2, 2));
}

#[tokio::test]
async fn a_cancel_between_the_two_boundaries_ends_it_uncharged() {
    let shop = Shop::open().await;
    let user = shop.desk.customer("ada", "0").await;
    between_boundaries(&shop, user).await;
    turn(&shop, user, Turn::Cancel, "cancel").await;
    cross(&shop).await;
    days(&shop, 40).await;
    assert_eq!((status(&shop, user).await.as_str(), charged(&shop).len()), ("none", 1));
    assert_eq!(shop.fake.object(&subscription(&shop))["status"], "canceled");
}

#[tokio::test]
async fn another_package_between_the_two_boundaries_is_charged_at_its_price() {
    let shop = Shop::open().await;
    let user = shop.desk.customer("ada", "0").await;
    let request = SubscribeRequest {
        whose: Whose::User(user),
        package: PROFESSIONAL,
        payment_method: Some(PaymentMethod::parse("pm_card_visa").unwrap()),
    };
    shop.desk.app.subscribe(&Caller::SYSTEM, named("subscribe"), request).await.unwrap();
    shop.pass(30 * DAY - 5);
    shop.deliver().await;
    shop.fake.pass(6);
    let request = ChangeRequest { whose: Whose::User(user), package: STARTER };
    shop.desk.app.change_subscription(&Caller::SYSTEM, named("down"), request).await.unwrap();
    cross(&shop).await;
    days(&shop, 2).await;
    assert_eq!((charged(&shop), granted(&shop).await), (vec![4_999, 1_999], 2));
}

#[tokio::test]
async fn a_cancel_that_stripe_did_late_is_told_anew_as_it_is_now() {
    let shop = Shop::open().await;
    let user = shop.desk.customer("ada", "0").await;
    subscribe(&shop, user, "pm_card_visa").await;
    turn(&shop, user, Turn::Cancel, "cancel").await;
    let name = subscription(&shop);
    let late = shop.fake.object(&name)["metadata"].clone();
    turn(&shop, user, Turn::UndoCancel, "undo").await;
    shop.deliver().await;
    shop.fake.tamper(&name, "metadata", late);
    shop.fake.cancel_at_period_end(&name);
    shop.deliver().await;
    assert_eq!(shop.fake.object(&name)["cancel_at_period_end"], false);
    days(&shop, 31).await;
    assert_eq!((charged(&shop).len(), granted(&shop).await), (2, 2));
}

#[tokio::test]
async fn a_cancel_that_is_undone_on_stripes_own_page_is_undone_here() {
    let shop = Shop::open().await;
    let user = shop.desk.customer("ada", "0").await;
    subscribe(&shop, user, "pm_card_visa").await;
    turn(&shop, user, Turn::Cancel, "cancel").await;
    shop.deliver().await;
    shop.fake.undo_cancel(&subscription(&shop));
    shop.deliver().await;
    days(&shop, 31).await;
    assert_eq!((status(&shop, user).await.as_str(), charged(&shop).len()), ("active", 2));
    let kind = Some(MailKind::SubscriptionCancelUndone);
    assert_eq!(mails(&shop, MailFilter { user: Some(user), kind }).await, 1);
}

#[tokio::test]
async fn one_that_never_began_is_nobodys_cancel() {
    let shop = Shop::open().await;
    let user = shop.desk.customer("ada", "0").await;
    let request = SubscribeRequest {
        whose: Whose::User(user),
        package: STARTER,
        payment_method: Some(PaymentMethod::parse("pm_card_authenticationRequired").unwrap()),
    };
    let begun = shop.desk.app.subscribe(&Caller::SYSTEM, named("subscribe"), request).await;
    assert!(matches!(begun, Err(Error::PaymentNeeded { confirm: Some(_) })), "{begun:?}");
    shop.fake.cancel_at_period_end(&subscription(&shop));
    shop.deliver().await;
    shop.fake.end_now(&subscription(&shop));
    shop.deliver().await;
    days(&shop, 2).await;
    assert_eq!(mails(&shop, MailFilter { user: Some(user), kind: None }).await, 0);
}

#[tokio::test]
async fn a_cancel_is_told_though_nobody_can_read_what_is_billed() {
    let shop = Shop::open().await;
    let user = shop.desk.customer("ada", "0").await;
    subscribe(&shop, user, "pm_card_visa").await;
    shop.deliver().await;
    shop.pass(30 * DAY + 60);
    shop.fake.tamper(&last(&shop, "invoice"), "currency", json!("none"));
    deliver_anyhow(&shop).await;
    turn(&shop, user, Turn::Cancel, "cancel").await;
    assert_eq!(shop.fake.object(&subscription(&shop))["cancel_at_period_end"], true);
    let id = SubscriptionId::from_number(1);
    shop.desk.app.end_subscription(&Caller::SYSTEM, named("end"), id).await.unwrap();
    assert_eq!(shop.fake.object(&subscription(&shop))["status"], "canceled");
    assert_eq!(shop.fake.object(&last(&shop, "invoice"))["status"], "void");
}

#[tokio::test]
async fn what_stripe_would_not_charge_is_not_subscribed_to() {
    let shop = Shop::open().await;
    let user = shop.desk.customer("ada", "0").await;
    let monthly_price = Some(Cents::from_count(49));
    let patch = PackagePatch { monthly_price, ..PackagePatch::default() };
    shop.desk.app.update_package(&Caller::SYSTEM, None, STARTER, patch).await.unwrap();
    let request =
        |package| SubscribeRequest { whose: Whose::User(user), package, payment_method: None };
    let refused = shop.desk.app.subscribe(&Caller::SYSTEM, named("cheap"), request(STARTER)).await;
    assert_eq!(pointer(refused), "/package_id");
    let request = SubscribeRequest {
        payment_method: Some(PaymentMethod::parse("pm_card_visa").unwrap()),
        ..request(PROFESSIONAL)
    };
    shop.desk.app.subscribe(&Caller::SYSTEM, named("dear"), request).await.unwrap();
    let request = ChangeRequest { whose: Whose::User(user), package: STARTER };
    let refused = shop.desk.app.change_subscription(&Caller::SYSTEM, named("down"), request).await;
    assert_eq!(pointer(refused), "/package_id");
}
