//! Consumers' cursors: only who knows where one is may move it.

use ledger::{Partition, Seq};
use store::Db;
use store::cursors::{self, Begun, Cursor};

use crate::scratch::{database, read, write};

const AT: Partition = Partition::FIRST;

fn at(seq: i64) -> Cursor {
    Cursor { seq: Seq::from_number(seq), begun: None }
}

fn begun(seq: i64, upto: i64, done: i64) -> Cursor {
    Cursor { begun: Some(Begun { upto: Seq::from_number(upto), done }), ..at(seq) }
}

async fn begin(db: &Db) -> bool {
    let begin = cursors::begin("rollup", AT, Seq::ZERO);
    write!(db, |tx| tx.exec(begin).await?.at_most_one()).unwrap()
}

async fn advance(db: &Db, from: Cursor, to: i64) -> bool {
    let advance = cursors::advance("rollup", AT, from, Seq::from_number(to));
    write!(db, |tx| tx.exec(advance).await?.at_most_one()).unwrap()
}

async fn write_part(db: &Db, from: Cursor, upto: i64, done: i64) -> bool {
    let begun = Begun { upto: Seq::from_number(upto), done };
    let part = cursors::write_part("rollup", AT, from, begun);
    write!(db, |tx| tx.exec(part).await?.at_most_one()).unwrap()
}

async fn find(db: &Db, name: &'static str) -> Option<Cursor> {
    read!(db, |tx| tx.opt(cursors::find(name, AT)).await).unwrap()
}

#[tokio::test]
async fn a_cursor_moves_forward_for_the_one_that_knows_where_it_is() {
    let (_scratch, db) = database();
    assert!(begin(&db).await);
    assert!(!begin(&db).await);
    assert!(advance(&db, at(0), 5).await);
    assert!(!advance(&db, at(0), 7).await);
    assert!(!advance(&db, at(5), 5).await);
    assert!(!advance(&db, at(5), 4).await);
    assert!(advance(&db, at(5), 6).await);
    assert_eq!(find(&db, "rollup").await, Some(at(6)));
    assert_eq!(find(&db, "mails").await, None);
}

#[tokio::test]
async fn parts_of_a_step_count_up_each_written_by_the_one_that_knows_the_last() {
    let (_scratch, db) = database();
    assert!(begin(&db).await);
    assert!(write_part(&db, at(0), 9, 3).await);
    assert_eq!(find(&db, "rollup").await, Some(begun(0, 9, 3)));
    assert!(!write_part(&db, at(0), 9, 4).await, "another one began it");
    assert!(!advance(&db, at(0), 9).await, "and it is not done");
    assert!(!write_part(&db, begun(0, 9, 3), 9, 3).await);
    assert!(!write_part(&db, begun(0, 9, 3), 12, 5).await, "it goes to 9");
    assert!(!advance(&db, begun(0, 9, 3), 12).await, "it goes to 9");
    assert!(!write_part(&db, begun(1, 9, 3), 9, 5).await);
    assert!(write_part(&db, begun(0, 9, 3), 9, 5).await);
    assert!(!advance(&db, begun(0, 9, 3), 9).await);
    assert!(advance(&db, begun(0, 9, 5), 9).await);
    assert_eq!(find(&db, "rollup").await, Some(at(9)));
}
