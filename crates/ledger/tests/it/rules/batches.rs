//! An atomic batch is done whole or not at all.

use ledger::{Command, Kind, Order, Outcome, Read, Refusal, command};

use crate::book::{ANN, Book, DAY, credits, hold, keyed, purchase, request, spend};

#[test]
fn its_commands_see_each_other() {
    let (mut book, wallet) = Book::with_wallet();
    let orders = [
        Order::bare(ANN, Command::Grant(purchase(wallet, credits(5)))),
        Order::bare(ANN, spend(wallet, credits(3))),
        Order::bare(ANN, Command::Authorize(hold(wallet, credits(2)))),
    ];
    let outcomes = book.batch(&orders).expect("all are done");
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Applied(_))));
    assert_eq!(book.kinds(), [Kind::Grant, Kind::Spend, Kind::Authorize]);
    assert_eq!(book.figures(wallet), [credits(2), credits(2), credits(0), credits(0)]);
}

#[test]
fn one_refusal_drops_it_whole_and_is_named_with_its_place() {
    let (mut book, wallet, _) = Book::with_credits(5);
    let before = (book.working.head(), book.wallet(wallet).clone());
    let orders = [
        keyed("a", request(1), spend(wallet, credits(3))),
        keyed("b", request(2), spend(wallet, credits(3))),
        keyed("c", request(3), spend(wallet, credits(1))),
    ];
    let (required, available, held) = (credits(3), credits(2), credits(0));
    let refusal = Refusal::Insufficient { required, available, held };
    assert_eq!(book.batch(&orders), Err((1, refusal)));
    assert_eq!((book.working.head(), book.wallet(wallet).clone()), before);
}

#[test]
fn a_dropped_one_leaves_no_key_not_even_the_refused_ones() {
    let (mut book, wallet, _) = Book::with_credits(5);
    let first = keyed("a", request(1), spend(wallet, credits(3)));
    let second = keyed("b", request(2), spend(wallet, credits(9)));
    book.batch(&[first.clone(), second.clone()]).expect_err("the second is too much");
    book.grant(purchase(wallet, credits(9)));
    let outcomes = book.batch(&[first, second]).expect("now it is not");
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Applied(_))));
}

#[test]
fn a_dropped_one_settles_nothing_either() {
    let (mut book, wallet) = Book::with_wallet();
    let expires_at = Some(book.now.plus(DAY));
    book.grant(command::Grant { expires_at, ..purchase(wallet, credits(5)) });
    book.wait(DAY);
    book.batch(&[Order::bare(ANN, spend(wallet, credits(1)))]).expect_err("it expired");
    assert_eq!(book.kinds(), []);
    book.settle(wallet);
    assert_eq!(book.kinds(), [Kind::Expire]);
}

#[test]
fn a_key_used_before_is_replayed_in_it_and_a_key_used_twice_in_it_is_one_command() {
    let (mut book, wallet, _) = Book::with_credits(5);
    let first = keyed("a", request(1), spend(wallet, credits(1)));
    let second = keyed("b", request(2), spend(wallet, credits(1)));
    book.order(&first);
    let outcomes = book.batch(&[first, second.clone(), second]).expect("all are fine");
    let replayed: Vec<bool> =
        outcomes.iter().map(|outcome| matches!(outcome, Outcome::Replayed(_))).collect();
    assert_eq!(replayed, [true, false, true]);
    assert_eq!(book.figures(wallet)[0], credits(3));
}

#[test]
fn a_key_with_two_requests_in_it_drops_it() {
    let (mut book, wallet, _) = Book::with_credits(5);
    let orders = [
        keyed("a", request(1), spend(wallet, credits(1))),
        keyed("a", request(2), spend(wallet, credits(2))),
    ];
    assert_eq!(book.batch(&orders), Err((1, Refusal::KeyReused)));
    assert_eq!(book.figures(wallet)[0], credits(5));
}

#[test]
fn an_empty_one_is_done() {
    let mut book = Book::new();
    assert_eq!(book.batch(&[]), Ok(vec![]));
}
