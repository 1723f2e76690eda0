//! Money of subscriptions that Stripe bills and that comes at the worst moment: what is
//! charged is given, and what is given up is charged no more.

use app::{Caller, ChangeRequest, Error, Page, PeriodGrant, SubscribeRequest, Whose};
use domain::{PackageId, PaymentMethod, Reason, SubscriptionId, UserId};
use serde_json::json;

use crate::cut::Cut;
use crate::payments::Shop;
use crate::subscription_months::{
    DAY, PROFESSIONAL, STARTER, charged, days, granted, named, status, subscribe, subscription,
};

const HOUR: i64 = 3_600;
const FIRST: SubscriptionId = SubscriptionId::from_number(1);

fn by(user: UserId, method: &str) -> SubscribeRequest {
    let payment_method = Some(PaymentMethod::parse(method).unwrap());
    SubscribeRequest { whose: Whose::User(user), package: STARTER, payment_method }
}

async fn subscribed() -> (Shop, UserId) {
    let shop = Shop::open().await;
    let user = shop.desk.customer("ada", "0").await;
    subscribe(&shop, user, "pm_card_visa").await;
    shop.deliver().await;
    (shop, user)
}

/// How many periods gave their credits, if there is a subscription at all.
async fn given(shop: &Shop) -> usize {
    let listed = shop.desk.app.list_subscription_periods(&Caller::SYSTEM, FIRST, Page::FIRST).await;
    match listed {
        Ok(listed) => listed.items.iter().filter(|period| period.state == "granted").count(),
        Err(Error::NotFound) => 0,
        Err(error) => panic!("{error:?}"),
    }
}

/// What somebody is subscribed to now, and from the period's end.
async fn packages(shop: &Shop, user: UserId) -> (PackageId, Option<PackageId>) {
    let view = shop.desk.app.current_subscription(&Caller::SYSTEM, Whose::User(user)).await;
    let view = view.unwrap();
    (view.package.id, view.next.map(|next| next.id))
}

/// The newest invoice, and its payment.
fn last_invoice(shop: &Shop) -> (String, String) {
    let invoice = shop.fake.all("invoice").pop().unwrap();
    let payment = &invoice["payments"]["data"][0]["payment"]["payment_intent"];
    let payment = payment.as_str().unwrap_or_default();
    (invoice["id"].as_str().unwrap().to_owned(), payment.to_owned())
}

/// An upgrade that waits for its owner to the period's end.
async fn upgrade_that_waits() -> (Shop, UserId, (String, String)) {
    let (shop, user) = subscribed().await;
    days(&shop, 10).await;
    shop.fake.change_card(&subscription(&shop), "pm_card_authenticationRequired");
    let request = ChangeRequest { whose: Whose::User(user), package: PROFESSIONAL };
    let asked = shop.desk.app.change_subscription(&Caller::SYSTEM, named("up"), request).await;
    assert!(matches!(asked, Err(Error::PaymentNeeded { confirm: Some(_) })), "{asked:?}");
    shop.fake.change_card(&subscription(&shop), "pm_card_visa");
    let invoice = last_invoice(&shop);
    (shop, user, invoice)
}

#[tokio::test]
async fn an_upgrade_that_nobody_confirmed_in_time_can_t_be_paid_later() {
    let (shop, user, (invoice, payment)) = upgrade_that_waits().await;
    days(&shop, 21).await;
    assert_eq!(shop.fake.object(&invoice)["status"], "void");
    assert_eq!(shop.fake.object(&payment)["status"], "canceled");
    assert_eq!((charged(&shop).len(), granted(&shop).await), (2, 2));
    assert_eq!(packages(&shop, user).await, (STARTER, None));
}

#[tokio::test]
async fn an_upgrade_that_was_confirmed_behind_our_back_is_given_late() {
    let (shop, user, (_, payment)) = upgrade_that_waits().await;
    shop.pass(21 * DAY);
    shop.fake.pay(&payment);
    shop.deliver().await;
    days(&shop, 1).await;
    assert_eq!((charged(&shop).len(), granted(&shop).await), (3, 3));
    assert_eq!(packages(&shop, user).await, (STARTER, Some(PROFESSIONAL)));
    days(&shop, 31).await;
    assert_eq!((charged(&shop).last(), granted(&shop).await), (Some(&4_999), 4));
}

#[tokio::test]
async fn an_upgrade_that_is_on_its_way_holds_up_no_month_and_is_given_late() {
    let (shop, user, (_, payment)) = upgrade_that_waits().await;
    shop.fake.pay_slowly(&payment);
    days(&shop, 23).await;
    assert_eq!((charged(&shop).len(), granted(&shop).await), (2, 2), "the second month");
    assert_eq!(packages(&shop, user).await, (STARTER, None));
    shop.fake.settle(&payment);
    shop.deliver().await;
    assert_eq!((charged(&shop).len(), granted(&shop).await), (3, 3));
    assert_eq!(packages(&shop, user).await, (STARTER, Some(PROFESSIONAL)));
    days(&shop, 31).await;
    assert_eq!((charged(&shop).last(), granted(&shop).await), (Some(&4_999), 4));
}

#[tokio::test]
async fn a_renewal_that_is_paid_while_it_is_given_up_is_given_wherever_the_server_stops() {
    for stop in 0..20 {
        let (shop, _) = subscribed().await;
        shop.fake.change_card(&subscription(&shop), "pm_card_visa_chargeDeclined");
        days(&shop, 31).await;
        // Stripe ends it meanwhile, for want of payment; its invoice stays open.
        shop.pass(9 * DAY);
        Cut { inner: Box::pin(shop.desk.app.sync_subscription(FIRST)), polls: 2 * stop }.await;
        let (_, payment) = last_invoice(&shop);
        if shop.fake.object(&payment)["status"] == "requires_payment_method" {
            shop.fake.pay(&payment);
        }
        shop.deliver().await;
        days(&shop, 1).await;
        assert_eq!(charged(&shop).len(), granted(&shop).await, "{stop}");
        assert_eq!(shop.desk.app.reconcile_stripe().await.unwrap().findings, vec![], "{stop}");
    }
}

#[tokio::test]
async fn money_that_bounced_behind_an_end_is_asked_for_no_more() {
    let (shop, user) = subscribed().await;
    shop.fake.change_card(&subscription(&shop), "pm_usBankAccount_processing");
    days(&shop, 31).await;
    let (invoice, payment) = last_invoice(&shop);
    shop.fake.end_now(&subscription(&shop));
    shop.deliver().await;
    assert_eq!(status(&shop, user).await, "none");
    shop.fake.bounce(&payment);
    shop.deliver().await;
    days(&shop, 2).await;
    assert_eq!(shop.fake.object(&invoice)["status"], "void");
    assert_eq!(shop.fake.object(&payment)["status"], "canceled", "nobody can pay it");
    assert_eq!((charged(&shop).len(), granted(&shop).await), (1, 1));
}

/// Forgets what Stripe would tell, has that money go back there, and lets time pass.
async fn goes_back_unheard(shop: &Shop, payment: &str, cents: i64) {
    shop.fake.refund(payment, cents);
    drop(shop.fake.events());
    days(shop, 2).await;
}

#[tokio::test]
async fn money_that_came_in_and_went_back_behind_an_end_takes_its_credits_along() {
    let (shop, user) = subscribed().await;
    shop.fake.change_card(&subscription(&shop), "pm_usBankAccount_processing");
    days(&shop, 31).await;
    let (_, payment) = last_invoice(&shop);
    shop.fake.end_now(&subscription(&shop));
    shop.deliver().await;
    shop.fake.settle(&payment);
    goes_back_unheard(&shop, &payment, 1_999).await;
    assert_eq!((granted(&shop).await, shop.credits(user).await), (2, "0".to_owned()));
}

#[tokio::test]
async fn a_first_payment_that_went_back_before_anybody_knew_it_takes_its_credits_along() {
    let shop = Shop::open().await;
    let user = shop.desk.customer("ada", "0").await;
    let asking = by(user, "pm_card_authenticationRequired");
    let asked = shop.desk.app.subscribe(&Caller::SYSTEM, named("k"), asking).await;
    assert!(matches!(asked, Err(Error::PaymentNeeded { .. })), "{asked:?}");
    let (_, payment) = last_invoice(&shop);
    // It is given up here while Stripe can't be told, and paid there.
    shop.fake.fail(usize::MAX, 401);
    drop(shop.desk.app.end_subscription(&Caller::SYSTEM, named("end"), FIRST).await);
    shop.fake.fail(0, 401);
    shop.fake.pay(&payment);
    goes_back_unheard(&shop, &payment, 1_999).await;
    assert_eq!((granted(&shop).await, shop.credits(user).await), (1, "0".to_owned()));
}

#[tokio::test]
async fn money_that_went_back_before_its_month_was_known_takes_its_credits_along() {
    let (shop, user) = subscribed().await;
    // It is paid there, and that goes back, before the month begins here.
    shop.pass(30 * DAY - 60);
    shop.fake.pass(2 * HOUR);
    let (_, payment) = last_invoice(&shop);
    shop.fake.refund(&payment, 1_999);
    shop.fake.shift_clock(-2 * HOUR);
    let events = shop.fake.events();
    for post in events.iter().filter(|post| post.body.contains("refund")) {
        shop.receive(&post.signature, &post.body).await.unwrap();
    }
    shop.look().await;
    days(&shop, 1).await;
    assert_eq!((granted(&shop).await, shop.credits(user).await), (2, "0".to_owned()));
}

#[tokio::test]
async fn what_is_paid_is_given_though_stripe_can_t_be_told_of_the_end() {
    let mut given_late = 0;
    for stop in 0..20 {
        let (shop, _) = subscribed().await;
        shop.fake.change_card(&subscription(&shop), "pm_usBankAccount_processing");
        days(&shop, 31).await;
        shop.fake.settle(&last_invoice(&shop).1);
        Cut::after(stop, shop.desk.app.sync_subscription(FIRST)).await;
        let was_open = granting(&shop).await;
        shop.fake.fail(usize::MAX, 401);
        drop(shop.desk.app.end_subscription(&Caller::SYSTEM, named("end"), FIRST).await);
        assert_eq!(granting(&shop).await, 0, "{stop}");
        given_late += was_open;
    }
    assert!(given_late > 0);
}

/// How many periods are paid and not given yet.
async fn granting(shop: &Shop) -> usize {
    let listed = shop.desk.app.list_subscription_periods(&Caller::SYSTEM, FIRST, Page::FIRST).await;
    listed.unwrap().items.iter().filter(|period| period.state == "granting").count()
}

/// Whether Stripe has one that it will bill again.
fn lives_there(shop: &Shop) -> bool {
    let all = shop.fake.all("subscription");
    all.iter().any(|of| of["status"] != "canceled" && of["status"] != "incomplete_expired")
}

#[tokio::test]
async fn what_was_made_at_stripe_is_here_too_wherever_the_server_stops() {
    for stop in 0..24 {
        let shop = Shop::open().await;
        let user = shop.desk.customer("ada", "0").await;
        let request = by(user, "pm_card_visa");
        let asking = shop.desk.app.subscribe(&Caller::SYSTEM, named("k"), request);
        Cut { inner: Box::pin(asking), polls: stop }.await;
        days(&shop, 2).await;
        assert_eq!(lives_there(&shop), status(&shop, user).await == "active", "{stop}");
        assert_eq!(charged(&shop).len(), given(&shop).await, "{stop}");
    }
}

#[tokio::test]
async fn what_was_given_up_while_it_was_asked_for_is_ended_there_and_what_was_paid_is_given() {
    let mut given_late = 0;
    for stop in 1..60 {
        let shop = Shop::open().await;
        let user = shop.desk.customer("ada", "0").await;
        let request = by(user, "pm_card_visa");
        let asking = shop.desk.app.subscribe(&Caller::SYSTEM, named("k"), request);
        let mut asking = Cut { inner: Box::pin(asking), polls: stop };
        if (&mut asking).await.is_some() {
            break;
        }
        // It hangs for a day, and nobody waits for it any more.
        days(&shop, 1).await;
        let was_given_up = shop.fake.all("subscription").is_empty();
        asking.polls = usize::MAX;
        drop(asking.await);
        days(&shop, 1).await;
        assert_eq!(charged(&shop).len(), given(&shop).await, "{stop}");
        assert_eq!(lives_there(&shop), status(&shop, user).await == "active", "{stop}");
        given_late += usize::from(was_given_up && given(&shop).await > 0);
    }
    assert!(given_late > 0);
}

#[tokio::test]
async fn a_month_that_staff_gave_is_asked_for_no_more() {
    let (shop, user) = subscribed().await;
    shop.fake.change_card(&subscription(&shop), "pm_card_visa_chargeDeclined");
    days(&shop, 31).await;
    assert_eq!(status(&shop, user).await, "past_due");
    let reason = Reason::parse("By bank transfer").unwrap();
    let grant = PeriodGrant { id: FIRST, reason };
    let given = shop.desk.app.grant_subscription_period(&Caller::SYSTEM, named("give"), grant);
    assert_eq!(given.await.unwrap().value.status.as_str(), "active");
    assert_eq!(shop.fake.object(&last_invoice(&shop).0)["status"], "paid");
    shop.fake.change_card(&subscription(&shop), "pm_card_visa");
    days(&shop, 20).await;
    assert_eq!((charged(&shop).len(), granted(&shop).await), (1, 2));
    days(&shop, 11).await;
    assert_eq!((charged(&shop).len(), granted(&shop).await), (2, 3));
    assert_eq!(shop.desk.app.reconcile_stripe().await.unwrap().findings, vec![]);
}

#[tokio::test]
async fn money_that_comes_in_while_staff_give_a_month_keeps_its_name() {
    let (shop, user) = subscribed().await;
    shop.fake.change_card(&subscription(&shop), "pm_card_visa_chargeDeclined");
    days(&shop, 31).await;
    let (invoice, payment) = last_invoice(&shop);
    shop.fake.pay_before(&format!("POST /v1/invoices/{invoice}/pay"), &payment);
    let grant = PeriodGrant { id: FIRST, reason: Reason::parse("They wrote to us").unwrap() };
    let given = shop.desk.app.grant_subscription_period(&Caller::SYSTEM, named("give"), grant);
    assert_eq!(given.await.unwrap().value.status.as_str(), "active");
    assert_eq!((charged(&shop).len(), granted(&shop).await), (2, 2));
    assert_eq!(shop.desk.app.reconcile_stripe().await.unwrap().findings, vec![]);
    let refunded = shop.credits(user).await;
    goes_back_unheard(&shop, &payment, 1_999).await;
    assert_eq!(shop.desk.app.reconcile_stripe().await.unwrap().findings, vec![]);
    assert_ne!(shop.credits(user).await, refunded);
}

#[tokio::test]
async fn what_stripe_ended_for_want_of_payment_is_over_here_though_it_was_given() {
    let (shop, user) = subscribed().await;
    shop.fake.tamper(&subscription(&shop), "status", json!("canceled"));
    let ended_at = shop.fake.object(&subscription(&shop))["created"].clone();
    shop.fake.tamper(&subscription(&shop), "ended_at", ended_at);
    let why = json!({"comment": null, "feedback": null, "reason": "payment_failed"});
    shop.fake.tamper(&subscription(&shop), "cancellation_details", why);
    shop.desk.app.sync_subscription(FIRST).await.unwrap();
    assert_eq!(status(&shop, user).await, "none");
}

#[tokio::test]
async fn a_month_that_was_paid_less_for_gives_nothing_and_ends() {
    let (shop, user) = subscribed().await;
    // Nobody here looks while Stripe bills it.
    shop.pass(30 * DAY + 60);
    let (invoice, _) = last_invoice(&shop);
    for field in ["amount_due", "amount_remaining", "total"] {
        shop.fake.tamper(&invoice, field, json!(900));
    }
    shop.pass(2 * HOUR);
    assert_eq!(charged(&shop), [1_999, 900]);
    shop.deliver().await;
    assert_eq!((status(&shop, user).await.as_str(), granted(&shop).await), ("active", 1));
    let found = shop.desk.app.reconcile_stripe().await.unwrap().findings;
    let shown: Vec<_> = found.into_iter().map(|it| (it.kind, it.ours, it.theirs)).collect();
    assert_eq!(shown, [("amount_differs".to_owned(), Some(1_999), Some(900))]);
    days(&shop, 31).await;
    assert_eq!((charged(&shop).len(), granted(&shop).await), (3, 2), "the next one is as ever");
}

#[tokio::test]
async fn a_month_that_was_given_for_money_that_did_not_move_is_found() {
    let (shop, _) = subscribed().await;
    let (_, payment) = last_invoice(&shop);
    assert_eq!(shop.desk.app.reconcile_stripe().await.unwrap().of.records, 1);
    let moved = shop.fake.all("balance_transaction").pop().unwrap();
    shop.fake.tamper(moved["id"].as_str().unwrap(), "created", json!(0));
    assert_eq!(shop.desk.app.reconcile_stripe().await.unwrap().findings, vec![]);
    shop.fake.tamper(&payment, "status", json!("canceled"));
    let found = shop.desk.app.reconcile_stripe().await.unwrap().findings;
    let shown: Vec<_> = found.into_iter().map(|it| (it.kind, it.record)).collect();
    let record = Some("subscription_period:1".to_owned());
    assert_eq!(shown, [("record_without_payment".to_owned(), record)]);
}

#[tokio::test]
async fn a_broken_try_stands_in_nobodys_way() {
    let shop = Shop::open().await;
    let user = shop.desk.customer("ada", "0").await;
    let ask = |word: &str, method| {
        shop.desk.app.subscribe(&Caller::SYSTEM, named(word), by(user, method))
    };
    let waits = ask("first", "pm_card_authenticationRequired").await;
    assert!(matches!(waits, Err(Error::PaymentNeeded { .. })), "{waits:?}");
    let (invoice, payment) = last_invoice(&shop);
    shop.fake.tamper(&invoice, "currency", json!("none"));
    ask("second", "pm_card_visa").await.unwrap();
    assert_eq!(status(&shop, user).await, "active");
    // It was paid all the same.
    shop.fake.tamper(&invoice, "currency", json!("usd"));
    if shop.fake.object(&payment)["status"] == "requires_action" {
        shop.fake.pay(&payment);
    }
    shop.pass(HOUR);
    shop.deliver().await;
    assert_eq!(charged(&shop).len(), granted(&shop).await + 1);
}
