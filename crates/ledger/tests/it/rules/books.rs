//! A book begins with one genesis, and the same commands make the same book.

use ledger::{
    Command, Event, Hash, Head, Mode, Outcome, Overlay, Read, Seq, Words, Working, chain, command,
    decode,
};

use crate::book::{ANN, BEGIN, Book, credits, hold, keyed, purchase, request, spend};

fn genesis() -> Event {
    Event::Genesis { book: [1; 16], mode: Mode::Live, format: 1, public_key: [2; 32] }
}

#[test]
fn a_second_genesis_breaks_and_so_does_another_first_record() {
    let book = Book::new();
    let mut overlay = Overlay::new(&book.working);
    ledger::genesis(&mut overlay, book.now, genesis()).expect_err("there is one");
    let empty = Working::new(Head::START);
    let mut overlay = Overlay::new(&empty);
    ledger::genesis(&mut overlay, BEGIN, Event::Spend).expect_err("that is none");
    ledger::genesis(&mut overlay, BEGIN, genesis()).expect("now it is");
    assert_eq!(overlay.head().seq, Seq::from_number(1));
}

#[test]
fn each_records_hash_covers_all_before_it() {
    let (mut book, wallet, _) = Book::with_credits(10);
    book.done(spend(wallet, credits(1)));
    let mut hash = Head::START.hash;
    for sealed in &book.journal {
        hash = chain(hash, &sealed.body);
        assert_eq!(hash, sealed.hash);
        assert_eq!(decode(&sealed.body).as_ref(), Ok(&*sealed.record));
    }
    assert_eq!(book.working.head().hash, hash);
}

#[test]
fn the_same_commands_make_the_same_bytes() {
    let write = || {
        let (mut book, wallet, _) = Book::with_credits(10);
        book.hold(hold(wallet, credits(3)));
        book.grant(purchase(wallet, credits(3)));
        book.done(spend(wallet, credits(9)));
        book.journal.into_iter().map(|sealed| sealed.body).collect::<Vec<_>>()
    };
    assert_eq!(write(), write());
}

#[test]
fn words_stay_beside_the_journal_which_has_their_salted_digest() {
    let (mut book, wallet, _) = Book::with_credits(10);
    let words = Words { salt: [7; 16], text: "lunch".to_owned() };
    let order = ledger::Order {
        words: Some(words.clone()),
        ..ledger::Order::bare(ANN, spend(wallet, credits(1)))
    };
    book.order(&order);
    let sealed = book.journal.last().unwrap();
    assert_eq!(sealed.words.as_ref(), Some(&words));
    assert_eq!(sealed.record.words, Some(words.digest()));
    assert!(!sealed.body.windows(5).any(|window| window == b"lunch"));
    let other = Words { salt: [8; 16], ..words.clone() };
    assert_ne!(other.digest(), words.digest());
}

#[test]
fn erasing_names_a_record_there_is() {
    let mut book = Book::new();
    let head = book.working.head().seq;
    for of in [Seq::ZERO, head.next(), Seq::from_number(-1)] {
        assert_eq!(book.refused(Command::Erase(of)), ledger::Refusal::UnknownRecord);
    }
    let record = book.done(Command::Erase(head));
    assert_eq!(record.event, Event::Erase { of: head });
}

#[test]
fn a_seal_is_a_record_of_no_wallet_and_its_key_seals_once() {
    let (mut book, wallet) = Book::with_wallet();
    let before = book.working.wallet(wallet).cloned();
    let seal = command::Seal { through: 3, digest: Hash([9; 32]) };
    let order = keyed("audit:3", request(1), Command::Seal(seal));
    let seq = book.working.head().seq.next();
    assert_eq!(book.order(&order), Outcome::Applied(seq));
    let record = book.record(seq);
    assert_eq!(record.event, Event::Seal { through: 3, digest: Hash([9; 32]) });
    assert_eq!((record.wallet, record.after), (None, None));
    assert_eq!(book.working.wallet(wallet).cloned(), before);
    assert!(matches!(book.order(&order), Outcome::Replayed(entry) if entry.seq == seq));
}
