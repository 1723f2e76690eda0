//! Consumers' cursors: only who knows where one is may move it.

use ledger::{Partition, Seq};
use store::Db;
use store::cursors::{self, Step};

use crate::scratch::{database, read, write};

const AT: Partition = Partition::FIRST;

async fn advance(db: &Db, from: i64, to: i64) -> bool {
    let step = Step { from: Seq::from_number(from), to: Seq::from_number(to) };
    write!(db, |tx| tx.exec(cursors::advance("rollup", AT, step)).await?.at_most_one()).unwrap()
}

#[tokio::test]
async fn a_cursor_moves_forward_for_the_one_that_knows_where_it_is() {
    let (_scratch, db) = database();
    for begun in [true, false] {
        let begin = cursors::begin("rollup", AT, Seq::ZERO);
        assert_eq!(write!(db, |tx| tx.exec(begin).await?.at_most_one()).unwrap(), begun);
    }
    assert!(advance(&db, 0, 5).await);
    assert!(!advance(&db, 0, 7).await);
    assert!(!advance(&db, 5, 5).await);
    assert!(!advance(&db, 5, 4).await);
    assert!(advance(&db, 5, 6).await);
    let found = read!(db, |tx| tx.opt(cursors::find("rollup", AT)).await).unwrap();
    assert_eq!(found, Some(Seq::from_number(6)));
    let other = read!(db, |tx| tx.opt(cursors::find("mails", AT)).await).unwrap();
    assert_eq!(other, None);
}
