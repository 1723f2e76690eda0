//! What is refused, what a key came to, and what others make of a subscription.

use app::ledger::How;
use app::{Answer, Caller, Error, PreviewAction, PreviewRequest, SubscriptionRefusal, Turn, Whose};
use domain::{Role, Status, SubscriptionStatus, TransitionError, instant};
use ledger::{Actor, Command, Order, command};

use super::{
    ENTERPRISE, PROFESSIONAL, STARTER, asked, change, current, pass_to, posted, subscribe, turn,
    use_up, wallet,
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
