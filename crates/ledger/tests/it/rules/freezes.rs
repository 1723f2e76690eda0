//! A frozen grant is out of reach, and its expiry clock stands still.

use ledger::{Command, Completion, GrantStatus, Kind, Refusal, Shortfall, command};

use crate::book::{
    Book, DAY, SECOND, capture, clawback, credits, hold, micros, purchase, release, spend,
};

#[test]
fn a_frozen_grant_is_not_spent_and_thaws_exactly() {
    let (mut book, wallet, grant) = Book::with_credits(10);
    book.done(Command::Freeze(wallet, grant));
    assert_eq!(book.figures(wallet), [credits(10), credits(0), credits(10), credits(0)]);
    assert_eq!(book.available(wallet), credits(0));
    let required = micros(1);
    let (available, held) = (credits(0), credits(0));
    let refusal = book.refused(spend(wallet, required));
    assert_eq!(refusal, Refusal::Insufficient { required, available, held });
    book.done(Command::Thaw(wallet, grant));
    assert_eq!(book.figures(wallet), [credits(10), credits(0), credits(0), credits(0)]);
    assert_eq!(book.available(wallet), credits(10));
}

#[test]
fn freezing_is_no_transaction() {
    let (mut book, wallet, grant) = Book::with_credits(10);
    let count = book.wallet(wallet).balances.account_seq;
    assert!(!book.done(Command::Freeze(wallet, grant)).is_transaction());
    assert!(!book.done(Command::Thaw(wallet, grant)).is_transaction());
    assert_eq!(book.wallet(wallet).balances.account_seq, count);
}

#[test]
fn its_expiry_moves_on_by_as_long_as_it_was_frozen() {
    let (mut book, wallet) = Book::with_wallet();
    let end = book.now.plus(10 * DAY);
    let terms = command::Grant { expires_at: Some(end), ..purchase(wallet, credits(10)) };
    let grant = book.grant(terms);
    book.wait(9 * DAY);
    let frozen = book.done(Command::Freeze(wallet, grant));
    book.wait(20 * DAY);
    book.settle(wallet);
    assert_eq!(book.kinds(), [], "its clock stands still");
    assert_eq!(book.find_grant(wallet, grant).status(book.now), GrantStatus::Frozen);
    let thawed = book.done(Command::Thaw(wallet, grant));
    let moved = end.plus(thawed.at.since(frozen.at));
    assert_eq!(book.find_grant(wallet, grant).state.expires_at, Some(moved));
    book.now = moved.plus(-1);
    book.done(spend(wallet, credits(1)));
    book.now = moved;
    book.settle(wallet);
    assert_eq!(book.instants(), [(Kind::Expire, moved)]);
}

#[test]
fn what_is_held_of_it_is_frozen_when_it_is_released() {
    let (mut book, wallet, grant) = Book::with_credits(10);
    let id = book.hold(hold(wallet, credits(4)));
    book.done(Command::Freeze(wallet, grant));
    assert_eq!(book.figures(wallet), [credits(10), credits(4), credits(6), credits(0)]);
    book.done(capture(wallet, id, credits(1), Completion::Partial));
    assert_eq!(book.figures(wallet), [credits(9), credits(3), credits(6), credits(0)]);
    book.done(release(wallet, id));
    assert_eq!(book.figures(wallet), [credits(9), credits(0), credits(9), credits(0)]);
}

#[test]
fn a_grant_past_its_expiry_that_thaws_expires_with_what_was_released_meanwhile() {
    let (mut book, wallet) = Book::with_wallet();
    let end = book.now.plus(SECOND);
    let terms = command::Grant { expires_at: Some(end), ..purchase(wallet, credits(10)) };
    let grant = book.grant(terms);
    let id = book.hold(hold(wallet, credits(4)));
    book.wait(2 * SECOND);
    book.done(Command::Freeze(wallet, grant));
    assert_eq!(book.kinds(), [Kind::Expire, Kind::Freeze]);
    book.done(release(wallet, id));
    assert_eq!(book.figures(wallet), [credits(4), credits(0), credits(4), credits(0)]);
    book.done(Command::Thaw(wallet, grant));
    assert_eq!(book.kinds(), [Kind::Thaw, Kind::Expire]);
    assert_eq!(book.figures(wallet), [credits(0); 4]);
}

#[test]
fn it_is_frozen_once_and_thawed_once() {
    let (mut book, wallet, grant) = Book::with_credits(10);
    assert_eq!(book.refused(Command::Thaw(wallet, grant)), Refusal::GrantNotFrozen);
    book.done(Command::Freeze(wallet, grant));
    assert_eq!(book.refused(Command::Freeze(wallet, grant)), Refusal::GrantFrozen);
    book.done(Command::Thaw(wallet, grant));
    assert_eq!(book.refused(Command::Thaw(wallet, grant)), Refusal::GrantNotFrozen);
}

#[test]
fn a_spent_grant_can_be_frozen_and_nothing_moves() {
    let (mut book, wallet, grant) = Book::with_credits(10);
    book.done(spend(wallet, credits(10)));
    book.done(Command::Freeze(wallet, grant));
    assert_eq!(book.figures(wallet), [credits(0); 4]);
    assert_eq!(book.refused(Command::Freeze(wallet, grant)), Refusal::GrantFrozen);
    book.done(Command::Thaw(wallet, grant));
    assert_eq!(book.find_grant(wallet, grant).status(book.now), GrantStatus::Spent);
}

#[test]
fn another_wallets_grant_is_unknown_here() {
    let (mut book, wallet, grant) = Book::with_credits(10);
    let other = book.open(2);
    assert_eq!(book.refused(Command::Freeze(other, grant)), Refusal::UnknownGrant);
    book.done(spend(wallet, credits(10)));
    assert_eq!(book.refused(Command::Freeze(other, grant)), Refusal::UnknownGrant);
}

#[test]
fn a_lost_chargeback_takes_the_frozen_credits() {
    let (mut book, wallet, grant) = Book::with_credits(10);
    book.done(spend(wallet, credits(3)));
    book.done(Command::Freeze(wallet, grant));
    book.done(clawback(wallet, grant, (1_999, 1_999), Shortfall::Owe));
    assert_eq!(book.kinds(), [Kind::Clawback, Kind::Owe]);
    assert_eq!(book.figures(wallet), [credits(0), credits(0), credits(0), credits(3)]);
}
