//! Holds on holds: a child draws on its parent's reserve.

use ledger::{
    Command, Completion, HoldId, Kind, Limit, OnExpiry, OverCapture, Refusal, WalletId, command,
};

use crate::book::{Book, DAY, SECOND, capture, child, credits, extend, hold, micros, release};

/// Ten credits, a hold of eight, and a child of five on it.
fn family() -> (Book, WalletId, HoldId, HoldId) {
    let (mut book, wallet, _) = Book::with_credits(10);
    let parent = book.hold(hold(wallet, credits(8)));
    let inner = book.hold(child(wallet, parent, credits(5)));
    (book, wallet, parent, inner)
}

#[test]
fn a_child_takes_nothing_of_the_wallet_beyond_its_parents_hold() {
    let (book, wallet, parent, _) = family();
    assert_eq!(book.figures(wallet), [credits(10), credits(8), credits(0), credits(0)]);
    assert_eq!(book.find_hold(wallet, parent).capturable(), credits(3));
}

#[test]
fn a_parent_can_not_capture_what_its_child_still_reserves() {
    let (mut book, wallet, parent, _) = family();
    let over = Refusal::OverCapture { requested: credits(4), capturable: credits(3) };
    assert_eq!(book.refused(capture(wallet, parent, credits(4), Completion::Partial)), over);
    book.done(capture(wallet, parent, credits(3), Completion::Partial));
}

#[test]
fn what_a_child_leaves_goes_back_to_its_parent() {
    let (mut book, wallet, parent, inner) = family();
    book.done(capture(wallet, inner, credits(2), Completion::Final));
    let state = &book.find_hold(wallet, parent).state;
    assert_eq!((state.captured, state.captured_by_children), (credits(0), credits(2)));
    assert_eq!(book.find_hold(wallet, parent).capturable(), credits(6));
    assert_eq!(book.figures(wallet), [credits(8), credits(6), credits(0), credits(0)]);
    book.done(capture(wallet, parent, credits(6), Completion::Final));
    assert_eq!(book.figures(wallet), [credits(2), credits(0), credits(0), credits(0)]);
}

#[test]
fn more_children_than_the_parent_has_room_for_are_refused() {
    let (mut book, wallet, parent, _) = family();
    let refusal = book.refused(Command::Authorize(child(wallet, parent, credits(4))));
    let (required, available, held) = (credits(4), credits(3), credits(8));
    assert_eq!(refusal, Refusal::Insufficient { required, available, held });
    book.hold(child(wallet, parent, credits(3)));
}

#[test]
fn a_parent_with_open_children_is_neither_captured_for_good_nor_released() {
    let (mut book, wallet, parent, inner) = family();
    let final_capture = capture(wallet, parent, credits(1), Completion::Final);
    assert_eq!(book.refused(final_capture.clone()), Refusal::HoldHasChildren);
    assert_eq!(book.refused(release(wallet, parent)), Refusal::HoldHasChildren);
    book.done(release(wallet, inner));
    book.done(final_capture);
}

#[test]
fn a_child_expires_with_its_parent_at_the_latest() {
    let (mut book, wallet, _) = Book::with_credits(10);
    let terms = command::Authorize { expires_in: 60 * SECOND, ..hold(wallet, credits(8)) };
    let parent = book.hold(terms);
    let terms = command::Authorize { expires_in: DAY, ..child(wallet, parent, credits(5)) };
    let inner = book.hold(terms);
    let end = book.find_hold(wallet, parent).state.expires_at;
    assert_eq!(book.find_hold(wallet, inner).state.expires_at, end);
    book.done(extend(wallet, inner, DAY));
    assert_eq!(book.find_hold(wallet, inner).state.expires_at, end, "extended no further");
    book.done(extend(wallet, parent, DAY));
    book.done(extend(wallet, inner, 2 * DAY));
    let end = book.find_hold(wallet, parent).state.expires_at;
    assert_eq!(book.find_hold(wallet, inner).state.expires_at, end);
}

#[test]
fn an_expiring_child_charges_its_parents_reserve_by_its_own_policy() {
    let (mut book, wallet, _) = Book::with_credits(10);
    let terms = command::Authorize { expires_in: DAY, ..hold(wallet, credits(8)) };
    let parent = book.hold(terms);
    let on_expiry = OnExpiry::Capture;
    let terms =
        command::Authorize { on_expiry, expires_in: SECOND, ..child(wallet, parent, credits(5)) };
    book.hold(terms);
    book.wait(60 * SECOND);
    book.settle(wallet);
    assert_eq!(book.kinds(), [Kind::Capture]);
    assert_eq!(book.figures(wallet), [credits(5), credits(3), credits(0), credits(0)]);
    assert_eq!(book.find_hold(wallet, parent).state.captured_by_children, credits(5));
}

#[test]
fn a_grandchilds_over_capture_raises_everyone_above_it() {
    let (mut book, wallet, parent, inner) = family();
    let over_capture = OverCapture::UpToAvailable;
    let terms = command::Authorize { over_capture, ..child(wallet, inner, credits(1)) };
    let inmost = book.hold(terms);
    let record = book.done(capture(wallet, inmost, credits(3), Completion::Final));
    assert_eq!(record.amount(), Some(micros(-3_000_000)));
    let amounts = [parent, inner, inmost].map(|id| book.find_hold(wallet, id).state.amount);
    assert_eq!(amounts, [credits(10), credits(7), credits(3)]);
    let left = [parent, inner, inmost].map(|id| book.find_hold(wallet, id).remaining());
    assert_eq!(left, [credits(7), credits(4), credits(0)]);
    assert_eq!(book.figures(wallet), [credits(7), credits(7), credits(0), credits(0)]);
}

#[test]
fn holds_nest_eight_deep_and_no_deeper() {
    let (mut book, wallet, _) = Book::with_credits(10);
    let mut inmost = book.hold(hold(wallet, credits(8)));
    for depth in 2..=8 {
        inmost = book.hold(child(wallet, inmost, credits(1)));
        assert_eq!(book.find_hold(wallet, inmost).terms.depth, depth);
    }
    let ninth = Command::Authorize(child(wallet, inmost, credits(1)));
    assert_eq!(book.refused(ninth), Refusal::Limit(Limit::HoldDepth));
    book.done(capture(wallet, inmost, credits(1), Completion::Final));
    assert_eq!(book.figures(wallet), [credits(9), credits(7), credits(0), credits(0)]);
}

#[test]
fn a_closed_or_unknown_parent_takes_no_child() {
    let (mut book, wallet, _) = Book::with_credits(10);
    let released = book.hold(hold(wallet, credits(1)));
    book.done(release(wallet, released));
    let terms = command::Authorize { expires_in: SECOND, ..hold(wallet, credits(1)) };
    let expired = book.hold(terms);
    book.wait(DAY);
    let on = |id| Command::Authorize(child(wallet, id, credits(1)));
    assert_eq!(book.refused(on(released)), Refusal::HoldSettled);
    assert_eq!(book.refused(on(expired)), Refusal::HoldExpired);
    let nothing = HoldId(ledger::Seq::from_number(99));
    assert_eq!(book.refused(on(nothing)), Refusal::UnknownHold);
}
