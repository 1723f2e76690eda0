//! One amount is more than nothing and at most 1 000 000 000 credits.

use ledger::{Command, Completion, Credits, Refusal};

use crate::book::{Book, capture, credits, hold, micros, purchase, refund, remove, spend};

#[test]
fn nothing_less_and_nothing_more_is_an_amount() {
    let (mut book, wallet, _) = Book::with_credits(10);
    let spent = book.done(spend(wallet, credits(1)));
    let id = book.hold(hold(wallet, credits(1)));
    let above = micros(Credits::MAX.micros() + 1);
    for amount in [credits(0), micros(-1), above, micros(i64::MAX), micros(i64::MIN)] {
        let commands = [
            Command::Grant(purchase(wallet, amount)),
            spend(wallet, amount),
            Command::Authorize(hold(wallet, amount)),
            capture(wallet, id, amount, Completion::Partial),
            remove(wallet, amount),
            refund(&spent, amount),
        ];
        for command in commands {
            assert_eq!(book.refused(command), Refusal::AmountOutOfRange);
        }
    }
    book.grant(purchase(wallet, Credits::MAX));
    book.done(spend(wallet, micros(1)));
}

#[test]
fn an_admin_removes_unheld_credits_only() {
    let (mut book, wallet, _) = Book::with_credits(10);
    book.hold(hold(wallet, credits(6)));
    let (required, available, held) = (credits(5), credits(4), credits(6));
    let refusal = book.refused(remove(wallet, required));
    assert_eq!(refusal, Refusal::Insufficient { required, available, held });
    let removed = book.done(remove(wallet, credits(4)));
    assert_eq!(removed.posting.as_ref().unwrap().credit, ledger::Account::Adjustment);
}
