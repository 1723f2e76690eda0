//! Paused and suspended wallets: what stops, and what goes on.

use ledger::{Command, Completion, Kind, Refusal, Status};

use crate::book::{
    Book, DAY, capture, credits, extend, hold, purchase, release, remove, set_status, spend,
};

#[test]
fn no_spend_and_no_hold_while_paused_or_suspended_and_all_of_it_after() {
    for (status, refusal) in
        [(Status::Paused, Refusal::Paused), (Status::Suspended, Refusal::Suspended)]
    {
        let (mut book, wallet, _) = Book::with_credits(10);
        let id = book.hold(hold(wallet, credits(2)));
        book.done(set_status(wallet, status));
        let stopped = [
            spend(wallet, credits(1)),
            Command::Authorize(hold(wallet, credits(1))),
            Command::Authorize(crate::book::child(wallet, id, credits(1))),
            extend(wallet, id, DAY),
        ];
        for command in stopped.clone() {
            assert_eq!(book.refused(command), refusal);
        }
        book.done(set_status(wallet, Status::Active));
        for command in stopped {
            book.done(command);
        }
    }
}

#[test]
fn grants_admin_corrections_captures_and_releases_go_on() {
    let (mut book, wallet, _) = Book::with_credits(10);
    let captured = book.hold(hold(wallet, credits(2)));
    let released = book.hold(hold(wallet, credits(2)));
    book.done(set_status(wallet, Status::Paused));
    book.grant(purchase(wallet, credits(1)));
    book.done(remove(wallet, credits(1)));
    book.done(capture(wallet, captured, credits(2), Completion::Final));
    book.done(release(wallet, released));
    assert_eq!(book.figures(wallet), [credits(8), credits(0), credits(0), credits(0)]);
}

#[test]
fn a_pause_is_no_transaction() {
    let (mut book, wallet, _) = Book::with_credits(10);
    let record = book.done(set_status(wallet, Status::Paused));
    assert_eq!(book.kinds(), [Kind::SetStatus]);
    assert!(!record.is_transaction());
    assert_eq!(record.after.map(|after| after.account_seq), Some(1));
}
