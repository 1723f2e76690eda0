//! Sessions: found while they live, ended alone or all but one.

use ledger::Time;
use store::sessions::{self, NewSession, Session};
use store::users::{self, NewUser};
use store::{Db, Error};

use crate::scratch::{NOW, database, read, write};

const LATER: Time = NOW.plus(Time::DAY);

async fn user(db: &Db) -> i64 {
    let new = NewUser {
        email: "ada@example.com",
        name: "Ada",
        role: "support",
        external_id: None,
        password_hash: None,
        created_at: NOW,
    };
    write!(db, |tx| tx.one(users::insert(&new)).await).unwrap()
}

async fn insert(db: &Db, user_id: i64, digest: &'static [u8]) -> i64 {
    let new = NewSession { user_id, digest, created_at: NOW, expires_at: LATER };
    write!(db, |tx| tx.one(sessions::insert(&new)).await).unwrap()
}

async fn find(db: &Db, digest: &'static [u8]) -> Result<Option<Session>, Error> {
    read!(db, |tx| tx.opt(sessions::live_by_digest(digest)).await)
}

#[tokio::test]
async fn a_session_says_whose_it_is_until_it_is_revoked() {
    let (_scratch, db) = database();
    let user_id = user(&db).await;
    let id = insert(&db, user_id, b"one").await;
    let found = find(&db, b"one").await.unwrap();
    let role = "support".to_owned();
    let (expires_at, last_seen_at) = (LATER, NOW);
    let live = Session { id, expires_at, last_seen_at, user_id, role, wallet_id: None };
    assert_eq!(found, Some(live));
    for revoked in [true, false] {
        let hit = write!(db, |tx| tx.exec(sessions::revoke(b"one", NOW)).await?.at_most_one());
        assert_eq!(hit.unwrap(), revoked);
    }
    assert_eq!(find(&db, b"one").await.unwrap(), None);
}

#[tokio::test]
async fn every_session_but_one_is_ended_at_once() {
    let (_scratch, db) = database();
    let user_id = user(&db).await;
    for digest in [b"one", b"two", b"six"] {
        insert(&db, user_id, digest).await;
    }
    let ended =
        write!(db, |tx| Ok(tx.exec(sessions::revoke_others(user_id, b"two", NOW)).await?.rows()));
    assert_eq!(ended.unwrap(), 2);
    assert!(find(&db, b"two").await.unwrap().is_some());
    assert!(find(&db, b"six").await.unwrap().is_none());
}

#[tokio::test]
async fn what_has_expired_is_removed_and_the_last_use_only_moves_forward() {
    let (_scratch, db) = database();
    let user_id = user(&db).await;
    let id = insert(&db, user_id, b"one").await;
    for (seconds, noted) in [(10, true), (5, false)] {
        let at = NOW.plus(seconds * Time::SECOND);
        let hit = write!(db, |tx| tx.exec(sessions::touch(id, at)).await?.at_most_one());
        assert_eq!(hit.unwrap(), noted);
    }
    for (now, removed) in [(LATER.plus(-1), 0), (LATER, 1)] {
        let rows = write!(db, |tx| Ok(tx.exec(sessions::prune(now)).await?.rows()));
        assert_eq!(rows.unwrap(), removed);
    }
}
