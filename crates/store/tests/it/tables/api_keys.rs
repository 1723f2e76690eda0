//! API keys: digests, names and revocation.

use ledger::Time;
use store::api_keys::{self, NewApiKey};
use store::{Constraint, Db, Error};

use crate::scratch::{NOW, database, read, write};

async fn insert(db: &Db, digest: &'static [u8]) -> Result<i64, Error> {
    let key =
        NewApiKey { name: "worker", digest, prefix: "sk_ab", scopes: "admin", created_at: NOW };
    write!(db, |tx| tx.one(api_keys::insert(&key)).await)
}

#[tokio::test]
async fn a_revoked_key_is_dead_and_leaves_its_name_to_the_next() {
    let (_scratch, db) = database();
    let first = insert(&db, b"one").await.unwrap();
    let second = insert(&db, b"two").await;
    assert!(matches!(second, Err(Error::Constraint(Constraint::ApiKeyName))));
    for revoked in [true, false] {
        let hit = write!(db, |tx| tx.exec(api_keys::revoke("worker", NOW)).await?.at_most_one());
        assert_eq!(hit.unwrap(), revoked);
    }
    let dead = read!(db, |tx| tx.opt(api_keys::live_by_digest(b"one")).await).unwrap();
    assert_eq!(dead, None);
    let second = insert(&db, b"two").await.unwrap();
    let live = read!(db, |tx| tx.one(api_keys::live_by_name("worker")).await).unwrap();
    assert_eq!((live.id, live.revoked_at), (second, None));
    let all = read!(db, |tx| tx.all(api_keys::list()).await).unwrap();
    let ids: Vec<_> = all.iter().map(|key| (key.id, key.revoked_at)).collect();
    assert_eq!(ids, [(second, None), (first, Some(NOW))]);
}

#[tokio::test]
async fn the_last_use_only_moves_forward() {
    let (_scratch, db) = database();
    let id = insert(&db, b"one").await.unwrap();
    for (micros, noted) in [(10, true), (5, false), (20, true)] {
        let at = Time::from_micros(micros);
        let hit = write!(db, |tx| tx.exec(api_keys::touch(id, at)).await?.at_most_one());
        assert_eq!(hit.unwrap(), noted);
    }
    let key = read!(db, |tx| tx.one(api_keys::live_by_digest(b"one")).await).unwrap();
    assert_eq!(key.last_used_at, Some(Time::from_micros(20)));
}
