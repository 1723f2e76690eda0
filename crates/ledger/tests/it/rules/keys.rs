//! One key, one outcome, for ever.

use ledger::{
    Actor, Command, Event, KeyEntry, Kind, Order, Outcome, Owner, Refusal, Status, WalletId,
    command,
};

use crate::book::{Book, DAY, credits, keyed, purchase, remove, request, set_status, spend, text};

fn count(book: &Book) -> usize {
    book.journal.len()
}

#[test]
fn the_same_key_and_request_answers_with_the_first_record_and_does_nothing() {
    let (mut book, wallet, _) = Book::with_credits(10);
    let order = keyed("a", request(1), spend(wallet, credits(4)));
    let Outcome::Applied(seq) = book.order(&order) else { panic!("it is done") };
    let records = count(&book);
    let entry = KeyEntry { seq, fingerprint: request(1), refusal: None };
    assert_eq!(book.order(&order), Outcome::Replayed(entry));
    assert_eq!(count(&book), records);
    assert_eq!(book.figures(wallet)[0], credits(6));
}

#[test]
fn the_same_key_for_another_request_is_refused_and_leaves_nothing() {
    let (mut book, wallet, _) = Book::with_credits(10);
    book.order(&keyed("a", request(1), spend(wallet, credits(4))));
    let records = count(&book);
    let other = keyed("a", request(2), spend(wallet, credits(5)));
    assert_eq!(book.order(&other), Outcome::Refused(Refusal::KeyReused, None));
    assert_eq!(count(&book), records);
}

#[test]
fn a_decided_refusal_is_the_keys_outcome_even_when_there_are_credits_later() {
    let (mut book, wallet) = Book::with_wallet();
    let order = keyed("a", request(1), spend(wallet, credits(4)));
    let Outcome::Refused(refusal, Some(seq)) = book.order(&order) else { panic!("it is decided") };
    let (required, nothing) = (credits(4), credits(0));
    assert_eq!(refusal, Refusal::Insufficient { required, available: nothing, held: nothing });
    let record = book.record(seq);
    let operation = ledger::Operation::Spend;
    assert_eq!(record.event, Event::Refuse { operation, refusal });
    assert_eq!(record.after, None, "it changes nothing");
    book.grant(purchase(wallet, credits(10)));
    assert_eq!(
        book.order(&order),
        Outcome::Replayed(KeyEntry { seq, fingerprint: request(1), refusal: Some(refusal) }),
        "a key has one outcome, for ever"
    );
    assert_eq!(book.figures(wallet)[0], credits(10));
}

#[test]
fn a_refusal_without_a_key_leaves_no_record() {
    let (mut book, wallet) = Book::with_wallet();
    let records = count(&book);
    book.refused(spend(wallet, credits(4)));
    assert_eq!(count(&book), records);
}

#[test]
fn a_refusal_that_a_better_request_mends_leaves_the_key_free() {
    let (mut book, wallet) = Book::with_wallet();
    let nowhere = WalletId::from_number(99);
    let hold = ledger::HoldId(ledger::Seq::from_number(99));
    let grant = ledger::GrantId { seq: ledger::Seq::from_number(99), ordinal: 1 };
    let wrong = command::Grant { priority: 101, ..purchase(wallet, credits(1)) };
    let release = Command::Release(command::Release { wallet, hold });
    let undecided = [
        (spend(wallet, credits(0)), Refusal::AmountOutOfRange),
        (spend(nowhere, credits(1)), Refusal::UnknownWallet),
        (release, Refusal::UnknownHold),
        (Command::Freeze(wallet, grant), Refusal::UnknownGrant),
        (Command::Erase(ledger::Seq::from_number(99)), Refusal::UnknownRecord),
        (Command::Grant(wrong), Refusal::Invalid(ledger::Invalid::Priority)),
    ];
    for (command, refusal) in undecided {
        let records = count(&book);
        let outcome = book.order(&keyed("a", request(1), command));
        assert_eq!(outcome, Outcome::Refused(refusal, None));
        assert_eq!(count(&book), records);
    }
    let mended = keyed("a", request(2), Command::Grant(purchase(wallet, credits(1))));
    assert!(matches!(book.order(&mended), Outcome::Applied(_)));
}

#[test]
fn a_key_is_one_callers_for_one_operation_on_one_wallet() {
    let (mut book, wallet, _) = Book::with_credits(10);
    let other = book.open(2);
    book.grant(purchase(other, credits(10)));
    let by = |actor, command| {
        let key = Some((text("a"), request(1)));
        Order { key, ..Order::bare(actor, command) }
    };
    let orders = [
        by(Actor::User(1), spend(wallet, credits(1))),
        by(Actor::User(2), spend(wallet, credits(1))),
        by(Actor::Key(text("user:1")), spend(wallet, credits(1))),
        by(Actor::System, spend(wallet, credits(1))),
        by(Actor::User(1), remove(wallet, credits(1))),
        by(Actor::User(1), spend(other, credits(1))),
    ];
    for order in &orders {
        assert!(matches!(book.order(order), Outcome::Applied(_)), "{order:?}");
    }
    for order in &orders {
        assert!(matches!(book.order(order), Outcome::Replayed(_)), "{order:?}");
    }
}

#[test]
fn the_key_is_looked_up_before_the_state_is() {
    let (mut book, wallet, _) = Book::with_credits(10);
    let order = keyed("a", request(1), spend(wallet, credits(10)));
    book.order(&order);
    book.done(set_status(wallet, Status::Suspended));
    book.wait(DAY);
    assert!(matches!(book.order(&order), Outcome::Replayed(_)));
    let other = keyed("a", request(2), spend(wallet, credits(10)));
    assert_eq!(book.order(&other), Outcome::Refused(Refusal::KeyReused, None));
}

#[test]
fn one_key_opens_one_wallet() {
    let mut book = Book::new();
    let owner = Owner::User(7);
    let open = Command::Open(command::Open { owner, unit: text("credit") });
    let order = keyed("a", request(1), open);
    let Outcome::Applied(seq) = book.order(&order) else { panic!("it is opened") };
    let entry = KeyEntry { seq, fingerprint: request(1), refusal: None };
    assert_eq!(book.order(&order), Outcome::Replayed(entry));
    assert_eq!(book.kinds(), []);
}

#[test]
fn a_key_stands_on_one_record_of_its_command() {
    let (mut book, wallet, grant) = Book::with_credits(10);
    book.done(spend(wallet, credits(10)));
    let clawback = crate::book::clawback(wallet, grant, (1, 1), ledger::Shortfall::Owe);
    book.order(&keyed("a", request(1), clawback));
    assert_eq!(book.kinds(), [Kind::Clawback, Kind::Owe]);
    let keys = book.journal.iter().filter(|sealed| sealed.record.key.is_some());
    assert_eq!(keys.map(|sealed| sealed.record.event.kind()).collect::<Vec<_>>(), [Kind::Clawback]);
}
