//! Captures: partial and final ones, and beyond the hold.

use ledger::{Completion, HoldStatus, Kind, OverCapture, Refusal, Status, command};

use crate::book::{Book, capture, credits, hold, micros, release, set_status};

fn generous(wallet: ledger::WalletId, whole: i64) -> command::Authorize {
    command::Authorize { over_capture: OverCapture::UpToAvailable, ..hold(wallet, credits(whole)) }
}

#[test]
fn partial_captures_add_up_and_the_final_one_releases_the_rest_in_its_record() {
    let (mut book, wallet, _) = Book::with_credits(10);
    let id = book.hold(hold(wallet, credits(8)));
    book.done(capture(wallet, id, credits(2), Completion::Partial));
    book.done(capture(wallet, id, credits(3), Completion::Partial));
    assert_eq!(book.figures(wallet), [credits(5), credits(3), credits(0), credits(0)]);
    book.done(capture(wallet, id, credits(1), Completion::Final));
    assert_eq!(book.kinds(), [Kind::Capture]);
    assert_eq!(book.figures(wallet), [credits(4), credits(0), credits(0), credits(0)]);
    let state = &book.find_hold(wallet, id).state;
    assert_eq!((state.captured, state.released), (credits(6), credits(2)));
    assert_eq!(state.status, HoldStatus::Captured);
}

#[test]
fn a_hold_captured_in_full_stays_open_until_it_is_closed() {
    let (mut book, wallet, _) = Book::with_credits(10);
    let id = book.hold(hold(wallet, credits(8)));
    book.done(capture(wallet, id, credits(8), Completion::Partial));
    let over = Refusal::OverCapture { requested: micros(1), capturable: credits(0) };
    assert_eq!(book.refused(capture(wallet, id, micros(1), Completion::Final)), over);
    book.done(release(wallet, id));
    assert_eq!(book.find_hold(wallet, id).state.status, HoldStatus::Released);
}

#[test]
fn a_capture_beyond_the_hold_is_refused_and_names_both_figures() {
    let (mut book, wallet, _) = Book::with_credits(10);
    let id = book.hold(hold(wallet, credits(4)));
    let over = Refusal::OverCapture { requested: micros(4_000_001), capturable: credits(4) };
    assert_eq!(book.refused(capture(wallet, id, micros(4_000_001), Completion::Final)), over);
    book.done(capture(wallet, id, credits(4), Completion::Final));
}

#[test]
fn up_to_available_takes_what_the_wallet_has_and_raises_the_hold_in_the_same_record() {
    let (mut book, wallet, _) = Book::with_credits(10);
    let id = book.hold(generous(wallet, 4));
    let record = book.done(capture(wallet, id, credits(9), Completion::Partial));
    assert_eq!(record.amount(), Some(micros(-9_000_000)));
    assert_eq!(book.kinds(), [Kind::Capture]);
    let state = &book.find_hold(wallet, id).state;
    assert_eq!((state.amount, state.captured), (credits(9), credits(9)));
    let record = book.done(capture(wallet, id, credits(9), Completion::Final));
    assert_eq!(record.amount(), Some(micros(-1_000_000)), "there was one left");
    assert_eq!(book.figures(wallet), [credits(0); 4]);
}

#[test]
fn with_nothing_in_the_hold_or_the_wallet_it_is_refused() {
    let (mut book, wallet, _) = Book::with_credits(4);
    let id = book.hold(generous(wallet, 4));
    book.done(capture(wallet, id, credits(4), Completion::Partial));
    let refusal = book.refused(capture(wallet, id, credits(1), Completion::Final));
    let (available, held) = (credits(0), credits(0));
    assert_eq!(refusal, Refusal::Insufficient { required: credits(1), available, held });
}

#[test]
fn while_paused_it_takes_only_what_the_hold_reserves() {
    for status in [Status::Paused, Status::Suspended] {
        let (mut book, wallet, _) = Book::with_credits(10);
        let id = book.hold(generous(wallet, 4));
        book.done(set_status(wallet, status));
        let record = book.done(capture(wallet, id, credits(9), Completion::Final));
        assert_eq!(record.amount(), Some(micros(-4_000_000)));
        assert_eq!(book.figures(wallet), [credits(6), credits(0), credits(0), credits(0)]);
    }
}

#[test]
fn a_capture_takes_the_reserve_in_burn_order_before_it_takes_anything_else() {
    let (mut book, wallet, old) = Book::with_credits(5);
    let id = book.hold(generous(wallet, 5));
    let first = command::Grant { priority: 0, ..crate::book::purchase(wallet, credits(5)) };
    let urgent = book.grant(first);
    book.done(capture(wallet, id, credits(4), Completion::Partial));
    assert_eq!((book.left(wallet, old), book.left(wallet, urgent)), (credits(1), credits(5)));
    book.done(capture(wallet, id, credits(4), Completion::Partial));
    assert_eq!((book.left(wallet, old), book.left(wallet, urgent)), (credits(0), credits(2)));
}

#[test]
fn service_price_and_job_of_a_capture_are_the_holds() {
    let (mut book, wallet, _) = Book::with_credits(10);
    let mut terms = hold(wallet, credits(5));
    terms.usage.price_version = Some(3);
    let mut order = ledger::Order::bare(crate::book::ANN, ledger::Command::Authorize(terms));
    order.job = Some(crate::book::text("job-1"));
    let ledger::Outcome::Applied(seq) = book.order(&order) else { panic!("it is placed") };
    let id = ledger::HoldId(seq);
    let captured = book.done(capture(wallet, id, credits(1), Completion::Final));
    assert_eq!(captured.usage.service, Some(crate::book::text("llm")));
    assert_eq!(captured.usage.price_version, Some(3));
    assert_eq!(captured.job, Some(crate::book::text("job-1")));
}
