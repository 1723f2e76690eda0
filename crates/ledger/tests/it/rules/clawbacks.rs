//! Clawbacks: pro rata of the money that went back, of what is still there.

use ledger::{GrantStatus, Invalid, Kind, Refusal, Shortfall};

use crate::book::{Book, clawback, credits, hold, micros, purchase, release, spend};

#[test]
fn each_partial_refund_of_the_money_takes_its_share_and_no_more() {
    let (mut book, wallet, grant) = Book::with_credits(100);
    let mut taken = |refunded_total| {
        book.done(clawback(wallet, grant, (refunded_total, 1_999), Shortfall::Forgive));
        book.find_grant(wallet, grant).state.clawed
    };
    // 100 000 000 × 1 / 1999 = 50 025.01…, × 667 / 1999 = 33 366 683.3…
    assert_eq!(taken(1), micros(50_025));
    assert_eq!(taken(667), micros(33_366_683), "in total, not on top");
    assert_eq!(taken(667), micros(33_366_683), "the same total takes nothing more");
    assert_eq!(taken(500), micros(33_366_683), "a lower one gives nothing back");
    assert_eq!(taken(1_999), credits(100));
    assert_eq!(book.figures(wallet), [credits(0); 4]);
    assert_eq!(book.find_grant(wallet, grant).status(book.now), GrantStatus::ClawedBack);
}

#[test]
fn one_that_takes_nothing_is_no_transaction() {
    let (mut book, wallet, grant) = Book::with_credits(10);
    book.done(spend(wallet, credits(10)));
    let record = book.done(clawback(wallet, grant, (1, 1), Shortfall::Forgive));
    assert!(!record.is_transaction());
    assert_eq!(book.kinds(), [Kind::Clawback]);
}

#[test]
fn what_is_spent_is_forgiven_unless_it_is_to_be_owed() {
    for (shortfall, debt, clawed) in
        [(Shortfall::Forgive, credits(0), credits(3)), (Shortfall::Owe, credits(2), credits(5))]
    {
        let (mut book, wallet, grant) = Book::with_credits(10);
        book.done(spend(wallet, credits(7)));
        book.done(clawback(wallet, grant, (1, 2), shortfall));
        assert_eq!(book.figures(wallet), [credits(0), credits(0), credits(0), debt]);
        assert_eq!(book.find_grant(wallet, grant).state.clawed, clawed);
    }
}

#[test]
fn what_was_owed_is_not_taken_again_by_the_next_part() {
    let (mut book, wallet, grant) = Book::with_credits(10);
    book.done(spend(wallet, credits(10)));
    book.done(clawback(wallet, grant, (1, 2), Shortfall::Owe));
    book.done(clawback(wallet, grant, (2, 2), Shortfall::Owe));
    assert_eq!(book.figures(wallet), [credits(0), credits(0), credits(0), credits(10)]);
    book.done(clawback(wallet, grant, (2, 2), Shortfall::Owe));
    assert_eq!(book.figures(wallet), [credits(0), credits(0), credits(0), credits(10)]);
}

#[test]
fn held_credits_are_out_of_its_reach_until_they_are_free() {
    let (mut book, wallet, grant) = Book::with_credits(10);
    let id = book.hold(hold(wallet, credits(8)));
    book.done(clawback(wallet, grant, (1, 1), Shortfall::Forgive));
    assert_eq!(book.figures(wallet), [credits(8), credits(8), credits(0), credits(0)]);
    book.done(release(wallet, id));
    book.done(clawback(wallet, grant, (1, 1), Shortfall::Forgive));
    assert_eq!(book.figures(wallet), [credits(0); 4]);
}

#[test]
fn it_takes_of_its_own_grant_and_of_no_other() {
    let (mut book, wallet, grant) = Book::with_credits(10);
    let other = book.grant(purchase(wallet, credits(5)));
    book.done(clawback(wallet, grant, (1, 1), Shortfall::Forgive));
    assert_eq!((book.left(wallet, grant), book.left(wallet, other)), (credits(0), credits(5)));
}

#[test]
fn a_share_is_more_than_nothing_and_at_most_all() {
    let (mut book, wallet, grant) = Book::with_credits(10);
    for share in [(0, 1), (-1, 1), (2, 1), (1, 0), (0, 0), (1, -1)] {
        let refusal = book.refused(clawback(wallet, grant, share, Shortfall::Owe));
        assert_eq!(refusal, Refusal::Invalid(Invalid::Share), "{share:?}");
    }
    book.done(clawback(wallet, grant, (i64::MAX, i64::MAX), Shortfall::Owe));
    assert_eq!(book.figures(wallet), [credits(0); 4]);
}
