//! Idempotency of what is no ledger command.

use store::requests::{self, RequestKey};

use crate::scratch::{NOW, database, read, write};

const KEY: RequestKey<'_> =
    RequestKey { scope: "key:worker", operation: "users.create", key: "k-1" };

#[tokio::test]
async fn a_request_is_begun_once_and_answered_once() {
    let (_scratch, db) = database();
    assert_eq!(read!(db, |tx| tx.opt(requests::find(KEY)).await).unwrap(), None);
    for begun in [true, false] {
        let hit = write!(db, |tx| tx.exec(requests::begin(KEY, b"f", NOW)).await?.at_most_one());
        assert_eq!(hit.unwrap(), begun);
    }
    let started = read!(db, |tx| tx.one(requests::find(KEY)).await).unwrap();
    assert_eq!((started.fingerprint.as_slice(), started.answer), (b"f".as_slice(), None));
    for (answer, kept) in [("one", true), ("two", false)] {
        let hit = write!(db, |tx| tx.exec(requests::finish(KEY, answer)).await?.at_most_one());
        assert_eq!(hit.unwrap(), kept);
    }
    let done = read!(db, |tx| tx.one(requests::find(KEY)).await).unwrap();
    assert_eq!(done.answer.as_deref(), Some("one"));
}
