//! What a clawback could not take is owed, and repaid by whatever frees credits.

use ledger::{Account, Command, Completion, Kind, Refusal, Shortfall, Source, WalletId, command};

use crate::book::{
    Book, DAY, SECOND, capture, clawback, credits, hold, purchase, refund, release, remove, spend,
};

/// A wallet that owes so many credits and has nothing.
fn owing(whole: i64) -> (Book, WalletId) {
    let (mut book, wallet, grant) = Book::with_credits(whole);
    book.done(spend(wallet, credits(whole)));
    book.done(clawback(wallet, grant, (100, 100), Shortfall::Owe));
    assert_eq!(book.figures(wallet), [credits(0), credits(0), credits(0), credits(whole)]);
    (book, wallet)
}

#[test]
fn a_debt_is_booked_from_the_debt_account_to_clawback_beside_no_transaction() {
    let (mut book, wallet, grant) = Book::with_credits(10);
    book.done(spend(wallet, credits(7)));
    book.done(clawback(wallet, grant, (100, 100), Shortfall::Owe));
    assert_eq!(book.kinds(), [Kind::Clawback, Kind::Owe]);
    let owe = book.journal.last().unwrap().record.posting.clone().unwrap();
    assert_eq!((owe.debit, owe.credit), (Account::Debt, Account::Clawback));
    assert_eq!(owe.amount, credits(7));
    assert_eq!(book.figures(wallet), [credits(0), credits(0), credits(0), credits(7)]);
    assert_eq!(book.wallet(wallet).balances.account_seq, 3, "grant, spend, clawback");
}

#[test]
fn other_credits_of_the_wallet_pay_it_at_once() {
    let (mut book, wallet, grant) = Book::with_credits(10);
    book.done(spend(wallet, credits(10)));
    book.grant(purchase(wallet, credits(4)));
    book.done(clawback(wallet, grant, (100, 100), Shortfall::Owe));
    assert_eq!(book.kinds(), [Kind::Clawback, Kind::Owe, Kind::Repay]);
    assert_eq!(book.figures(wallet), [credits(0), credits(0), credits(0), credits(6)]);
}

#[test]
fn the_next_grant_pays_it_first_and_the_rest_is_available() {
    let (mut book, wallet) = owing(10);
    book.grant(purchase(wallet, credits(4)));
    assert_eq!(book.kinds(), [Kind::Grant, Kind::Repay]);
    assert_eq!(book.figures(wallet), [credits(0), credits(0), credits(0), credits(6)]);
    book.grant(purchase(wallet, credits(10)));
    assert_eq!(book.figures(wallet), [credits(4), credits(0), credits(0), credits(0)]);
    assert_eq!(book.available(wallet), credits(4));
}

#[test]
fn a_refund_pays_it_too() {
    let (mut book, wallet, grant) = Book::with_credits(10);
    let spent = book.done(spend(wallet, credits(10)));
    book.done(clawback(wallet, grant, (100, 100), Shortfall::Owe));
    book.done(refund(&spent, credits(3)));
    assert_eq!(book.kinds(), [Kind::Refund, Kind::Repay]);
    assert_eq!(book.figures(wallet), [credits(0), credits(0), credits(0), credits(7)]);
}

/// A wallet whose only credits are held, and which owes two.
fn held_and_owing() -> (Book, WalletId, ledger::HoldId) {
    let (mut book, wallet, grant) = Book::with_credits(2);
    book.done(spend(wallet, credits(2)));
    book.grant(purchase(wallet, credits(5)));
    let id = book.hold(hold(wallet, credits(5)));
    book.done(clawback(wallet, grant, (100, 100), Shortfall::Owe));
    assert_eq!(book.figures(wallet), [credits(5), credits(5), credits(0), credits(2)]);
    (book, wallet, id)
}

#[test]
fn a_release_pays_it() {
    let (mut book, wallet, id) = held_and_owing();
    book.done(release(wallet, id));
    assert_eq!(book.kinds(), [Kind::Release, Kind::Repay]);
    assert_eq!(book.figures(wallet), [credits(3), credits(0), credits(0), credits(0)]);
}

#[test]
fn what_a_final_capture_leaves_pays_it() {
    let (mut book, wallet, id) = held_and_owing();
    book.done(capture(wallet, id, credits(4), Completion::Final));
    assert_eq!(book.kinds(), [Kind::Capture, Kind::Repay]);
    assert_eq!(book.figures(wallet), [credits(0), credits(0), credits(0), credits(1)]);
}

#[test]
fn a_hold_that_lapses_pays_it_at_that_instant() {
    let (mut book, wallet, id) = held_and_owing();
    let end = book.find_hold(wallet, id).state.expires_at;
    book.wait(DAY);
    book.settle(wallet);
    assert_eq!(book.instants(), [(Kind::Lapse, end), (Kind::Repay, end)]);
    assert_eq!(book.figures(wallet), [credits(3), credits(0), credits(0), credits(0)]);
}

#[test]
fn each_of_the_holds_that_lapse_at_one_instant_pays_it_in_turn() {
    let (mut book, wallet, grant) = Book::with_credits(9);
    book.done(spend(wallet, credits(9)));
    book.grant(purchase(wallet, credits(5)));
    let first = book.hold(hold(wallet, credits(2)));
    let end = book.find_hold(wallet, first).state.expires_at;
    let expires_in = end.since(book.find_hold(wallet, first).terms.created_at.plus(1));
    book.hold(command::Authorize { expires_in, ..hold(wallet, credits(3)) });
    book.done(clawback(wallet, grant, (100, 100), Shortfall::Owe));
    book.wait(DAY);
    book.settle(wallet);
    let instants = [Kind::Lapse, Kind::Repay, Kind::Lapse, Kind::Repay].map(|kind| (kind, end));
    assert_eq!(book.instants(), instants);
    assert_eq!(book.figures(wallet), [credits(0), credits(0), credits(0), credits(4)]);
}

#[test]
fn a_grant_pays_it_when_it_becomes_effective_and_not_before() {
    let (mut book, wallet) = owing(10);
    let start = book.now.plus(DAY);
    let effective_at = Some(start);
    book.grant(command::Grant { effective_at, ..purchase(wallet, credits(4)) });
    assert_eq!(book.kinds(), [Kind::Grant]);
    book.wait(DAY - 1);
    book.settle(wallet);
    assert_eq!(book.kinds(), []);
    book.wait(5 * DAY);
    book.settle(wallet);
    assert_eq!(book.instants(), [(Kind::Repay, start)]);
    assert_eq!(book.figures(wallet), [credits(0), credits(0), credits(0), credits(6)]);
}

#[test]
fn a_thaw_pays_it() {
    let (mut book, wallet, grant) = Book::with_credits(2);
    book.done(spend(wallet, credits(2)));
    let frozen = book.grant(purchase(wallet, credits(5)));
    book.done(Command::Freeze(wallet, frozen));
    book.done(clawback(wallet, grant, (100, 100), Shortfall::Owe));
    assert_eq!(book.kinds(), [Kind::Clawback, Kind::Owe], "a frozen grant pays nothing");
    book.done(Command::Thaw(wallet, frozen));
    assert_eq!(book.kinds(), [Kind::Thaw, Kind::Repay]);
    assert_eq!(book.figures(wallet), [credits(3), credits(0), credits(0), credits(0)]);
}

#[test]
fn who_owes_can_neither_spend_nor_hold_nor_be_relieved() {
    let (mut book, wallet) = owing(10);
    let (required, available, held) = (credits(1), credits(0), credits(0));
    let insufficient = Refusal::Insufficient { required, available, held };
    assert_eq!(book.refused(spend(wallet, credits(1))), insufficient);
    assert_eq!(book.refused(Command::Authorize(hold(wallet, credits(1)))), insufficient);
    assert_eq!(book.refused(remove(wallet, credits(1))), insufficient);
}

#[test]
fn it_is_repaid_in_burn_order_of_what_came_free() {
    let (mut book, wallet, grant) = Book::with_credits(6);
    book.done(spend(wallet, credits(6)));
    let second = book.grant(purchase(wallet, credits(5)));
    let terms = command::Grant { priority: 0, ..purchase(wallet, credits(4)) };
    let first = book.grant(terms);
    let id = book.hold(hold(wallet, credits(9)));
    book.done(clawback(wallet, grant, (100, 100), Shortfall::Owe));
    book.done(release(wallet, id));
    assert_eq!((book.left(wallet, first), book.left(wallet, second)), (credits(0), credits(3)));
}

#[test]
fn a_wallet_with_every_kind_of_credits_beside_a_debt_has_nothing_available() {
    let (mut book, wallet) = owing(10);
    let later = Some(book.now.plus(DAY));
    let promotion = command::Grant::plain(wallet, credits(3), Source::Promotion);
    book.grant(command::Grant { effective_at: later, ..promotion });
    book.wait(SECOND);
    assert_eq!(book.available(wallet), credits(0));
    book.wait(DAY);
    assert_eq!(book.available(wallet), credits(0), "nor before what is due is settled");
    assert_eq!(book.figures(wallet), [credits(3), credits(0), credits(0), credits(10)]);
}
