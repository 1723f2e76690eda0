//! Grants and holds end at their instant, whether or not a job has run.

use ledger::{Command, Completion, HoldStatus, Kind, OnExpiry, Refusal, WalletId, command};

use crate::book::{
    Book, DAY, SECOND, capture, child, credits, hold, micros, purchase, release, spend,
};

fn expiring(book: &mut Book, wallet: WalletId, whole: i64, after: i64) -> ledger::GrantId {
    let expires_at = Some(book.now.plus(after));
    book.grant(command::Grant { expires_at, ..purchase(wallet, credits(whole)) })
}

#[test]
fn a_grant_is_spendable_until_a_microsecond_before_its_expiry() {
    let (mut book, wallet) = Book::with_wallet();
    expiring(&mut book, wallet, 10, DAY);
    book.wait(DAY - 1);
    book.done(spend(wallet, credits(4)));
    book.wait(1);
    let refusal = book.refused(spend(wallet, micros(1)));
    let (required, nothing) = (micros(1), credits(0));
    assert_eq!(
        refusal,
        Refusal::Insufficient { required, available: nothing, held: nothing },
        "at the instant itself it is not"
    );
    assert_eq!(book.kinds(), [Kind::Expire]);
}

#[test]
fn an_expiry_found_late_took_effect_at_its_instant() {
    let (mut book, wallet) = Book::with_wallet();
    let grant = expiring(&mut book, wallet, 10, DAY);
    let instant = book.now.plus(DAY);
    book.wait(40 * DAY);
    assert!(book.wallet(wallet).is_due(book.now));
    book.settle(wallet);
    assert!(!book.wallet(wallet).is_due(book.now));
    assert_eq!(book.instants(), [(Kind::Expire, instant)]);
    assert_eq!(book.find_grant(wallet, grant).state.expired, credits(10));
    assert_eq!(book.figures(wallet), [credits(0); 4]);
}

#[test]
fn what_is_due_is_settled_in_the_order_of_its_instants() {
    let (mut book, wallet) = Book::with_wallet();
    let begun = book.now;
    expiring(&mut book, wallet, 10, 3 * DAY);
    expiring(&mut book, wallet, 10, DAY);
    book.hold(command::Authorize { expires_in: 2 * DAY, ..hold(wallet, credits(1)) });
    book.wait(9 * DAY);
    book.settle(wallet);
    let due = [
        (Kind::Expire, begun.plus(DAY)),
        (Kind::Lapse, begun.plus(2 * DAY)),
        // The hold's credit had been the grant's of the first day.
        (Kind::Expire, begun.plus(2 * DAY)),
        (Kind::Expire, begun.plus(3 * DAY)),
    ];
    let instants = book.instants();
    assert_eq!(instants.len(), due.len());
    for ((kind, instant), (expected, after)) in instants.into_iter().zip(due) {
        // Grants and hold were made some microseconds after each other.
        let off_by = instant.since(after);
        assert_eq!(kind, expected);
        assert!((0..10).contains(&off_by), "{kind:?} is {off_by} µs off");
    }
}

#[test]
fn at_one_instant_children_lapse_before_their_parent_and_holds_before_grants_expire() {
    let (mut book, wallet) = Book::with_wallet();
    let end = book.now.plus(DAY);
    let plain = purchase(wallet, credits(10));
    book.grant(command::Grant { expires_at: Some(end), ..plain });
    let until =
        |book: &Book| end.since(book.now.max(book.journal.last().unwrap().record.at.plus(1)));
    let expires_in = until(&book);
    let parent = book.hold(command::Authorize { expires_in, ..hold(wallet, credits(6)) });
    let expires_in = 2 * DAY;
    let inner = book.hold(command::Authorize { expires_in, ..child(wallet, parent, credits(4)) });
    let inmost = book.hold(command::Authorize { expires_in, ..child(wallet, inner, credits(2)) });
    let expires_in = until(&book);
    let other = book.hold(command::Authorize { expires_in, ..hold(wallet, credits(1)) });
    book.wait(30 * DAY);
    book.settle(wallet);
    assert_eq!(
        book.instants(),
        [
            (Kind::Lapse, end),
            (Kind::Lapse, end),
            (Kind::Lapse, end),
            (Kind::Lapse, end),
            (Kind::Expire, end),
        ]
    );
    let closed: Vec<_> =
        book.journal.iter().rev().skip(1).take(4).map(|s| s.record.holds[0].id).collect();
    assert_eq!(closed, [other, parent, inner, inmost], "the last first");
}

#[test]
fn held_credits_outlive_their_grant_and_can_be_captured() {
    let (mut book, wallet) = Book::with_wallet();
    let grant = expiring(&mut book, wallet, 10, SECOND);
    let id = book.hold(hold(wallet, credits(6)));
    book.wait(60 * SECOND);
    book.settle(wallet);
    assert_eq!(book.left(wallet, grant), credits(6), "what was not held is gone");
    book.done(capture(wallet, id, credits(5), Completion::Partial));
    assert_eq!(book.kinds(), [Kind::Capture]);
    assert_eq!(book.figures(wallet), [credits(1), credits(1), credits(0), credits(0)]);
}

#[test]
fn what_a_command_frees_of_a_grant_past_its_expiry_expires_with_that_command() {
    for (close, kind) in [(None, Kind::Release), (Some(credits(2)), Kind::Capture)] {
        let (mut book, wallet) = Book::with_wallet();
        let grant = expiring(&mut book, wallet, 10, SECOND);
        let id = book.hold(hold(wallet, credits(6)));
        book.wait(60 * SECOND);
        book.settle(wallet);
        match close {
            None => book.done(release(wallet, id)),
            Some(amount) => book.done(capture(wallet, id, amount, Completion::Final)),
        };
        assert_eq!(book.kinds(), [kind, Kind::Expire]);
        assert_eq!(book.figures(wallet), [credits(0); 4]);
        assert_eq!(book.left(wallet, grant), credits(0));
    }
}

#[test]
fn a_hold_that_is_captured_when_it_expires_charges_what_is_left_of_it() {
    let (mut book, wallet, _) = Book::with_credits(10);
    let terms = command::Authorize { on_expiry: OnExpiry::Capture, ..hold(wallet, credits(6)) };
    let id = book.hold(terms);
    book.done(capture(wallet, id, credits(2), Completion::Partial));
    book.wait(DAY);
    let refusal = book.refused(capture(wallet, id, credits(1), Completion::Partial));
    assert_eq!(refusal, Refusal::HoldSettled, "it was captured");
    assert_eq!(book.kinds(), [Kind::Capture]);
    assert_eq!(book.find_hold(wallet, id).state.status, HoldStatus::Captured);
    assert_eq!(book.find_hold(wallet, id).state.captured, credits(6));
    assert_eq!(book.figures(wallet), [credits(4), credits(0), credits(0), credits(0)]);
}

#[test]
fn with_nothing_left_to_charge_it_lapses() {
    let (mut book, wallet, _) = Book::with_credits(10);
    let terms = command::Authorize { on_expiry: OnExpiry::Capture, ..hold(wallet, credits(6)) };
    let id = book.hold(terms);
    book.done(capture(wallet, id, credits(6), Completion::Partial));
    book.wait(DAY);
    book.settle(wallet);
    assert_eq!(book.kinds(), [Kind::Lapse]);
    assert_eq!(book.find_hold(wallet, id).state.status, HoldStatus::Expired);
}

#[test]
fn what_falls_due_while_the_records_of_a_settlement_pass_is_settled_too() {
    let (mut book, wallet, _) = Book::with_credits(10);
    let first = book.hold(command::Authorize { expires_in: SECOND, ..hold(wallet, credits(1)) });
    let second = book.hold(command::Authorize { expires_in: SECOND, ..hold(wallet, credits(1)) });
    let end = book.find_hold(wallet, first).state.expires_at;
    assert_eq!(book.find_hold(wallet, second).state.expires_at, end.plus(1));
    book.now = end;
    // The record of the first lapse takes the instant; the next is the second's expiry.
    let refusal = book.refused(capture(wallet, second, credits(1), Completion::Final));
    assert_eq!(refusal, Refusal::HoldExpired);
    assert_eq!(book.instants(), [(Kind::Lapse, end), (Kind::Lapse, end.plus(1))]);
}

#[test]
fn settling_twice_does_nothing_the_second_time() {
    let (mut book, wallet) = Book::with_wallet();
    expiring(&mut book, wallet, 10, SECOND);
    book.wait(SECOND);
    book.settle(wallet);
    book.settle(wallet);
    assert_eq!(book.kinds(), []);
    let settled = book.order(&ledger::Order::bare(ledger::Actor::System, Command::Settle(wallet)));
    assert_eq!(settled, ledger::Outcome::Applied(book.journal.last().unwrap().record.seq));
}
