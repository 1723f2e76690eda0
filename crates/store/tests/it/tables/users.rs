//! Users: unique addresses and external ids, wallets set once.

use ledger::{Time, WalletId};
use store::users::{self, Filter, NewUser};
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
    let first =
        read!(db, |tx| tx.all(users::list(Filter::default(), Page::numbered(1, 2))).await).unwrap();
    let second =
        read!(db, |tx| tx.all(users::list(Filter::default(), Page::numbered(2, 2))).await).unwrap();
    assert_eq!((ids(first), ids(second)), (vec![3, 2], vec![1]));
    assert_eq!(read!(db, |tx| tx.one(users::count()).await).unwrap(), 3);
}

#[tokio::test]
async fn a_user_is_found_by_a_piece_of_what_they_are_called() {
    let (_scratch, db) = database();
    let mut named = new("ada_l@Example.com", Some("X-1815"));
    named.name = "Ärger 100%";
    let ada = insert(&db, named).await.unwrap();
    let bob = insert(&db, new("adaxl@example.org", None)).await.unwrap();
    for (search, found) in [
        ("", vec![bob, ada]),
        ("ADA", vec![bob, ada]),
        ("a_l", vec![ada]),
        ("äRGER", vec![ada]),
        ("0%", vec![ada]),
        ("%", vec![ada]),
        ("!", vec![]),
        ("x-18", vec![ada]),
        ("1815x", vec![]),
    ] {
        let filter = Filter { search: Some(search), role: None };
        let page = Page::numbered(1, 10);
        let rows = read!(db, |tx| tx.all(users::list(filter, page)).await).unwrap();
        let ids: Vec<_> = rows.iter().map(|user| user.id).collect();
        assert_eq!(ids, found, "{search}");
        let count = read!(db, |tx| tx.one(users::count_found(filter)).await).unwrap();
        assert_eq!(usize::try_from(count), Ok(found.len()), "{search}");
    }
    let staff = Filter { search: None, role: Some("admin") };
    assert_eq!(read!(db, |tx| tx.one(users::count_found(staff)).await).unwrap(), 0);
}

#[tokio::test]
async fn a_renamed_user_is_found_by_the_new_name_alone() {
    let (_scratch, db) = database();
    let id = insert(&db, new("ada@example.com", None)).await.unwrap();
    let mut user = read!(db, |tx| tx.one(users::by_id(id)).await).unwrap();
    user.email = "byron@example.com".into();
    write!(db, |tx| tx.exec(users::update(&user)).await?.expect_one()).unwrap();
    for (search, count) in [("ada", 0), ("BYRON", 1)] {
        let filter = Filter { search: Some(search), role: None };
        let found = read!(db, |tx| tx.one(users::count_found(filter)).await).unwrap();
        assert_eq!(found, count, "{search}");
    }
}
