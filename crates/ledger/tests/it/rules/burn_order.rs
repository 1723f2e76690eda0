//! Which credits go first: priority, soonest expiry, oldest.

use ledger::{Command, GrantId, command};

use crate::book::{Book, DAY, SECOND, credits, hold, micros, purchase, remove, spend};

/// Five grants of ten credits, in the order they should burn, made in another.
fn five() -> (Book, ledger::WalletId, [GrantId; 5]) {
    let (mut book, wallet) = Book::with_wallet();
    let plain = purchase(wallet, credits(10));
    let soon = Some(book.now.plus(DAY));
    let later = Some(book.now.plus(9 * DAY));
    let last = book.grant(command::Grant { priority: 51, expires_at: soon, ..plain.clone() });
    let older = book.grant(plain.clone());
    let younger = book.grant(plain.clone());
    let second = book.grant(command::Grant { expires_at: later, ..plain.clone() });
    let first = book.grant(command::Grant { priority: 0, ..plain });
    (book, wallet, [first, second, older, younger, last])
}

#[test]
fn lower_priority_goes_first_then_the_soonest_expiry_then_the_oldest() {
    for command in [spend, remove] {
        let (mut book, wallet, order) = five();
        for (place, grant) in order.iter().enumerate() {
            let record = book.done(command(wallet, credits(10)));
            assert_eq!(record.grants[0].id, *grant, "place {place}");
            assert_eq!(book.left(wallet, *grant), credits(0));
        }
    }
}

#[test]
fn one_record_takes_from_as_many_grants_as_it_needs_and_the_last_in_part() {
    let (mut book, wallet, order) = five();
    let record = book.done(spend(wallet, credits(25)));
    let taken: Vec<_> = record.grants.iter().map(|g| (g.id, g.state.remaining)).collect();
    assert_eq!(taken, [(order[0], credits(0)), (order[1], credits(0)), (order[2], credits(5))]);
    assert_eq!(record.amount(), Some(micros(-25_000_000)));
}

#[test]
fn a_hold_reserves_in_burn_order_and_others_pass_over_what_it_reserves() {
    let (mut book, wallet, order) = five();
    let reserved = book.hold(hold(wallet, credits(14)));
    let reserves = &book.find_hold(wallet, reserved).state.reserves;
    let reserves: Vec<_> = reserves.iter().map(|part| (part.grant, part.amount)).collect();
    assert_eq!(reserves, [(order[0], credits(10)), (order[1], credits(4))]);
    let record = book.done(spend(wallet, credits(7)));
    let taken: Vec<_> = record.grants.iter().map(|g| (g.id, g.state.remaining)).collect();
    assert_eq!(taken, [(order[1], credits(4)), (order[2], credits(9))]);
}

#[test]
fn a_grant_that_is_frozen_or_not_yet_effective_is_passed_over() {
    let (mut book, wallet, order) = five();
    book.done(Command::Freeze(wallet, order[0]));
    let effective_at = Some(book.now.plus(SECOND));
    let pending =
        book.grant(command::Grant { priority: 0, effective_at, ..purchase(wallet, credits(10)) });
    assert_eq!(book.done(spend(wallet, credits(1))).grants[0].id, order[1]);
    book.wait(SECOND);
    assert_eq!(book.done(spend(wallet, credits(1))).grants[0].id, pending);
}

#[test]
fn a_thawed_grant_burns_where_its_later_expiry_puts_it() {
    let (mut book, wallet) = Book::with_wallet();
    let until = |book: &Book, days| Some(book.now.plus(days * DAY));
    let plain = purchase(wallet, credits(10));
    let tuesday = command::Grant { expires_at: until(&book, 2), ..plain.clone() };
    let wednesday = command::Grant { expires_at: until(&book, 3), ..plain };
    let (tuesday, wednesday) = (book.grant(tuesday), book.grant(wednesday));
    book.done(Command::Freeze(wallet, tuesday));
    book.wait(2 * DAY);
    book.done(Command::Thaw(wallet, tuesday));
    assert_eq!(book.done(spend(wallet, credits(1))).grants[0].id, wednesday);
}
