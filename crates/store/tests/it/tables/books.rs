//! The book's row: one, for ever.

use store::books::{self, Book, Mode};
use store::{Constraint, Error};

use crate::scratch::{NOW, database, read, write};

#[tokio::test]
async fn a_database_has_no_book_then_one_for_ever() {
    let (_scratch, db) = database();
    assert!(read!(db, |tx| tx.opt(books::find()).await).unwrap().is_none());
    let book = Book {
        book_id: [1; 16],
        mode: Mode::Live,
        format: 1,
        public_key: [2; 32],
        fingerprint_secret: [3; 32],
        api_key_secret: [4; 32],
        created_at: NOW,
    };
    let first = book.clone();
    write!(db, |tx| tx.exec(books::insert(&first)).await?.expect_one()).unwrap();
    assert!(read!(db, |tx| tx.one(books::find()).await).unwrap() == book);
    let second = write!(db, |tx| tx.exec(books::insert(&book)).await?.expect_one());
    assert!(matches!(second, Err(Error::Constraint(Constraint::Book))));
}
