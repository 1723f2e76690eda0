//! Promotions: never more uses than there are, whoever comes at once, and what one
//! gives is given once wherever a server stops.

use std::collections::BTreeSet;

use app::ledger::How;
use app::{
    Answer, Caller, Error, Page, PromotionPatch, PurchaseAsk, PurchaseRequest, RedeemRequest,
    Redeemed, RedemptionState, RedemptionView, Transaction, Whose,
};
use domain::{
    Cents, Description, Discount, NotApplicable, PaymentMethod, Promotion, PromotionCode,
    PromotionTerms, Role, Tag, Text, Time, UserGroup, UserId,
};
use futures::future::join_all;

use crate::cut::Cut;
use crate::desk::{Desk, NOON, amount, key, person};

/// A week.
const WEEK: i64 = 7 * Time::DAY;

fn code(text: &str) -> PromotionCode {
    PromotionCode::parse(text).unwrap()
}

pub(crate) fn quarter_off(word: Option<&str>) -> PromotionTerms {
    PromotionTerms {
        name: Text::parse("Autumn").unwrap(),
        description: None,
        code: word.map(code),
        discount: Discount::Percentage("0.25".parse().unwrap()),
        max_discount: None,
        min_purchase: None,
        package_ids: None,
        user_groups: None,
        starts_at: NOON,
        ends_at: NOON.plus(WEEK),
        is_active: true,
        max_uses: None,
        max_uses_per_user: 1,
    }
}

fn gift(word: Option<&str>, credits: &str) -> PromotionTerms {
    PromotionTerms { discount: Discount::FreeCredits(amount(credits)), ..quarter_off(word) }
}

pub(crate) async fn make(desk: &Desk, terms: PromotionTerms) -> Promotion {
    desk.app.create_promotion(&Caller::SYSTEM, None, terms).await.unwrap().value
}

async fn uses(desk: &Desk, promotion: &Promotion) -> i64 {
    let seen = desk.app.get_promotion(&Caller::SYSTEM, promotion.id, Page::FIRST).await;
    seen.unwrap().promotion.uses
}

async fn history(desk: &Desk, user: UserId) -> Vec<RedemptionView> {
    let seen = desk.app.list_redemptions(&Caller::SYSTEM, Whose::User(user), Page::FIRST).await;
    seen.unwrap().items
}

fn ask(user: UserId, credits: &str, word: Option<&str>) -> PurchaseAsk {
    PurchaseAsk { whose: Whose::User(user), credits: amount(credits), promotion: word.map(code) }
}

fn request(ask: PurchaseAsk) -> PurchaseRequest {
    PurchaseRequest {
        ask,
        description: Description::parse("More").unwrap(),
        intent: None,
        method: None,
        quote: None,
    }
}

async fn buy(desk: &Desk, ask: PurchaseAsk, word: &str) -> Result<Answer<Transaction>, Error> {
    desk.app.purchase(&Caller::SYSTEM, Some(key(word)), request(ask)).await
}

async fn quoted(desk: &Desk, ask: PurchaseAsk) -> PurchaseRequest {
    let offer = desk.app.validate_purchase(&Caller::SYSTEM, ask.clone()).await.unwrap();
    PurchaseRequest { quote: Some(offer.quote.unwrap().token), ..request(ask) }
}

async fn redeem(
    desk: &Desk,
    user: UserId,
    word: &str,
    its_key: &str,
) -> Result<Answer<Redeemed>, Error> {
    let request = RedeemRequest { whose: Whose::User(user), code: code(word) };
    desk.app.redeem(&Caller::SYSTEM, key(its_key), request).await
}

fn paid(bought: &Answer<Transaction>) -> String {
    bought.value.paid.map(domain::format_dollars).unwrap_or_default()
}

fn why<T: std::fmt::Debug>(refused: Result<T, Error>) -> NotApplicable {
    match refused.unwrap_err() {
        Error::Promotion { why, .. } => why,
        other => panic!("{other:?}"),
    }
}

async fn posted(desk: &Desk, user: UserId) -> String {
    let user = desk.app.get_user(&Caller::SYSTEM, app::UserKey::Id(user)).await.unwrap();
    let read = desk.app.ledger().wallet(user.wallet.unwrap()).await.unwrap();
    read.wallet.balances.posted.to_string()
}

#[tokio::test]
async fn of_a_hundred_who_come_for_the_last_use_at_once_one_has_it() {
    let desk = Desk::open().await;
    let promotion = PromotionTerms { max_uses: Some(1), ..quarter_off(Some("LAST")) };
    let promotion = make(&desk, promotion).await;
    let mut buyers = Vec::new();
    for number in 0..100 {
        buyers.push(desk.customer(&format!("buyer-{number}"), "0").await);
    }
    let all = join_all(buyers.iter().map(|user| buy(&desk, ask(*user, "100", Some("LAST")), "k")));
    let all = all.await;
    let bought: Vec<_> = all.iter().filter_map(|answer| answer.as_ref().ok()).collect();
    assert_eq!(bought.iter().map(|answer| paid(answer)).collect::<Vec<_>>(), ["7.5"]);
    let refused = all.into_iter().filter(Result::is_err).map(why);
    assert_eq!(refused.filter(|why| *why == NotApplicable::Exhausted).count(), 99);
    assert_eq!(uses(&desk, &promotion).await, 1);
}

#[tokio::test]
async fn of_a_hundred_who_redeem_the_last_use_at_once_one_has_it() {
    let desk = Desk::open().await;
    let promotion = PromotionTerms { max_uses: Some(1), ..gift(Some("LAST"), "5") };
    let promotion = make(&desk, promotion).await;
    let mut people = Vec::new();
    for number in 0..100 {
        people.push(desk.customer(&format!("one-{number}"), "0").await);
    }
    let all = join_all(people.iter().map(|user| redeem(&desk, *user, "LAST", "k"))).await;
    assert_eq!(all.iter().filter(|answer| answer.is_ok()).count(), 1);
    let mut given = 0;
    for user in people {
        given += usize::from(posted(&desk, user).await == "5");
    }
    assert_eq!((given, uses(&desk, &promotion).await), (1, 1));
}

#[tokio::test]
async fn one_user_has_it_as_often_as_one_may_whatever_their_keys() {
    let desk = Desk::open().await;
    let ada = desk.customer("ada", "0").await;
    let promotion = PromotionTerms { max_uses_per_user: 2, ..quarter_off(Some("TWICE")) };
    make(&desk, promotion).await;
    let words: Vec<_> = (0..16).map(|number| format!("key-{number}")).collect();
    let all = join_all(words.iter().map(|word| buy(&desk, ask(ada, "100", Some("TWICE")), word)));
    let all = all.await;
    assert_eq!(all.iter().filter(|answer| answer.is_ok()).count(), 2);
    let refused = all.into_iter().filter(Result::is_err).map(why);
    assert_eq!(refused.filter(|why| *why == NotApplicable::UsedUp).count(), 14);
    let bob = desk.customer("bob", "0").await;
    assert!(buy(&desk, ask(bob, "100", Some("TWICE")), "k").await.is_ok(), "others have theirs");
}

#[tokio::test]
async fn a_retry_with_its_key_uses_it_once_and_a_refusal_stays_its_outcome() {
    let desk = Desk::open().await;
    let (ada, bob) = (desk.customer("ada", "0").await, desk.customer("bob", "0").await);
    let promotion = PromotionTerms { max_uses: Some(1), ..quarter_off(Some("ONE")) };
    let promotion = make(&desk, promotion).await;
    let first = buy(&desk, ask(ada, "100", Some("ONE")), "k").await.unwrap();
    let again = buy(&desk, ask(ada, "100", Some("one")), "k").await.unwrap();
    assert_eq!(again, Answer { how: How::Replayed, ..first }, "whatever the case of its code");
    let refused = buy(&desk, ask(bob, "100", Some("ONE")), "k").await.unwrap_err();
    assert_eq!(refused.how(), How::Applied);
    let more = PromotionPatch { max_uses: app::Change::Set(9), ..PromotionPatch::default() };
    desk.app.update_promotion(&Caller::SYSTEM, None, promotion.id, more).await.unwrap();
    let again = buy(&desk, ask(bob, "100", Some("ONE")), "k").await.unwrap_err();
    assert_eq!(again.how(), How::Replayed, "one key, one outcome");
    assert!(buy(&desk, ask(bob, "100", Some("ONE")), "another").await.is_ok());
}

#[tokio::test]
async fn a_reservation_is_given_back_once_and_what_was_used_is_not() {
    let desk = Desk::open().await;
    let ada = desk.customer("ada", "0").await;
    let twice = PromotionTerms { max_uses_per_user: 2, ..quarter_off(Some("BACK")) };
    let promotion = make(&desk, twice).await;
    buy(&desk, ask(ada, "100", Some("BACK")), "k").await.unwrap();
    let used = history(&desk, ada).await.remove(0);
    assert_eq!((used.state, used.off), (RedemptionState::Used, Cents::from_count(250)));
    let method = PaymentMethod::parse("pm_unpaid").ok();
    let waits = PurchaseRequest { method, ..request(ask(ada, "100", Some("BACK"))) };
    let waits = desk.app.purchase(&Caller::SYSTEM, Some(key("waits")), waits).await;
    assert!(matches!(waits, Err(Error::PaymentRequired(_))), "{waits:?}");
    let reserved = history(&desk, ada).await.remove(0);
    assert_eq!((reserved.state, uses(&desk, &promotion).await), (RedemptionState::Reserved, 2));
    // It is not paid in time, so the provider ends it.
    desk.hands.pass(Time::DAY);
    for _ in 0..2 {
        desk.app.finish_purchases(0).await.unwrap();
        assert_eq!(uses(&desk, &promotion).await, 1);
    }
    let states: Vec<_> = history(&desk, ada).await.iter().map(|it| it.state).collect();
    assert_eq!(states, [RedemptionState::Freed, RedemptionState::Used]);
}

#[tokio::test]
async fn no_code_holds_after_its_end_but_what_was_promised_is_kept() {
    let desk = Desk::open().await;
    let (ada, bob) = (desk.customer("ada", "0").await, desk.customer("bob", "0").await);
    let soon =
        PromotionTerms { ends_at: NOON.plus(60 * Time::SECOND), ..quarter_off(Some("SOON")) };
    make(&desk, soon).await;
    let promised = quoted(&desk, ask(ada, "100", Some("SOON"))).await;
    desk.hands.pass(60 * Time::SECOND);
    assert_eq!(why(buy(&desk, ask(bob, "100", Some("SOON")), "k").await), NotApplicable::Ended);
    let offer = desk.app.validate_purchase(&Caller::SYSTEM, ask(bob, "100", Some("SOON"))).await;
    assert!(offer.unwrap().hindrance.is_some());
    let bought = desk.app.purchase(&Caller::SYSTEM, Some(key("k")), promised).await.unwrap();
    assert_eq!(paid(&bought), "7.5");
}

/// How often it was said of something that there is no such code, and that too many were
/// tried.
fn guessed<T: std::fmt::Debug>(all: Vec<Result<T, Error>>) -> (usize, usize) {
    let unknown = |error: &Error| matches!(error, Error::Promotion { why, .. } if *why == NotApplicable::Unknown);
    let too_many = |error: &Error| matches!(error, Error::TooManyTries { wait_s: 1..=900, .. });
    let errors: Vec<_> = all.into_iter().filter_map(Result::err).collect();
    (
        errors.iter().filter(|error| unknown(error)).count(),
        errors.iter().filter(|error| too_many(error)).count(),
    )
}

#[tokio::test]
async fn ten_codes_are_guessed_at_most_however_many_at_once() {
    let desk = Desk::open().await;
    let (ada, bob) = (desk.customer("ada", "0").await, desk.customer("bob", "0").await);
    make(&desk, gift(Some("GIFT"), "20")).await;
    let words: Vec<_> = (0..16).map(|number| format!("GUESS{number}")).collect();
    let all = join_all(words.iter().map(|word| redeem(&desk, ada, word, word))).await;
    assert_eq!(guessed(all), (10, 6));
    let right = redeem(&desk, ada, "GIFT", "right").await;
    assert_eq!(guessed(vec![right]), (0, 1), "it is not looked at");
    let asked = desk.app.validate_purchase(&Caller::SYSTEM, ask(ada, "100", Some("GIFT"))).await;
    assert_eq!(guessed(vec![asked]), (0, 1));
    assert_eq!(guessed(vec![buy(&desk, ask(ada, "100", Some("GIFT")), "k").await]), (0, 1));
    buy(&desk, ask(ada, "100", None), "none").await.unwrap();
    redeem(&desk, bob, "GIFT", "bob").await.unwrap();
    let bought = redeem(&desk, bob, "GUESS", "guess").await;
    assert_eq!(why(bought), NotApplicable::Unknown);
    desk.hands.pass(15 * 60 * Time::SECOND);
    let first = redeem(&desk, ada, "GIFT", "right").await.unwrap();
    join_all(words.iter().map(|word| redeem(&desk, ada, word, word))).await;
    let again = redeem(&desk, ada, "GIFT", "right").await.unwrap();
    assert_eq!(again.value, first.value, "what was answered is answered");
}

#[tokio::test]
async fn a_code_that_exists_is_no_guess() {
    let desk = Desk::open().await;
    let ada = desk.customer("ada", "0").await;
    make(&desk, gift(Some("GIFT"), "20")).await;
    make(&desk, PromotionTerms { is_active: false, ..quarter_off(Some("OVER")) }).await;
    let asked = |word| desk.app.validate_purchase(&Caller::SYSTEM, ask(ada, "100", Some(word)));
    for _ in 0..10 {
        for word in ["GIFT", "OVER"] {
            assert_eq!(asked(word).await.unwrap().hindrance.is_some(), word == "OVER");
        }
        // None of these is taken back by one that exists.
        asked("WRONG").await.unwrap();
    }
    assert_eq!(guessed(vec![asked("GIFT").await]), (0, 1));
}

#[tokio::test]
async fn a_quote_promises_a_price_and_no_use_and_no_group() {
    let desk = Desk::open().await;
    let (ada, bob) = (desk.customer("ada", "0").await, desk.customer("bob", "0").await);
    let promotion = PromotionTerms { max_uses: Some(1), ..quarter_off(Some("ONE")) };
    make(&desk, promotion).await;
    let promised = quoted(&desk, ask(ada, "100", Some("ONE"))).await;
    buy(&desk, ask(bob, "100", Some("ONE")), "k").await.unwrap();
    let late = desk.app.purchase(&Caller::SYSTEM, Some(key("k")), promised).await;
    assert_eq!(why(late), NotApplicable::Exhausted);
    let groups = Some(BTreeSet::from([UserGroup::parse("vip").unwrap()]));
    make(&desk, PromotionTerms { user_groups: groups, ..quarter_off(Some("VIP")) }).await;
    let vip = |word: Option<&str>| word.map(|word| Tag::parse(word).unwrap()).into_iter().collect();
    desk.app.set_tags(&Caller::SYSTEM, None, ada, vip(Some("vip"))).await.unwrap();
    let promised = quoted(&desk, ask(ada, "100", Some("VIP"))).await;
    desk.app.set_tags(&Caller::SYSTEM, None, ada, vip(None)).await.unwrap();
    let late = desk.app.purchase(&Caller::SYSTEM, Some(key("l")), promised).await;
    assert_eq!(why(late), NotApplicable::NotForBuyer);
}

#[tokio::test]
async fn a_newcomer_is_new_once() {
    let desk = Desk::open().await;
    let ada = desk.customer("ada", "0").await;
    let groups = Some(BTreeSet::from([UserGroup::NewUsers]));
    make(&desk, PromotionTerms { user_groups: groups.clone(), ..quarter_off(Some("ONE")) }).await;
    make(&desk, PromotionTerms { user_groups: groups, ..quarter_off(Some("TWO")) }).await;
    let both = [
        quoted(&desk, ask(ada, "100", Some("ONE"))).await,
        quoted(&desk, ask(ada, "100", Some("TWO"))).await,
    ];
    let keys = ["a", "b"];
    let all = join_all(
        both.into_iter()
            .zip(keys)
            .map(|(request, word)| desk.app.purchase(&Caller::SYSTEM, Some(key(word)), request)),
    );
    let all = all.await;
    assert_eq!(all.iter().filter(|answer| answer.is_ok()).count(), 1);
    let refused = all.into_iter().find(Result::is_err).unwrap();
    assert_eq!(why(refused), NotApplicable::NotForBuyer);
}

#[tokio::test]
async fn the_best_one_applies_alone_and_by_itself_if_it_has_no_code() {
    let desk = Desk::open().await;
    let users = [desk.customer("ada", "0").await, desk.customer("bob", "0").await];
    let tenth = Discount::Percentage("0.1".parse().unwrap());
    let tenth = make(&desk, PromotionTerms { discount: tenth, ..quarter_off(None) }).await;
    let quarter = make(&desk, quarter_off(Some("QUARTER"))).await;
    let plain = buy(&desk, ask(users[0], "100", None), "k").await.unwrap();
    let coded = buy(&desk, ask(users[1], "100", Some("QUARTER")), "k").await.unwrap();
    assert_eq!((paid(&plain).as_str(), paid(&coded).as_str()), ("9", "7.5"));
    assert_eq!((uses(&desk, &tenth).await, uses(&desk, &quarter).await), (1, 1));
    let second = buy(&desk, ask(users[0], "100", None), "l").await.unwrap();
    assert_eq!(paid(&second), "10", "once a user");
}

#[tokio::test]
async fn a_price_of_nothing_is_bought_without_a_payment() {
    let desk = Desk::open().await;
    let ada = desk.customer("ada", "0").await;
    let free = Discount::FixedAmount(Cents::from_count(1_000));
    make(&desk, PromotionTerms { discount: free, ..quarter_off(Some("FREE")) }).await;
    let bought = buy(&desk, ask(ada, "100", Some("FREE")), "k").await.unwrap();
    assert_eq!((paid(&bought).as_str(), posted(&desk, ada).await.as_str()), ("0", "100"));
    assert!(bought.value.payment_intent.unwrap().starts_with("pi_free_"));
    assert_eq!(history(&desk, ada).await[0].off, Cents::from_count(1_000));
}

#[tokio::test]
async fn free_credits_come_beside_a_purchase_as_a_grant_of_their_own() {
    let desk = Desk::open().await;
    let ada = desk.customer("ada", "0").await;
    make(&desk, gift(Some("GIFT"), "20")).await;
    let bought = buy(&desk, ask(ada, "100", Some("GIFT")), "k").await.unwrap();
    assert_eq!((paid(&bought).as_str(), bought.value.amount), ("10", amount("100")));
    assert_eq!(posted(&desk, ada).await, "120");
    let used = history(&desk, ada).await.remove(0);
    assert_eq!((used.state, used.credits), (RedemptionState::Used, amount("20")));
    let given = desk.app.get_transaction(&Caller::SYSTEM, used.transaction.unwrap()).await.unwrap();
    assert_eq!(given.transaction_type, domain::TransactionType::Promotion);
    assert_eq!(given.description, "Promotion: Autumn");
}

/// How often something is cut, at most, until all that can be left was seen.
const CUTS_MAX: usize = 400;

#[tokio::test]
async fn wherever_a_server_stops_what_a_purchase_gives_beside_is_given_once() {
    // Nothing, the purchase alone, all of it.
    let mut left = ["0", "100", "120"].map(|left| (left, 0));
    let mut stops = 0;
    for _ in 0..CUTS_MAX {
        let desk = Desk::open().await;
        let ada = desk.customer("ada", "0").await;
        let promotion = make(&desk, gift(Some("GIFT"), "20")).await;
        let buying = buy(&desk, ask(ada, "100", Some("GIFT")), "k");
        let through = Cut { inner: Box::pin(buying), polls: stops }.await.is_some();
        let had = posted(&desk, ada).await;
        left.iter_mut().filter(|(left, _)| *left == had).for_each(|(_, seen)| *seen += 1);
        if stops % 2 == 0 {
            desk.app.finish_purchases(0).await.unwrap();
            desk.app.finish_redemptions(0).await.unwrap();
        }
        buy(&desk, ask(ada, "100", Some("GIFT")), "k").await.unwrap();
        desk.app.finish_redemptions(0).await.unwrap();
        assert_eq!(posted(&desk, ada).await, "120", "stopped after {stops}");
        assert_eq!(uses(&desk, &promotion).await, 1, "stopped after {stops}");
        assert_eq!(history(&desk, ada).await.len(), 1);
        desk.app.close().await;
        if through && left.iter().all(|(_, seen)| *seen > 0) {
            return;
        }
        stops = if through { 0 } else { stops + 1 };
    }
    panic!("not all was seen that a server can leave behind: {left:?}");
}

#[tokio::test]
async fn wherever_a_server_stops_a_code_gives_once() {
    // Nothing yet, owed, given.
    let mut left = [(0, "0"), (1, "0"), (0, "5")].map(|left| (left, 0));
    let mut stops = 0;
    for _ in 0..CUTS_MAX {
        let desk = Desk::open().await;
        let ada = desk.customer("ada", "0").await;
        let promotion = make(&desk, gift(Some("GIFT"), "5")).await;
        let redeeming = redeem(&desk, ada, "GIFT", "k");
        let through = Cut { inner: Box::pin(redeeming), polls: stops }.await.is_some();
        if stops % 2 == 0 {
            let had = posted(&desk, ada).await;
            let owed = desk.app.finish_redemptions(0).await.unwrap();
            left.iter_mut().filter(|(l, _)| *l == (owed, &had)).for_each(|(_, n)| *n += 1);
        }
        let first = redeem(&desk, ada, "GIFT", "k").await.unwrap();
        let again = redeem(&desk, ada, "GIFT", "k").await.unwrap();
        assert_eq!(again, Answer { how: How::Replayed, ..first }, "stopped after {stops}");
        assert_eq!(desk.app.finish_redemptions(0).await.unwrap(), 0, "nothing is left");
        assert_eq!(posted(&desk, ada).await, "5", "stopped after {stops}");
        assert_eq!(uses(&desk, &promotion).await, 1, "stopped after {stops}");
        desk.app.close().await;
        if through && left.iter().all(|(_, seen)| *seen > 0) {
            return;
        }
        stops = if through { 0 } else { stops + 1 };
    }
    panic!("not all was seen that a server can leave behind: {left:?}");
}

#[tokio::test]
async fn people_redeem_for_themselves_and_see_their_own() {
    let desk = Desk::open().await;
    let (ada, bob) = (desk.customer("ada", "0").await, desk.customer("bob", "0").await);
    make(&desk, PromotionTerms { max_uses_per_user: 9, ..gift(Some("GIFT"), "5") }).await;
    for (caller, role, user, allowed) in [
        (ada, Role::Customer, ada, true),
        (ada, Role::Customer, bob, false),
        (bob, Role::Support, ada, false),
        (bob, Role::Finance, ada, true),
    ] {
        let request = RedeemRequest { whose: Whose::User(user), code: code("GIFT") };
        let redeemed = desk.app.redeem(&person(caller, role), key("k"), request).await;
        assert_eq!(redeemed.is_ok(), allowed, "{role:?} for {user}");
    }
    let whose = Whose::User(ada);
    let theirs = person(bob, Role::Customer);
    let seen = desk.app.list_redemptions(&theirs, whose.clone(), Page::FIRST).await;
    assert!(matches!(seen, Err(Error::Forbidden)));
    let own = desk.app.list_redemptions(&person(ada, Role::Customer), whose, Page::FIRST).await;
    assert_eq!(own.unwrap().total, 2);
}

#[tokio::test]
async fn a_purchase_of_nothing_takes_nobodys_payment() {
    let desk = Desk::open().await;
    let whole = Discount::FixedAmount(Cents::from_count(1_000));
    make(&desk, PromotionTerms { discount: whole, ..quarter_off(Some("ALL")) }).await;
    let (ada, bob) = (desk.customer("ada", "0").await, desk.customer("bob", "0").await);
    let named = |ask| PurchaseRequest {
        intent: Some(domain::PaymentIntent::parse("pi_adas").unwrap()),
        ..request(ask)
    };
    let bobs = named(ask(bob, "100", Some("ALL")));
    let bobs = desk.app.purchase(&Caller::SYSTEM, Some(key("bob")), bobs).await.unwrap();
    assert_eq!(paid(&bobs), "0");
    let adas = named(ask(ada, "100", None));
    let adas = desk.app.purchase(&Caller::SYSTEM, Some(key("ada")), adas).await.unwrap();
    assert_eq!(paid(&adas), "10", "the payment was still hers");
}
