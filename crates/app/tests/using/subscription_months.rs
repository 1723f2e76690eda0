//! Twelve months of a subscription that Stripe bills, told by its events.

use app::{Caller, ChangeRequest, Error, Page, SubscribeRequest, Turn, TurnRequest, Whose};
use domain::{
    IdempotencyKey, PackageId, PaymentMethod, SubscriptionId, SubscriptionStatus, UserId,
};
use testkit::stripe::Shaken;

use crate::desk::key;
use crate::payments::Shop;

pub(crate) const DAY: i64 = 24 * 60 * 60;

pub(crate) const STARTER: PackageId = PackageId::from_number(1);
pub(crate) const PROFESSIONAL: PackageId = PackageId::from_number(2);

pub(crate) fn named(word: &str) -> IdempotencyKey {
    key(&word.replace(' ', "_"))
}

pub(crate) async fn subscribe(shop: &Shop, user: UserId, method: &str) {
    let payment_method = Some(PaymentMethod::parse(method).unwrap());
    let request = SubscribeRequest { whose: Whose::User(user), package: STARTER, payment_method };
    let begun = shop.desk.app.subscribe(&Caller::SYSTEM, named("subscribe"), request).await;
    begun.unwrap();
}

pub(crate) async fn turn(shop: &Shop, user: UserId, turn: Turn, word: &str) {
    let request = TurnRequest { whose: Whose::User(user), turn };
    shop.desk.app.turn_subscription(&Caller::SYSTEM, named(word), request).await.unwrap();
}

pub(crate) async fn status(shop: &Shop, user: UserId) -> String {
    let view = shop.desk.app.current_subscription(&Caller::SYSTEM, Whose::User(user)).await;
    match view {
        Ok(view) => view.status.as_str().to_owned(),
        Err(Error::NotFound) => "none".to_owned(),
        Err(error) => panic!("{error:?}"),
    }
}

/// Day by day, with the events of each.
pub(crate) async fn days(shop: &Shop, count: usize) {
    for _ in 0..count {
        shop.pass(DAY);
        shop.deliver().await;
    }
}

pub(crate) fn subscription(shop: &Shop) -> String {
    shop.fake.all("subscription").last().unwrap()["id"].as_str().unwrap().to_owned()
}

pub(crate) fn charged(shop: &Shop) -> Vec<i64> {
    let charges = shop.fake.all("charge");
    charges.iter().map(|charge| charge["amount"].as_i64().unwrap()).collect()
}

/// How many periods of the first subscription gave their credits.
pub(crate) async fn granted(shop: &Shop) -> usize {
    let page = Page::new(None, Some(100)).unwrap();
    let id = SubscriptionId::from_number(1);
    let listed = shop.desk.app.list_subscription_periods(&Caller::SYSTEM, id, page).await.unwrap();
    listed.items.iter().filter(|period| period.state == "granted").count()
}

#[tokio::test]
async fn twelve_months_are_billed_and_given_once_each() {
    let shop = Shop::open().await;
    let user = shop.desk.customer("ada", "0").await;
    subscribe(&shop, user, "pm_card_visa").await;
    shop.deliver().await;
    // From 1 November to 2 October.
    days(&shop, 335).await;
    assert_eq!(status(&shop, user).await, SubscriptionStatus::Active.as_str());
    let charged = charged(&shop);
    assert_eq!(charged.len(), 12);
    assert!(charged.iter().all(|cents| *cents == charged[0]), "{charged:?}");
    assert_eq!(granted(&shop).await, 12);
    let found = shop.desk.app.reconcile_stripe().await.unwrap().findings;
    assert_eq!(found, Vec::new());
}

#[tokio::test]
async fn however_the_news_comes_each_month_is_given_once() {
    for seed in 0..4 {
        let shop = Shop::open().await;
        let user = shop.desk.customer("ada", "0").await;
        subscribe(&shop, user, "pm_card_visa").await;
        for day in 0..93 {
            shop.pass(DAY);
            shop.fake.lose_answers(usize::from(day % 7 == 0));
            let how = Shaken { seed: seed * 1_000 + day, copies_max: 3, lost_of: 2 };
            for post in shop.fake.shaken(how) {
                shop.receive(&post.signature, &post.body).await.unwrap();
            }
            shop.look().await;
        }
        assert_eq!((charged(&shop).len(), granted(&shop).await), (4, 4), "{seed}");
    }
}

#[tokio::test]
async fn months_with_everything_that_happens_to_one() {
    let shop = Shop::open().await;
    let user = shop.desk.customer("ada", "0").await;
    subscribe(&shop, user, "pm_card_visa").await;
    days(&shop, 10).await;
    let request = ChangeRequest { whose: Whose::User(user), package: PROFESSIONAL };
    let changed =
        shop.desk.app.change_subscription(&Caller::SYSTEM, named("upgrade"), request).await;
    changed.unwrap();
    assert_eq!(charged(&shop).len(), 2, "the difference of what is left");
    days(&shop, 22).await;
    assert_eq!(charged(&shop).len(), 3);
    turn(&shop, user, Turn::Pause { reason: None }, "pause").await;
    days(&shop, 31).await;
    assert_eq!(status(&shop, user).await, "paused");
    turn(&shop, user, Turn::Resume, "resume").await;
    days(&shop, 31).await;
    assert_eq!(status(&shop, user).await, "active");
    assert_eq!(charged(&shop).len(), 4, "a month went by unbilled");
    shop.fake.change_card(&subscription(&shop), "pm_card_visa_chargeDeclined");
    days(&shop, 29).await;
    assert_eq!(status(&shop, user).await, "past_due");
    shop.fake.change_card(&subscription(&shop), "pm_card_visa");
    days(&shop, 6).await;
    assert_eq!(status(&shop, user).await, "active");
    assert_eq!(charged(&shop).len(), 5);
    turn(&shop, user, Turn::Cancel, "cancel").await;
    days(&shop, 31).await;
    assert_eq!(status(&shop, user).await, "none");
    assert_eq!(charged(&shop).len(), 5);
}

#[tokio::test]
async fn a_renewal_that_nobody_pays_ends_it() {
    let shop = Shop::open().await;
    let user = shop.desk.customer("ada", "0").await;
    subscribe(&shop, user, "pm_card_visa").await;
    shop.fake.change_card(&subscription(&shop), "pm_card_visa_chargeDeclined");
    days(&shop, 31).await;
    assert_eq!(status(&shop, user).await, "past_due");
    days(&shop, 8).await;
    assert_eq!(status(&shop, user).await, "none");
    assert_eq!(charged(&shop).len(), 1);
}

#[tokio::test]
async fn an_end_on_stripes_own_page_is_one_here() {
    let shop = Shop::open().await;
    let user = shop.desk.customer("ada", "0").await;
    subscribe(&shop, user, "pm_card_visa").await;
    shop.fake.cancel_at_period_end(&subscription(&shop));
    shop.deliver().await;
    days(&shop, 31).await;
    assert_eq!(status(&shop, user).await, "none");
}
