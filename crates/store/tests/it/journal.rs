//! Appending, and what the journal gives back.

use ledger::{Actor, Command, Head, Order, Time, Words};
use store::{Error, journal, words};

use crate::book::{Book, NO_HASH, append, seq};
use crate::scratch::{database, read};

#[tokio::test]
async fn what_is_appended_reads_back_and_verifies() {
    let (_scratch, db) = database();
    assert_eq!(read!(db, |tx| journal::head(tx).await).unwrap(), None);
    let book = Book::busy();
    let half = book.sealed.len() / 2;
    append_part(&db, &book, 0, half).await.unwrap();
    append_part(&db, &book, half, book.sealed.len()).await.unwrap();
    assert_eq!(read!(db, |tx| journal::head(tx).await).unwrap(), Some(book.head()));
    let mut verifier = ledger::Verifier::default();
    let mut last = ledger::Seq::ZERO;
    loop {
        let rows = read!(db, |tx| journal::range(tx, last, 7).await).unwrap();
        assert!(rows.len() <= 7);
        let Some(row) = rows.last() else { break };
        last = row.seq;
        for row in &rows {
            verifier.next(row.seq, &row.body, row.hash).unwrap();
        }
    }
    assert_eq!(verifier.head(), book.head());
    let row = read!(db, |tx| journal::find(tx, last).await).unwrap().unwrap();
    assert_eq!(row.hash, book.head().hash);
    let beyond = last.next();
    assert_eq!(read!(db, |tx| journal::find(tx, beyond).await).unwrap(), None);
}

async fn append_part(db: &store::Db, book: &Book, from: usize, to: usize) -> Result<(), Error> {
    let (head, sealed) = (book.head_before(from), book.sealed[from..to].to_vec());
    crate::scratch::write!(db, |tx| journal::append(tx, head, &sealed).await)
}

#[tokio::test]
async fn an_append_behind_another_head_writes_nothing() {
    let (_scratch, db) = database();
    let mut book = Book::new();
    append(&db, &book, 0).await.unwrap();
    let again = append(&db, &book, 0).await;
    assert!(matches!(again, Err(Error::HeadMoved)), "{again:?}");
    book.open(1);
    book.open(2);
    let gap = append(&db, &book, 2).await;
    assert!(matches!(gap, Err(Error::HeadMoved)), "{gap:?}");
    // Another journal, with a record at the same place.
    let other = Head { hash: NO_HASH, ..book.head_before(1) };
    let sealed = book.sealed[1..2].to_vec();
    let forked = crate::scratch::write!(db, |tx| journal::append(tx, other, &sealed).await);
    assert!(matches!(forked, Err(Error::HeadMoved)), "{forked:?}");
    let rows = read!(db, |tx| journal::range(tx, ledger::Seq::ZERO, 10).await).unwrap();
    assert_eq!(rows.len(), 1);
    append(&db, &book, 1).await.unwrap();
    assert_eq!(read!(db, |tx| journal::head(tx).await).unwrap(), Some(book.head()));
}

#[tokio::test]
async fn place_and_hash_of_the_head_decide_not_what_the_caller_thinks_its_time_is() {
    let (_scratch, db) = database();
    let mut book = Book::new();
    append(&db, &book, 0).await.unwrap();
    book.open(1);
    let head = Head { at: Time::from_micros(0), ..book.head_before(1) };
    let sealed = book.sealed[1..].to_vec();
    crate::scratch::write!(db, |tx| journal::append(tx, head, &sealed).await).unwrap();
    assert_eq!(read!(db, |tx| journal::head(tx).await).unwrap(), Some(book.head()));
}

#[tokio::test]
async fn words_are_beside_their_record_until_it_is_erased() {
    let (scratch, db) = database();
    let mut book = Book::new();
    let wallet = book.open(1);
    let said = Words { salt: [1; 16], text: "a very private sentence".to_owned() };
    let grant = ledger::command::Grant {
        wallet,
        amount: crate::book::credits(5),
        source: ledger::Source::Admin,
        priority: 50,
        effective_at: None,
        expires_at: None,
        cost: None,
    };
    let mut order = Order::bare(Actor::System, Command::Grant(grant));
    order.words = Some(said.clone());
    book.order(&order);
    append(&db, &book, 0).await.unwrap();
    let place = book.head().seq;
    let of = seq(place.number());
    assert_eq!(read!(db, |tx| words::find(tx, of).await).unwrap(), Some(said.clone()));
    let all = read!(db, |tx| words::range(tx, ledger::Seq::ZERO, 9).await).unwrap();
    assert_eq!(all, [(of, said)]);
    let before = book.sealed.len();
    book.run(Command::Erase(of));
    append(&db, &book, before).await.unwrap();
    assert_eq!(read!(db, |tx| words::find(tx, of).await).unwrap(), None);
    db.close().await;
    let private = b"a very private sentence";
    for (name, bytes) in scratch.files() {
        let found = bytes.windows(private.len()).any(|window| window == private);
        assert!(!found, "{name} still has it");
    }
}

#[test]
fn no_statement_changes_a_row_of_the_journal() {
    for sql in store::statements() {
        let text = sql.text(store::Engine::Sqlite);
        let changes = text.contains("UPDATE journal") || text.contains("DELETE FROM journal");
        assert!(!changes, "{}", sql.name());
    }
}
