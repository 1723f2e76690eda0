//! Holds: how long they live, and that one settlement wins.

use ledger::{Command, Completion, HoldStatus, Invalid, Limit, Refusal, WalletId, command};

use crate::book::{Book, DAY, SECOND, capture, credits, extend, hold, release};

fn lasting(wallet: WalletId, expires_in: i64) -> Command {
    Command::Authorize(command::Authorize { expires_in, ..hold(wallet, credits(1)) })
}

#[test]
fn it_is_placed_for_a_second_to_thirty_days() {
    let (mut book, wallet, _) = Book::with_credits(10);
    let wrong = Refusal::Invalid(Invalid::ExpiresIn);
    for expires_in in [i64::MIN, -SECOND, 0, SECOND - 1, 30 * DAY + 1, i64::MAX] {
        assert_eq!(book.refused(lasting(wallet, expires_in)), wrong, "{expires_in}");
    }
    book.done(lasting(wallet, SECOND));
    book.done(lasting(wallet, 30 * DAY));
}

#[test]
fn it_may_be_captured_until_a_microsecond_before_its_expiry() {
    let (mut book, wallet, _) = Book::with_credits(10);
    let id = book.hold(hold(wallet, credits(4)));
    let end = book.find_hold(wallet, id).state.expires_at;
    book.now = end.plus(-1);
    book.done(capture(wallet, id, credits(1), Completion::Partial));
    book.now = end;
    let too_late = [
        capture(wallet, id, credits(1), Completion::Partial),
        extend(wallet, id, DAY),
        release(wallet, id),
    ];
    for command in too_late {
        assert_eq!(book.refused(command), Refusal::HoldExpired);
    }
    assert_eq!(book.figures(wallet), [credits(9), credits(0), credits(0), credits(0)]);
}

#[test]
fn its_whole_life_is_thirty_days_however_often_it_is_extended() {
    let (mut book, wallet, _) = Book::with_credits(10);
    let terms = command::Authorize { expires_in: 20 * DAY, ..hold(wallet, credits(1)) };
    let id = book.hold(terms);
    let placed = book.find_hold(wallet, id).terms.created_at;
    book.wait(19 * DAY);
    let end = placed.plus(30 * DAY);
    let left = end.since(book.now);
    assert_eq!(book.refused(extend(wallet, id, left + 1)), Refusal::Limit(Limit::HoldLife));
    book.done(extend(wallet, id, left));
    assert_eq!(book.find_hold(wallet, id).state.expires_at, end);
}

#[test]
fn an_extension_never_moves_its_expiry_earlier() {
    let (mut book, wallet, _) = Book::with_credits(10);
    let id = book.hold(hold(wallet, credits(1)));
    let end = book.find_hold(wallet, id).state.expires_at;
    book.done(extend(wallet, id, SECOND));
    assert_eq!(book.find_hold(wallet, id).state.expires_at, end);
    assert_eq!(book.refused(extend(wallet, id, 0)), Refusal::Invalid(Invalid::ExpiresIn));
}

#[test]
fn one_settlement_wins() {
    let (mut book, wallet, _) = Book::with_credits(10);
    let released = book.hold(hold(wallet, credits(1)));
    let captured = book.hold(hold(wallet, credits(1)));
    book.done(release(wallet, released));
    book.done(capture(wallet, captured, credits(1), Completion::Final));
    for id in [released, captured] {
        let late = [
            release(wallet, id),
            capture(wallet, id, credits(1), Completion::Partial),
            capture(wallet, id, credits(1), Completion::Final),
            extend(wallet, id, DAY),
        ];
        for command in late {
            assert_eq!(book.refused(command), Refusal::HoldSettled);
        }
    }
    let status = |id| book.find_hold(wallet, id).state.status;
    assert_eq!(status(released), HoldStatus::Released);
    assert_eq!(status(captured), HoldStatus::Captured);
    assert_eq!(book.figures(wallet), [credits(9), credits(0), credits(0), credits(0)]);
}

#[test]
fn a_hold_of_another_wallet_is_unknown_here_open_or_closed() {
    let (mut book, wallet, _) = Book::with_credits(10);
    let other = book.open(2);
    let id = book.hold(hold(wallet, credits(1)));
    assert_eq!(book.refused(release(other, id)), Refusal::UnknownHold);
    book.done(release(wallet, id));
    assert_eq!(book.refused(release(other, id)), Refusal::UnknownHold);
}

#[test]
fn holds_never_exceed_what_is_available() {
    let (mut book, wallet, _) = Book::with_credits(10);
    book.hold(hold(wallet, credits(6)));
    let refusal = book.refused(Command::Authorize(hold(wallet, credits(5))));
    let (required, available, held) = (credits(5), credits(4), credits(6));
    assert_eq!(refusal, Refusal::Insufficient { required, available, held });
    book.hold(hold(wallet, credits(4)));
    assert_eq!(book.available(wallet), credits(0));
}
