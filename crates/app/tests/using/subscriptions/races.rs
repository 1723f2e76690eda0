//! Many at once, and servers that stop anywhere: each period gives its credits once.

use app::{Caller, PackagePatch, PeriodGrant};
use domain::{Reason, SubscriptionStatus, instant};
use futures::future::{join, join_all};

use super::{
    PROFESSIONAL, STARTER, asked, change, current, edit, pass_to, periods, posted, run, subscribe,
};
use crate::cut::Cut;
use crate::desk::{Desk, key};

#[tokio::test]
async fn of_many_that_subscribe_at_once_one_is_subscribed_once() {
    let desk = Desk::open().await;
    let ada = desk.customer("ada", "0").await;
    let words: Vec<_> = (0..16).map(|word| format!("key-{word}")).collect();
    let calls = words
        .iter()
        .map(|word| desk.app.subscribe(&Caller::SYSTEM, key(word), asked(ada, STARTER, None)));
    let answers = join_all(calls).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
    let same = (0..16).map(|_| change(&desk, ada, PROFESSIONAL, "one-key"));
    let changed: Vec<_> = join_all(same).await.into_iter().map(Result::unwrap).collect();
    assert!(changed.iter().all(|answer| answer.value.package.id == PROFESSIONAL));
    assert_eq!(posted(&desk, ada).await, "600", "200, and 400 for the whole month");
}

#[tokio::test]
async fn whoever_grants_a_period_it_is_granted_once() {
    let desk = Desk::open().await;
    let ada = desk.customer("ada", "0").await;
    let begun = subscribe(&desk, ada, STARTER, Some("pm_test_declined_then_recovers")).await;
    pass_to(&desk, "2026-12-01T12:00:00Z").await;
    assert_eq!(
        (current(&desk, ada).await.status, posted(&desk, ada).await.as_str()),
        (SubscriptionStatus::PastDue, "0")
    );
    let reason = Reason::parse("Paid by bank transfer").unwrap();
    let grant = || PeriodGrant { id: begun.id, reason: reason.clone() };
    let words = ["a", "b", "c", "d"];
    let admins =
        words.map(|word| desk.app.grant_subscription_period(&Caller::SYSTEM, key(word), grant()));
    let syncs = join_all((0..4).map(|_| desk.app.sync_subscription(begun.id)));
    let (admins, syncs) = join(join_all(admins), syncs).await;
    assert!(admins.iter().all(Result::is_ok), "{admins:?}");
    assert!(syncs.iter().all(Result::is_ok), "{syncs:?}");
    pass_to(&desk, "2026-12-05T12:00:00Z").await;
    assert_eq!(current(&desk, ada).await.status, SubscriptionStatus::Active);
    assert_eq!(posted(&desk, ada).await, "200");
}

#[tokio::test]
async fn wherever_a_server_stops_each_step_is_taken_once() {
    let desk = Desk::open().await;
    edit(&desk, PackagePatch { rollover_enabled: Some(true), ..PackagePatch::default() }).await;
    let mut subscribed = Vec::new();
    for stop in 0..24 {
        let user = desk.customer(&format!("user-{stop}"), "0").await;
        let asking = desk.app.subscribe(&Caller::SYSTEM, key("k"), asked(user, STARTER, None));
        Cut { inner: Box::pin(asking), polls: stop }.await;
        let begun = desk.app.subscribe(&Caller::SYSTEM, key("k"), asked(user, STARTER, None)).await;
        subscribed.push((user, begun.unwrap().value.id));
    }
    for (month, posted_then) in [("2026-12", "400"), ("2027-01", "400")] {
        desk.app.ledger().advance_clock(instant::parse(&format!("{month}-01T12:30:00Z")).unwrap());
        for (stop, (_, id)) in subscribed.iter().enumerate() {
            for polls in [stop, stop / 2, 24 - stop] {
                Cut { inner: Box::pin(desk.app.sync_subscription(*id)), polls }.await;
            }
        }
        run(&desk).await;
        for (user, _) in &subscribed {
            assert_eq!(posted(&desk, *user).await, posted_then, "{month} {user}");
        }
    }
}

#[tokio::test]
async fn an_upgrade_that_was_not_charged_is_not_charged_once_the_subscription_has_ended() {
    let desk = Desk::open().await;
    let mut waiting = 0;
    // How often it is woken depends on who else is at work: again until one waited.
    for (turn, stop) in (0..32).cycle().enumerate().take(320) {
        if turn >= 32 && waiting > 0 {
            break;
        }
        let user = desk.customer(&format!("user-{turn}"), "0").await;
        let id = subscribe(&desk, user, STARTER, None).await.id;
        Cut { inner: Box::pin(change(&desk, user, PROFESSIONAL, "up")), polls: stop }.await;
        let waits = periods(&desk, id).await.contains("collecting");
        let word = format!("end-{turn}");
        desk.app.end_subscription(&Caller::SYSTEM, key(&word), id).await.unwrap();
        run(&desk).await;
        if waits {
            waiting += 1;
            assert_eq!(posted(&desk, user).await, "200", "{stop}");
            assert!(periods(&desk, id).await.ends_with("failed"), "{stop}");
        }
    }
    assert!(waiting > 0);
}
