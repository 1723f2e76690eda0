//! What is refused, what a key came to, and what others make of a subscription.

use app::ledger::{How, SubmitError};
use app::{
    Answer, BalanceRequest, Caller, Change, Error, GrantRequestTerms, PackagePatch, PeriodGrant,
    PreviewAction, PreviewRequest, SubscriptionRefusal, Turn, Whose,
};
use domain::{
    Cents, Limit, Reason, Refusal, Role, Source, Status, SubscriptionStatus, TransitionError,
    Trial, instant,
};
use ledger::{Actor, Command, Order, command};

use tokio::task::{AbortHandle, JoinSet};

use super::{
    ENTERPRISE, PROFESSIONAL, STARTER, asked, change, current, edit, pass_to, periods, posted,
    subscribe, turn, use_up, wallet,
};
use crate::desk::{Desk, amount, key, person, pointer};

#[tokio::test]
async fn an_upgrade_that_is_declined_changes_nothing() {
    let desk = Desk::open().await;
    let ada = desk.customer("ada", "0").await;
    subscribe(&desk, ada, STARTER, Some("pm_test_declined_on_renewal")).await;
    for _ in 0..2 {
        let declined = change(&desk, ada, ENTERPRISE, "up").await;
        assert!(matches!(declined, Err(Error::PaymentDeclined)), "{declined:?}");
    }
    let view = current(&desk, ada).await;
    assert_eq!((view.package.id, posted(&desk, ada).await.as_str()), (STARTER, "200"));
}

#[tokio::test]
async fn a_first_payment_that_is_declined_leaves_nothing_and_one_that_waits_can_be_asked_for() {
    let desk = Desk::open().await;
    let ada = desk.customer("ada", "0").await;
    let ask = |method| desk.app.subscribe(&Caller::SYSTEM, key("k"), asked(ada, STARTER, method));
    for _ in 0..2 {
        let declined = ask(Some("pm_test_declined")).await;
        assert!(matches!(declined, Err(Error::PaymentDeclined)), "{declined:?}");
    }
    let late = Some("pm_test_confirms_late");
    let waits = desk.app.subscribe(&Caller::SYSTEM, key("l"), asked(ada, STARTER, late)).await;
    assert!(matches!(waits, Err(Error::PaymentNeeded { confirm: Some(_) })), "{waits:?}");
    assert_eq!(posted(&desk, ada).await, "0");
    pass_to(&desk, "2026-11-01T13:00:00Z").await;
    assert_eq!(posted(&desk, ada).await, "200", "the job saw that it was paid");
    let paid = desk.app.subscribe(&Caller::SYSTEM, key("l"), asked(ada, STARTER, late)).await;
    assert_eq!(paid.unwrap().value.status, SubscriptionStatus::Active);
}

#[tokio::test]
async fn a_trial_whose_card_waits_for_its_owner_says_so_until_they_confirmed() {
    let desk = Desk::open().await;
    let ada = desk.customer("ada", "0").await;
    let trial = Change::Set(Trial { days: 14, credits: amount("20") });
    edit(&desk, PackagePatch { trial, ..PackagePatch::default() }).await;
    let begun = subscribe(&desk, ada, STARTER, Some("pm_test_confirms_late")).await;
    let asks = begun.card_setup.unwrap();
    assert_eq!((asks.status, asks.client_secret.is_some()), ("requires_action", true));
    assert_eq!(current(&desk, ada).await.card_setup, Some(asks));
    assert_eq!(posted(&desk, ada).await, "20", "it begins all the same");
    pass_to(&desk, "2026-11-01T13:00:00Z").await;
    assert_eq!(current(&desk, ada).await.card_setup, None);
    pass_to(&desk, "2026-11-16T12:00:00Z").await;
    assert_eq!(current(&desk, ada).await.status, SubscriptionStatus::Active);
}

#[tokio::test]
async fn a_key_has_one_outcome_and_a_refusal_is_one() {
    let desk = Desk::open().await;
    let ada = desk.customer("ada", "0").await;
    let ask = || desk.app.subscribe(&Caller::SYSTEM, key("k"), asked(ada, STARTER, None));
    let first = ask().await.unwrap();
    use_up(&desk, ada, "10").await;
    assert_eq!(ask().await.unwrap(), Answer { how: How::Replayed, ..first });
    let second = desk.app.subscribe(&Caller::SYSTEM, key("l"), asked(ada, STARTER, None)).await;
    let exists = |error: &Error| {
        matches!(error, Error::Subscription { refusal: SubscriptionRefusal::Exists, .. })
    };
    assert!(exists(&second.unwrap_err()));
    turn(&desk, ada, Turn::Cancel, "c").await.unwrap();
    pass_to(&desk, "2026-12-01T12:00:00Z").await;
    let again = desk.app.subscribe(&Caller::SYSTEM, key("l"), asked(ada, STARTER, None)).await;
    let again = again.unwrap_err();
    assert!(exists(&again) && again.how() == How::Replayed, "{again:?}");
    let resumed = turn(&desk, ada, Turn::Resume, "r").await;
    assert!(matches!(resumed, Err(Error::NotFound)), "{resumed:?}");
}

#[tokio::test]
async fn a_package_rate_is_for_who_pays_for_it() {
    let desk = Desk::open().await;
    let ada = desk.customer("ada", "0").await;
    let caller = person(ada, Role::Customer);
    let yours = || async { desk.app.rate(Some(&caller)).await.unwrap().yours.unwrap().to_string() };
    assert_eq!(yours().await, "0.1");
    subscribe(&desk, ada, ENTERPRISE, None).await;
    assert_eq!(yours().await, "0.0667");
    turn(&desk, ada, Turn::Pause { reason: None }, "p").await.unwrap();
    assert_eq!(yours().await, "0.0667", "until what is paid for ends");
    pass_to(&desk, "2026-12-01T12:00:00Z").await;
    assert_eq!(yours().await, "0.1");
    turn(&desk, ada, Turn::Resume, "r").await.unwrap();
    assert_eq!(yours().await, "0.1", "until it is paid for again");
    pass_to(&desk, "2027-01-01T12:00:00Z").await;
    assert_eq!(yours().await, "0.0667");
}

#[tokio::test]
async fn a_paused_account_subscribes_to_nothing_and_keeps_being_given_what_is_paid() {
    let desk = Desk::open().await;
    let (ada, bob) = (desk.customer("ada", "0").await, desk.customer("bob", "0").await);
    subscribe(&desk, ada, STARTER, None).await;
    for user in [ada, bob] {
        let wallet = wallet(&desk, user).await.id;
        let set = Command::SetStatus(command::SetStatus { wallet, status: Status::Paused });
        desk.app.ledger().submit(Order::bare(Actor::System, set)).await.unwrap();
    }
    let refused = desk.app.subscribe(&Caller::SYSTEM, key("b"), asked(bob, STARTER, None)).await;
    assert!(refused.is_err());
    let upgrade = change(&desk, ada, PROFESSIONAL, "u").await;
    assert!(upgrade.is_err());
    pass_to(&desk, "2026-12-01T12:00:00Z").await;
    assert_eq!(posted(&desk, ada).await, "200");
    turn(&desk, ada, Turn::Cancel, "c").await.unwrap();
}

#[tokio::test]
async fn a_preview_says_what_then_happens() {
    let desk = Desk::open().await;
    let ada = desk.customer("ada", "0").await;
    let preview = |action| {
        desk.app.preview_subscription(
            &Caller::SYSTEM,
            PreviewRequest { whose: Whose::User(ada), action },
        )
    };
    let subscribing = preview(PreviewAction::Subscribe(STARTER)).await.unwrap();
    assert_eq!(subscribing.price.to_price(), "19.99");
    subscribe(&desk, ada, STARTER, None).await;
    pass_to(&desk, "2026-11-11T12:00:00Z").await;
    let upgrade = preview(PreviewAction::Change(ENTERPRISE)).await.unwrap();
    assert_eq!(upgrade.price.to_price(), "53.33");
    change(&desk, ada, ENTERPRISE, "u").await.unwrap();
    let given = upgrade.credits.checked_add(amount("200")).unwrap();
    assert_eq!(posted(&desk, ada).await, given.to_string());
    let smaller = preview(PreviewAction::Change(STARTER)).await.unwrap();
    assert_eq!(
        (smaller.price.to_price().as_str(), instant::format(smaller.at).as_str()),
        ("0.00", "2026-12-01T12:00:00Z")
    );
    let same = preview(PreviewAction::Change(ENTERPRISE)).await;
    assert_eq!(pointer(same), "/package_id");
    let resume = preview(PreviewAction::Resume).await.unwrap();
    let refusal = SubscriptionRefusal::State(TransitionError::NotPaused);
    assert_eq!(resume.hindrance, Some(app::PreviewHindrance::Subscription(refusal)));
}

#[tokio::test]
async fn a_key_that_began_a_subscription_begins_no_other_once_it_has_ended() {
    let desk = Desk::open().await;
    let ada = desk.customer("ada", "0").await;
    let late = Some("pm_test_confirms_late");
    let ask = || desk.app.subscribe(&Caller::SYSTEM, key("k"), asked(ada, STARTER, late));
    assert!(matches!(ask().await, Err(Error::PaymentNeeded { .. })));
    pass_to(&desk, "2026-11-02T12:00:00Z").await;
    turn(&desk, ada, Turn::Cancel, "c").await.unwrap();
    pass_to(&desk, "2026-12-01T12:00:00Z").await;
    let answer = ask().await.unwrap().value;
    assert_eq!(answer.status, SubscriptionStatus::Cancelled, "it was paid, and has ended since");
    assert_eq!(posted(&desk, ada).await, "0");
}

#[tokio::test]
async fn a_wallet_without_room_pays_for_nothing_and_can_be_turned() {
    let desk = Desk::open().await;
    let (ada, bob) = (desk.customer("ada", "0").await, desk.customer("bob", "0").await);
    subscribe(&desk, ada, STARTER, None).await;
    for (user, grants) in [(ada, 999), (bob, 1_000)] {
        let wallet = wallet(&desk, user).await.id;
        let grant = command::Grant::plain(wallet, amount("0.000001"), Source::Admin);
        let order = || Order::bare(Actor::System, Command::Grant(grant.clone()));
        for granted in desk.app.ledger().submit_each((0..grants).map(|_| order()).collect()).await {
            granted.unwrap();
        }
    }
    let full = |error: Error| {
        let refusal = Refusal::Limit(Limit::OpenGrants);
        matches!(error, Error::Submit(SubmitError::Refused { refusal: it, .. }) if it == refusal)
    };
    let ask = || desk.app.subscribe(&Caller::SYSTEM, key("b"), asked(bob, STARTER, None));
    assert!(full(ask().await.unwrap_err()));
    assert!(full(change(&desk, ada, PROFESSIONAL, "u").await.unwrap_err()));
    assert_eq!(current(&desk, ada).await.package.id, STARTER);
    // The month's own grant expires and makes room, which somebody takes.
    desk.app.ledger().advance_clock(instant::parse("2026-12-01T12:00:00Z").unwrap());
    desk.grant(ada, "1", GrantRequestTerms::default()).await;
    turn(&desk, ada, Turn::Cancel, "c").await.unwrap();
    turn(&desk, ada, Turn::Cancel, "c").await.unwrap();
}

#[tokio::test]
async fn who_goes_back_to_their_package_keeps_its_terms_whatever_is_offered_now() {
    let desk = Desk::open().await;
    let ada = desk.customer("ada", "0").await;
    subscribe(&desk, ada, PROFESSIONAL, None).await;
    change(&desk, ada, STARTER, "down").await.unwrap();
    let dearer = Some(Cents::from_count(99_900));
    let patch = PackagePatch { monthly_price: dearer, ..PackagePatch::default() };
    desk.app.update_package(&Caller::SYSTEM, None, PROFESSIONAL, patch).await.unwrap();
    let whose = Whose::User(ada);
    let request = PreviewRequest { whose, action: PreviewAction::Change(PROFESSIONAL) };
    let preview = desk.app.preview_subscription(&Caller::SYSTEM, request).await.unwrap();
    assert_eq!(preview.price.to_price(), "0.00");
    let kept = change(&desk, ada, PROFESSIONAL, "back").await.unwrap().value;
    assert_eq!((kept.next, kept.package.version), (None, 1));
    assert_eq!(posted(&desk, ada).await, "600");
}

#[tokio::test]
async fn an_upgrade_that_is_too_little_to_be_paid_waits_for_the_next_period() {
    let desk = Desk::open().await;
    let ada = desk.customer("ada", "0").await;
    subscribe(&desk, ada, STARTER, None).await;
    pass_to(&desk, "2026-12-01T11:50:00Z").await;
    let waits = change(&desk, ada, PROFESSIONAL, "up").await.unwrap().value;
    assert_eq!(waits.package.id, STARTER);
    assert_eq!(waits.next.map(|next| next.id), Some(PROFESSIONAL));
    assert_eq!(posted(&desk, ada).await, "200");
}

#[tokio::test]
async fn more_credits_for_the_same_price_are_given_at_once() {
    let desk = Desk::open().await;
    let ada = desk.customer("ada", "0").await;
    subscribe(&desk, ada, STARTER, None).await;
    let more = PackagePatch { credit_amount: Some(amount("300")), ..PackagePatch::default() };
    edit(&desk, more).await;
    pass_to(&desk, "2026-11-16T12:00:00Z").await;
    change(&desk, ada, STARTER, "up").await.unwrap();
    assert_eq!(posted(&desk, ada).await, "250", "half of the difference");
}

#[tokio::test]
async fn a_package_rate_ends_with_the_period_though_nobody_looked() {
    let desk = Desk::open().await;
    let ada = desk.customer("ada", "0").await;
    let caller = person(ada, Role::Customer);
    let yours = || async { desk.app.rate(Some(&caller)).await.unwrap().yours.unwrap().to_string() };
    subscribe(&desk, ada, ENTERPRISE, None).await;
    turn(&desk, ada, Turn::Cancel, "c").await.unwrap();
    assert_eq!(yours().await, "0.0667");
    desk.app.ledger().advance_clock(instant::parse("2026-12-01T12:00:00Z").unwrap());
    assert_eq!(yours().await, "0.1");
}

#[tokio::test]
async fn what_expired_of_an_ended_subscription_was_not_used() {
    let desk = Desk::open().await;
    let ada = desk.customer("ada", "0").await;
    let begun = subscribe(&desk, ada, STARTER, None).await;
    use_up(&desk, ada, "50").await;
    turn(&desk, ada, Turn::Pause { reason: Some(Reason::parse("Away").unwrap()) }, "p")
        .await
        .unwrap();
    assert_eq!(turn(&desk, ada, Turn::Resume, "r").await.unwrap().pause_reason, None);
    turn(&desk, ada, Turn::Cancel, "c").await.unwrap();
    pass_to(&desk, "2026-12-02T12:00:00Z").await;
    wallet(&desk, ada).await;
    let ended = desk.app.get_subscription(&Caller::SYSTEM, begun.id).await.unwrap();
    assert_eq!(ended.figures.used.to_string(), "50");
}

#[tokio::test]
async fn a_balance_says_what_of_the_period_is_used_to_its_end_and_right_behind_it() {
    let desk = Desk::open().await;
    let (ada, bob) = (desk.customer("ada", "0").await, desk.customer("bob", "0").await);
    subscribe(&desk, ada, STARTER, None).await;
    change(&desk, ada, PROFESSIONAL, "up").await.unwrap();
    let posted = posted(&desk, ada).await;
    let used = |user| {
        let request = BalanceRequest { whose: Whose::User(user), at: None, min_seq: None };
        let balance = desk.app.balance(&Caller::SYSTEM, request);
        async { balance.await.unwrap().subscription.map(|view| view.figures.used.to_string()) }
    };
    assert_eq!(used(ada).await.as_deref(), Some("0"));
    // All of the month's, and some of what the upgrade gave.
    use_up(&desk, ada, "250").await;
    assert_eq!(used(ada).await.as_deref(), Some("250"));
    let eve = desk.customer("eve", "0").await;
    subscribe(&desk, bob, STARTER, None).await;
    subscribe(&desk, eve, STARTER, None).await;
    use_up(&desk, bob, "50").await;
    use_up(&desk, eve, "200").await;
    let cancelled = turn(&desk, eve, Turn::Cancel, "eve").await.unwrap();
    assert_eq!(cancelled.figures.used.to_string(), "200");
    // It is over, and nobody has gone on to the next one yet.
    desk.app.ledger().advance_clock(instant::parse("2026-12-01T12:00:00Z").unwrap());
    assert_eq!(used(bob).await.as_deref(), Some("50"));
    assert_eq!(used(ada).await.as_deref(), Some("250"), "of {posted}");
    assert_eq!(used(desk.customer("cid", "0").await).await, None);
}

#[tokio::test]
async fn of_many_who_look_at_once_each_sees_their_own_and_who_left_hinders_nobody() {
    let desk = Desk::open().await;
    let mut users = Vec::new();
    for number in 0..12 {
        let user = desk.customer(&format!("user{number}"), "0").await;
        if number % 3 == 0 {
            subscribe(&desk, user, STARTER, None).await;
        }
        users.push(user);
    }
    for round in 0..20 {
        let (mut looks, mut leaving) = (JoinSet::new(), Vec::new());
        for (place, user) in users.iter().copied().enumerate() {
            let request = BalanceRequest { whose: Whose::User(user), at: None, min_seq: None };
            let app = desk.app.clone();
            let look = looks.spawn(async move {
                (place, app.balance(&Caller::SYSTEM, request).await.unwrap())
            });
            leaving.extend(Some(look).filter(|_| (place + round) % 5 == 0));
        }
        for _ in 0..round {
            tokio::task::yield_now().await;
        }
        leaving.iter().for_each(AbortHandle::abort);
        let mut seen = 0;
        while let Some(look) = looks.join_next().await {
            let (place, balance) = match look {
                Ok(seen) => seen,
                Err(error) => {
                    assert!(error.is_cancelled(), "{error}");
                    continue;
                }
            };
            let of = balance.subscription.map(|view| view.user);
            let user = users[place];
            assert_eq!((balance.user, of), (user, (place % 3 == 0).then_some(user)));
            seen += 1;
        }
        assert!(seen >= users.len() - leaving.len(), "{seen}");
    }
}

#[tokio::test]
async fn nothing_is_given_by_leave_where_nothing_is_owed() {
    let desk = Desk::open().await;
    let ada = desk.customer("ada", "0").await;
    let begun = subscribe(&desk, ada, STARTER, None).await;
    turn(&desk, ada, Turn::Pause { reason: None }, "p").await.unwrap();
    pass_to(&desk, "2026-12-02T12:00:00Z").await;
    let reason = Reason::parse("A favour").unwrap();
    for how in [How::Applied, How::Replayed] {
        let grant = PeriodGrant { id: begun.id, reason: reason.clone() };
        let refused = desk.app.grant_subscription_period(&Caller::SYSTEM, key("g"), grant).await;
        let refused = refused.unwrap_err();
        let refusal = SubscriptionRefusal::State(TransitionError::NotAwaited);
        let is = matches!(&refused, Error::Subscription { refusal: it, .. } if *it == refusal);
        assert!(is && refused.how() == how, "{refused:?}");
    }
}

#[tokio::test]
async fn who_ends_it_while_a_payment_fails_is_not_charged_later() {
    let desk = Desk::open().await;
    let ada = desk.customer("ada", "0").await;
    let begun = subscribe(&desk, ada, STARTER, Some("pm_test_declined_then_recovers")).await;
    pass_to(&desk, "2026-12-01T13:00:00Z").await;
    assert_eq!(current(&desk, ada).await.status, SubscriptionStatus::PastDue);
    turn(&desk, ada, Turn::Cancel, "cancel").await.unwrap();
    for day in ["02", "04", "09"] {
        pass_to(&desk, &format!("2026-12-{day}T13:00:00Z")).await;
    }
    let periods = periods(&desk, begun.id).await;
    assert!(periods.lines().last().unwrap().contains(": failed"), "{periods}");
}
