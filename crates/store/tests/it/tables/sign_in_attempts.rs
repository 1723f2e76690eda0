//! Tries of a password: never more than so many in any window.

use ledger::Time;
use store::Db;
use store::sign_in_attempts::{self, Attempt, Attempts};

use crate::scratch::{NOW, database, read, write};

const WINDOW: i64 = 900 * Time::SECOND;

async fn begin(db: &Db, at: Time) -> bool {
    let attempt = Attempt { address: b"a", at, since: at.plus(-WINDOW), most: 3 };
    write!(db, |tx| tx.exec(sign_in_attempts::begin(&attempt)).await?.at_most_one()).unwrap()
}

#[tokio::test]
async fn there_never_are_more_than_so_many_in_any_window() {
    let (_scratch, db) = database();
    let second = |n: i64| NOW.plus(n * Time::SECOND);
    for (at, let_through) in [
        (0, true),
        (899, true),
        (1_000, true),
        (1_001, false),
        // A refused one does not count: this is 900 s after the last that did.
        (1_899, false),
        (1_900, true),
        (1_901, true),
        (1_902, true),
        (1_903, false),
    ] {
        assert_eq!(begin(&db, second(at)).await, let_through, "{at}");
    }
    let found = read!(db, |tx| tx.opt(sign_in_attempts::by_address(b"a")).await).unwrap();
    assert_eq!(found, Some(Attempts { count: 3, last_at: second(1_902) }));
}

#[tokio::test]
async fn a_success_and_time_forget() {
    let (_scratch, db) = database();
    assert!(begin(&db, NOW).await);
    for forgotten in [true, false] {
        let hit = write!(db, |tx| tx.exec(sign_in_attempts::forget(b"a")).await?.at_most_one());
        assert_eq!(hit.unwrap(), forgotten);
    }
    assert!(begin(&db, NOW).await);
    for (since, removed) in [(NOW.plus(-1), 0), (NOW, 1)] {
        let rows = write!(db, |tx| Ok(tx.exec(sign_in_attempts::prune(since)).await?.rows()));
        assert_eq!(rows.unwrap(), removed);
    }
}
