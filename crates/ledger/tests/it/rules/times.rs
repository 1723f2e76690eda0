//! Times strictly increase, whatever the clock does.

use ledger::{Kind, command};

use crate::book::{Book, DAY, SECOND, credits, micros, purchase, spend};

#[test]
fn records_of_one_instant_are_a_microsecond_apart() {
    let (mut book, wallet, _) = Book::with_credits(10);
    let first = book.done(spend(wallet, credits(1))).at;
    let second = book.done(spend(wallet, credits(1))).at;
    assert_eq!(second, first.plus(1));
}

#[test]
fn a_clock_that_goes_back_does_not_take_the_ledger_with_it() {
    let (mut book, wallet, _) = Book::with_credits(10);
    let first = book.done(spend(wallet, credits(1))).at;
    book.wait(-DAY);
    let second = book.done(spend(wallet, credits(1))).at;
    assert_eq!(second, first.plus(1));
    assert!(book.journal.is_sorted_by(|a, b| a.record.at < b.record.at));
}

#[test]
fn what_expired_stays_expired_when_the_clock_goes_back() {
    let (mut book, wallet) = Book::with_wallet();
    let expires_at = Some(book.now.plus(SECOND));
    book.grant(command::Grant { expires_at, ..purchase(wallet, credits(5)) });
    book.wait(SECOND);
    book.settle(wallet);
    book.wait(-SECOND);
    book.refused(spend(wallet, micros(1)));
    assert_eq!(book.figures(wallet), [credits(0); 4]);
}

#[test]
fn a_grant_spends_by_the_ledgers_time_not_the_walls() {
    let (mut book, wallet) = Book::with_wallet();
    let expires_at = Some(book.now.plus(SECOND));
    book.grant(command::Grant { expires_at, ..purchase(wallet, credits(5)) });
    let other = book.open(2);
    book.wait(SECOND);
    book.grant(purchase(other, credits(1)));
    book.wait(-SECOND);
    // Another wallet's record took the ledger past the expiry.
    book.refused(spend(wallet, micros(1)));
    assert_eq!(book.kinds(), [Kind::Expire]);
}

#[test]
fn late_usage_keeps_the_time_the_work_was_done() {
    let (mut book, wallet, _) = Book::with_credits(10);
    let done_at = book.now.plus(-DAY);
    let order = ledger::Order {
        occurred_at: Some(done_at),
        ..ledger::Order::bare(crate::book::ANN, spend(wallet, credits(1)))
    };
    book.order(&order);
    let record = &book.journal.last().unwrap().record;
    assert_eq!(record.occurred_at, Some(done_at));
    assert!(record.at >= book.now);
}
