//! Balances at past instants: credits are gone at their expiry, not when that
//! is recorded.

use app::{BalanceRequest, Caller, GrantRequestTerms, Whose};
use domain::{Time, UserId};

use crate::desk::{Desk, NOON, amount, plain, pointer, program, spend};

async fn at(desk: &Desk, user: UserId, at: Time) -> String {
    let request = BalanceRequest { whose: Whose::User(user), at: Some(at), min_seq: None };
    desk.app.balance(&Caller::SYSTEM, request).await.unwrap().current.to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_past_balance_counts_what_had_taken_effect_by_then() {
    let desk = Desk::open().await;
    let user = desk.customer("ada", "0").await;
    let hour = 3_600 * Time::SECOND;
    let expires_at = Some(NOON.plus(3 * hour));
    let terms = GrantRequestTerms { expires_at, ..GrantRequestTerms::default() };
    desk.hands.pass(hour);
    desk.grant(user, "30", terms).await;
    desk.grant(user, "50", GrantRequestTerms::default()).await;
    desk.hands.pass(hour);
    let worker = program("worker", "credits:spend");
    desk.app.spend(&worker, None, spend(user, plain("10"))).await.unwrap();
    // Nothing touches the wallet at its expiry; that is recorded hours later.
    desk.hands.pass(4 * hour);
    desk.app.spend(&worker, None, spend(user, plain("5"))).await.unwrap();
    let minute = 60 * Time::SECOND;
    desk.hands.pass(minute);
    for (instant, expected) in [
        (NOON.plus(minute), "0"),
        (NOON.plus(hour + minute), "80"),
        (NOON.plus(2 * hour + minute), "70"),
        (NOON.plus(3 * hour - 1), "70"),
        (NOON.plus(3 * hour), "50"),
        (NOON.plus(6 * hour), "50"),
        (NOON.plus(6 * hour + minute), "45"),
    ] {
        assert_eq!(at(&desk, user, instant).await, expected, "{instant}");
    }
    let future =
        BalanceRequest { whose: Whose::User(user), at: Some(NOON.plus(7 * hour)), min_seq: None };
    assert_eq!(pointer(desk.app.balance(&Caller::SYSTEM, future).await), "/at");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_present_balance_tells_what_is_held_and_what_expires_next() {
    let desk = Desk::open().await;
    let user = desk.customer("ada", "50").await;
    let expires_at = Some(NOON.plus(Time::DAY));
    let terms = GrantRequestTerms { expires_at, ..GrantRequestTerms::default() };
    desk.grant(user, "30", terms).await;
    let worker = program("worker", "credits:spend,credits:read");
    desk.app.authorize(&worker, None, crate::desk::hold(user, plain("10"))).await.unwrap();
    let request = BalanceRequest { whose: Whose::User(user), at: None, min_seq: None };
    let balance = desk.app.balance(&worker, request).await.unwrap();
    let present = balance.present.unwrap();
    assert_eq!(balance.current, amount("80"));
    assert_eq!((present.available, present.held), (amount("70"), amount("10")));
    let next = present.expiring_next.unwrap();
    assert_eq!((next.amount, next.at), (amount("20"), NOON.plus(Time::DAY)));
    assert_eq!(balance.as_of_seq, desk.app.ledger().head().seq);
}
