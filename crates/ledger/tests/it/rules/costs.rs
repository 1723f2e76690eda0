//! What credits had cost goes with them, to the micro-cent.

use ledger::{Command, Completion, Cost, Currency, GrantId, WalletId, command};

use crate::book::{Book, capture, credits, hold, micros, purchase, refund, spend};

fn usd(micro_cents: i64) -> Cost {
    Cost { micro_cents, currency: Currency::USD }
}

/// Three credits that cost 100 micro-cents: 33⅓ each.
fn three() -> (Book, WalletId, GrantId) {
    let (mut book, wallet) = Book::with_wallet();
    let terms = command::Grant { cost: Some(usd(100)), ..purchase(wallet, credits(3)) };
    let grant = book.grant(terms);
    (book, wallet, grant)
}

fn cost(book: &mut Book, command: Command) -> i64 {
    book.done(command).cost.expect("it has one").micro_cents
}

#[test]
fn the_costs_of_all_spends_of_a_grant_add_up_to_its_own() {
    let (mut book, wallet, _) = three();
    let costs = [1, 1, 1].map(|whole| cost(&mut book, spend(wallet, credits(whole))));
    assert_eq!(costs, [33, 33, 34]);
}

#[test]
fn captures_carry_it_too() {
    let (mut book, wallet, _) = three();
    let id = book.hold(hold(wallet, credits(3)));
    let take = |amount, completion| capture(wallet, id, amount, completion);
    let costs = [
        cost(&mut book, take(micros(1), Completion::Partial)),
        cost(&mut book, take(micros(2_999_998), Completion::Partial)),
        cost(&mut book, take(micros(1), Completion::Final)),
    ];
    assert_eq!(costs, [0, 99, 1]);
}

#[test]
fn the_costs_of_all_refunds_of_a_spend_add_up_to_its_own() {
    let (mut book, wallet, _) = three();
    let spent = book.done(spend(wallet, credits(3)));
    assert_eq!(spent.cost, Some(usd(100)));
    let costs = [1, 1, 1].map(|whole| {
        let refunded = book.done(refund(&spent, credits(whole)));
        let made = refunded.grants[0].made.clone().expect("a new grant");
        made.cost.expect("it has one").micro_cents
    });
    assert_eq!(costs, [33, 33, 34]);
    assert_eq!(cost(&mut book, spend(wallet, credits(3))), 100, "and can be spent again");
}

#[test]
fn free_credits_beside_bought_ones_cost_nothing() {
    let (mut book, wallet, _) = three();
    book.grant(purchase(wallet, credits(3)));
    assert_eq!(book.done(spend(wallet, credits(6))).cost, Some(usd(100)));
    book.grant(purchase(wallet, credits(1)));
    assert_eq!(book.done(spend(wallet, credits(1))).cost, None);
}

#[test]
fn a_spend_across_currencies_has_no_cost() {
    let (mut book, wallet, _) = three();
    let euros = Currency::parse("EUR").expect("a code");
    let terms = purchase(wallet, credits(1));
    book.grant(command::Grant { cost: Some(Cost { micro_cents: 7, currency: euros }), ..terms });
    let spent = book.done(spend(wallet, credits(4)));
    assert_eq!(spent.cost, None);
    let refunded = book.done(refund(&spent, credits(4)));
    assert_eq!(refunded.grants[0].made.as_ref().expect("a new grant").cost, None);
}
