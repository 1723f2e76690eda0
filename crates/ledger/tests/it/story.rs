//! A journal in which everything happens once at least, and every field of a
//! record is used by one of them.

use ledger::{
    Actor, Command, Completion, Cost, Currency, Hash, OnExpiry, Order, OverCapture, Shortfall,
    Source, Status, Text, Usage, WalletId, Words, command,
};

use crate::book::{
    ANN, Book, DAY, SECOND, capture, child, clawback, credits, extend, hold, keyed, micros,
    purchase, refund, release, remove, request, set_status, spend, text,
};

/// An order with all that may go with one.
fn rich(command: Command) -> Order {
    let pair = |name, value| (text(name), text(value));
    Order {
        command,
        actor: Actor::Key(text("worker")),
        key: Some((text("key-1"), request(7))),
        subject: Some(text("bob")),
        occurred_at: Some(crate::book::BEGIN.plus(-DAY)),
        job: Some(text("job-1")),
        labels: vec![pair("team", "search"), pair("model", "größe")],
        reference: Some(text("invoice:7")),
        request: Some(text("request-7")),
        words: Some(Words { salt: [3; 16], text: "lunch".to_owned() }),
    }
}

fn usage(quantities: Vec<(Text, i64)>) -> Usage {
    Usage { service: Some(text("llm")), price_version: Some(3), quantities }
}

/// Every kind of record, and the one wallet they are about.
pub(crate) fn everything() -> (Book, WalletId) {
    let (mut book, wallet) = Book::with_wallet();
    let expires_at = Some(book.now.plus(DAY));
    let cost = Some(Cost { micro_cents: 1_999_000_001, currency: Currency::USD });
    let bought = command::Grant { cost, expires_at, ..purchase(wallet, credits(200)) };
    let bought = book.grant(bought);
    let terms = command::Grant::plain(wallet, credits(5), Source::Promotion);
    let effective_at = Some(book.now.plus(SECOND));
    let pending = book.grant(command::Grant { priority: 7, effective_at, ..terms });

    let quantities = vec![(text("input_tokens"), 1_500_000), (text("output_tokens"), 20)];
    let (amount, usage_of) = (micros(12_345_678), usage(quantities.clone()));
    let bill = Command::Spend(command::Spend { wallet, amount, usage: usage_of });
    let spent = match book.order(&rich(bill)) {
        ledger::Outcome::Applied(seq) => book.record(seq),
        outcome => panic!("{outcome:?}"),
    };
    holds(&mut book, wallet, quantities);

    book.done(remove(wallet, credits(1)));
    book.done(refund(&spent, credits(2)));
    book.done(Command::Freeze(wallet, bought));
    book.done(Command::Freeze(wallet, pending));
    book.done(Command::Thaw(wallet, bought));
    book.done(set_status(wallet, Status::Paused));
    book.order(&keyed("key-2", request(8), spend(wallet, credits(1))));
    book.done(set_status(wallet, Status::Active));
    book.done(Command::Erase(spent.seq));
    book.wait(2 * DAY);
    book.settle(wallet);
    debts(&mut book, wallet);
    book.done(Command::Seal(command::Seal { through: 12, digest: Hash([7; 32]) }));
    (book, wallet)
}

/// A family of holds that is extended, captured, released, and lapses.
fn holds(book: &mut Book, wallet: WalletId, quantities: Vec<(Text, i64)>) {
    let over_capture = OverCapture::UpToAvailable;
    let on_expiry = OnExpiry::Capture;
    let outer = command::Authorize { over_capture, on_expiry, ..hold(wallet, credits(50)) };
    let outer = command::Authorize { usage: usage(Vec::new()), ..outer };
    let outer = book.hold(outer);
    let inner = book.hold(child(wallet, outer, credits(20)));
    let command = command::Authorize { over_capture, ..child(wallet, inner, credits(5)) };
    let inmost = book.hold(command);
    book.done(extend(wallet, outer, 3_600 * SECOND));
    let (amount, completion) = (credits(8), Completion::Final);
    let hold = inmost;
    let beyond = command::Capture { wallet, hold, amount, quantities, completion };
    book.done(Command::Capture(beyond));
    book.done(capture(wallet, inner, credits(2), Completion::Partial));
    book.done(release(wallet, inner));
    let lapsing = book.hold(crate::book::hold(wallet, credits(10)));
    book.done(capture(wallet, lapsing, credits(1), Completion::Partial));
    book.wait(7_200 * SECOND);
    book.settle(wallet);
}

/// A clawback that leaves a debt, and what repays it.
fn debts(book: &mut Book, wallet: WalletId) {
    let grant = book.grant(purchase(wallet, credits(40)));
    let id = book.hold(hold(wallet, credits(30)));
    book.order(&Order::bare(ANN, clawback(wallet, grant, (1_999, 1_999), Shortfall::Owe)));
    book.done(release(wallet, id));
    book.grant(purchase(wallet, credits(100)));
}
