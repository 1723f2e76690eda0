//! Users: unique addresses and external ids, wallets set once.

use ledger::{Time, WalletId};
use store::users::{self, NewUser};
use store::{Constraint, Db, Error, Page};

use crate::scratch::{NOW, database, read, write};

fn new(email: &'static str, external_id: Option<&'static str>) -> NewUser<'static> {
    NewUser {
        email,
        name: "N",
        role: "customer",
        external_id,
        password_hash: None,
        created_at: NOW,
    }
}

async fn insert(db: &Db, user: NewUser<'static>) -> Result<i64, Error> {
    write!(db, |tx| tx.one(users::insert(&user)).await)
}

#[tokio::test]
async fn a_user_is_found_by_id_address_external_id_and_wallet() {
    let (_scratch, db) = database();
    let id = insert(&db, new("Ada@Example.com", Some("x-1"))).await.unwrap();
    let wallet = WalletId::from_number(7);
    assert!(write!(db, |tx| tx.exec(users::set_wallet(id, wallet)).await?.at_most_one()).unwrap());
    let found = read!(db, |tx| {
        Ok([
            tx.one(users::by_id(id)).await?,
            tx.one(users::by_email("aDA@example.com")).await?,
            tx.one(users::by_external_id("x-1")).await?,
            tx.one(users::by_wallet(wallet)).await?,
        ])
    });
    for user in found.unwrap() {
        assert_eq!((user.id, user.email.as_str()), (id, "Ada@Example.com"));
        assert_eq!(user.wallet_id, Some(wallet));
    }
    assert!(read!(db, |tx| tx.opt(users::by_id(id + 1)).await).unwrap().is_none());
}

#[tokio::test]
async fn an_address_in_another_case_is_the_same_address() {
    let (_scratch, db) = database();
    insert(&db, new("ada@example.com", None)).await.unwrap();
    let again = insert(&db, new("ADA@EXAMPLE.COM", None)).await;
    assert!(matches!(again, Err(Error::Constraint(Constraint::UserEmail))));
}

#[tokio::test]
async fn a_wallet_is_given_once() {
    let (_scratch, db) = database();
    let id = insert(&db, new("a@example.com", None)).await.unwrap();
    let waiting = read!(db, |tx| tx.all(users::without_wallet(10)).await).unwrap();
    assert_eq!(waiting, [id]);
    for (wallet, given) in [(7, true), (8, false)] {
        let wallet = WalletId::from_number(wallet);
        let hit = write!(db, |tx| tx.exec(users::set_wallet(id, wallet)).await?.at_most_one());
        assert_eq!(hit.unwrap(), given);
    }
    let user = read!(db, |tx| tx.one(users::by_id(id)).await).unwrap();
    assert_eq!(user.wallet_id, Some(WalletId::from_number(7)));
    assert!(read!(db, |tx| tx.all(users::without_wallet(10)).await).unwrap().is_empty());
}

#[tokio::test]
async fn an_update_writes_what_may_change_and_the_password_is_apart() {
    let (_scratch, db) = database();
    let id = insert(&db, new("a@example.com", None)).await.unwrap();
    let later = Time::from_micros(NOW.micros() + 1);
    write!(db, |tx| {
        tx.exec(users::set_password(id, Some("hash"), NOW)).await?.expect_one()?;
        let mut user = tx.one(users::by_id(id)).await?;
        user.email = "B@example.com".to_owned();
        user.role = "admin".to_owned();
        user.external_id = Some("x".to_owned());
        user.password_hash = None;
        user.updated_at = later;
        tx.exec(users::update(&user)).await?.expect_one()
    })
    .unwrap();
    let user = read!(db, |tx| tx.one(users::by_email("b@example.com")).await).unwrap();
    assert_eq!((user.id, user.role.as_str(), user.updated_at), (id, "admin", later));
    assert_eq!(user.external_id.as_deref(), Some("x"));
    assert_eq!(user.password_hash.as_deref(), Some("hash"));
}

#[tokio::test]
async fn pages_are_newest_first() {
    let (_scratch, db) = database();
    for email in ["a@x.com", "b@x.com", "c@x.com"] {
        insert(&db, new(email, None)).await.unwrap();
    }
    let ids = |users: Vec<users::User>| users.iter().map(|user| user.id).collect::<Vec<_>>();
    let first = read!(db, |tx| tx.all(users::list(Page::numbered(1, 2))).await).unwrap();
    let second = read!(db, |tx| tx.all(users::list(Page::numbered(2, 2))).await).unwrap();
    assert_eq!((ids(first), ids(second)), (vec![3, 2], vec![1]));
    assert_eq!(read!(db, |tx| tx.one(users::count()).await).unwrap(), 3);
}
