//! A refund is always a new grant, and never more than was taken.

use ledger::{Account, Completion, GrantStatus, Kind, Original, Refusal, Source, Status, command};

use crate::book::{
    Book, DAY, SECOND, capture, clawback, credits, hold, micros, purchase, refund, set_status,
    spend,
};

#[test]
fn a_refund_of_an_expired_grant_comes_back_as_a_new_grant_that_does_not_expire() {
    let (mut book, wallet) = Book::with_wallet();
    let expires_at = Some(book.now.plus(SECOND));
    let grant = book.grant(command::Grant { expires_at, ..purchase(wallet, credits(10)) });
    let spent = book.done(spend(wallet, credits(4)));
    book.wait(DAY);
    let refunded = book.done(refund(&spent, credits(3)));
    assert_eq!(book.kinds(), [Kind::Expire, Kind::Refund]);
    let made = &refunded.grants[0];
    assert_ne!(made.id, grant);
    assert_eq!(made.state.expires_at, None);
    assert_eq!(made.made.as_ref().map(|terms| terms.source), Some(Source::Refund));
    assert_eq!(refunded.posting.as_ref().unwrap().debit, Account::Issuance(Source::Refund));
    assert_eq!(book.find_grant(wallet, grant).status(book.now), GrantStatus::Expired);
    assert_eq!(book.figures(wallet), [credits(3), credits(0), credits(0), credits(0)]);
}

#[test]
fn refunds_of_a_transaction_never_exceed_it() {
    let (mut book, wallet, _) = Book::with_credits(10);
    let spent = book.done(spend(wallet, credits(4)));
    book.done(refund(&spent, credits(1)));
    book.done(refund(&spent, credits(2)));
    let (requested, refundable) = (micros(1_000_001), credits(1));
    let refusal = book.refused(refund(&spent, requested));
    assert_eq!(refusal, Refusal::RefundExceeds { requested, refundable });
    book.done(refund(&spent, refundable));
    let (requested, refundable) = (micros(1), credits(0));
    let refusal = book.refused(refund(&spent, requested));
    assert_eq!(refusal, Refusal::RefundExceeds { requested, refundable });
}

#[test]
fn a_capture_is_refundable_a_refund_and_everything_else_is_not() {
    let (mut book, wallet, grant) = Book::with_credits(10);
    let id = book.hold(hold(wallet, credits(4)));
    let captured = book.done(capture(wallet, id, credits(3), Completion::Final));
    book.done(refund(&captured, credits(3)));
    book.done(clawback(wallet, grant, (1, 1), ledger::Shortfall::Forgive));
    for sealed in &book.journal {
        let kind = sealed.record.event.kind();
        let refundable = matches!(kind, Kind::Spend | Kind::Capture);
        assert_eq!(Original::of(&sealed.record).is_some(), refundable, "{kind:?}");
    }
}

#[test]
fn a_dispute_is_its_own_source() {
    let (mut book, wallet, _) = Book::with_credits(10);
    let spent = book.done(spend(wallet, credits(4)));
    let original = Original::of(&spent).unwrap();
    let (amount, source) = (credits(4), Source::Dispute);
    book.done(ledger::Command::Refund(command::Refund { original, amount, source }));
    let record = &book.journal.last().unwrap().record;
    assert_eq!(record.posting.as_ref().unwrap().debit, Account::Issuance(Source::Dispute));
}

#[test]
fn a_pause_does_not_stop_it() {
    for status in [Status::Paused, Status::Suspended] {
        let (mut book, wallet, _) = Book::with_credits(10);
        let spent = book.done(spend(wallet, credits(4)));
        book.done(set_status(wallet, status));
        book.done(refund(&spent, credits(4)));
        assert_eq!(book.figures(wallet)[0], credits(10));
    }
}
