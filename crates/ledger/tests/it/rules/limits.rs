//! The bounds of a wallet, each at its last place and one behind it.

use ledger::{
    Command, Completion, Credits, GrantId, Invalid, Limit, Order, Outcome, OverCapture, Refusal,
    Shortfall, WalletId, command,
};

use crate::book::{
    ANN, Book, SECOND, capture, clawback, credits, hold, micros, purchase, release, spend, text,
};

#[test]
fn a_wallet_has_a_thousand_open_grants_at_most() {
    let (mut book, wallet) = Book::with_wallet();
    let make = Command::Grant(purchase(wallet, micros(1)));
    for _ in 0..1_000 {
        book.done(make.clone());
    }
    assert_eq!(book.refused(make.clone()), Refusal::Limit(Limit::OpenGrants));
    book.done(spend(wallet, micros(1)));
    book.done(make);
}

#[test]
fn a_wallet_has_ten_thousand_open_holds_at_most_children_counted() {
    let (book, wallet, _) = Book::with_credits(10);
    // One overlay: a commit would copy the wallet for each hold.
    let mut overlay = ledger::Overlay::new(&book.working);
    let mut apply = |command| {
        let order = Order::bare(ANN, command);
        ledger::apply(&mut overlay, book.now, &order).expect("no invariant breaks")
    };
    let place = Command::Authorize(hold(wallet, micros(2)));
    let Outcome::Applied(first) = apply(place.clone()) else { panic!("it is placed") };
    let parent = Some(ledger::HoldId(first));
    let child = command::Authorize { parent, ..hold(wallet, micros(1)) };
    for _ in 0..9_997 {
        assert!(matches!(apply(place.clone()), Outcome::Applied(_)));
    }
    let Outcome::Applied(child) = apply(Command::Authorize(child)) else { panic!("a child") };
    assert!(matches!(apply(place.clone()), Outcome::Applied(_)));
    let full = Outcome::Refused(Refusal::Limit(Limit::OpenHolds), None);
    assert_eq!(apply(place.clone()), full);
    assert!(matches!(apply(release(wallet, ledger::HoldId(child))), Outcome::Applied(_)));
    assert!(matches!(apply(place), Outcome::Applied(_)));
}

/// Grants and spends the largest amount, so often.
fn turn_over(book: &mut Book, wallet: WalletId, times: usize) -> Vec<GrantId> {
    let make = || {
        let grant = book.grant(purchase(wallet, Credits::MAX));
        book.done(spend(wallet, Credits::MAX));
        grant
    };
    std::iter::repeat_with(make).take(times).collect()
}

#[test]
fn a_debt_that_could_not_be_counted_is_refused_and_stops_nothing() {
    let (mut book, wallet) = Book::with_wallet();
    let grants = turn_over(&mut book, wallet, 2_001);
    let (last, others) = grants.split_last().expect("many");
    for grant in others {
        book.done(clawback(wallet, *grant, (1, 1), Shortfall::Owe));
    }
    let most = micros(2_000_000_000_000_000_000);
    assert_eq!(book.figures(wallet)[3], most);
    let refusal = book.refused(clawback(wallet, *last, (1, 1), Shortfall::Owe));
    assert_eq!(refusal, Refusal::Limit(Limit::Balance));
    book.done(clawback(wallet, *last, (1, 1), Shortfall::Forgive));
}

#[test]
fn a_hold_that_could_not_be_counted_is_refused_and_stops_nothing() {
    let (mut book, wallet, _) = Book::with_credits(1);
    let over_capture = OverCapture::UpToAvailable;
    let id = book.hold(command::Authorize { over_capture, ..hold(wallet, credits(1)) });
    book.done(capture(wallet, id, credits(1), Completion::Partial));
    let take = capture(wallet, id, Credits::MAX, Completion::Partial);
    for _ in 0..1_999 {
        book.grant(purchase(wallet, Credits::MAX));
        book.done(take.clone());
    }
    book.grant(purchase(wallet, Credits::MAX));
    assert_eq!(book.refused(take), Refusal::Limit(Limit::Balance));
    book.done(capture(wallet, id, credits(999_999_999), Completion::Final));
}

#[test]
fn an_order_has_eight_labels_at_most_each_named_once() {
    let (mut book, wallet, _) = Book::with_credits(10);
    let with = |names: &[&str]| {
        let labels = names.iter().map(|name| (text(name), text("x"))).collect();
        Order { labels, ..Order::bare(ANN, spend(wallet, micros(1))) }
    };
    let eight = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let nine = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];
    assert!(matches!(book.order(&with(&eight)), Outcome::Applied(_)));
    let invalid = Outcome::Refused(Refusal::Invalid(Invalid::Labels), None);
    assert_eq!(book.order(&with(&nine)), invalid);
    assert_eq!(book.order(&with(&["a", "b", "a"])), invalid);
}

#[test]
fn a_grant_has_a_priority_of_0_to_100_and_ends_after_it_begins() {
    let (mut book, wallet) = Book::with_wallet();
    let plain = purchase(wallet, credits(1));
    for priority in [-1, 101] {
        let refusal = book.refused(Command::Grant(command::Grant { priority, ..plain.clone() }));
        assert_eq!(refusal, Refusal::Invalid(Invalid::Priority));
    }
    for priority in [0, 100] {
        book.grant(command::Grant { priority, ..plain.clone() });
    }
    book.wait(SECOND);
    let now = book.now;
    let at = |micros| Some(now.plus(micros));
    let ended = [(None, at(0)), (None, at(-1)), (at(2), at(2)), (at(-9), at(0))];
    for (effective_at, expires_at) in ended {
        let terms = command::Grant { effective_at, expires_at, ..plain.clone() };
        let refusal = book.refused(Command::Grant(terms));
        assert_eq!(refusal, Refusal::Invalid(Invalid::ExpiresBeforeEffective));
    }
    let (effective_at, expires_at) = (at(2), at(3));
    book.grant(command::Grant { effective_at, expires_at, ..plain });
}
