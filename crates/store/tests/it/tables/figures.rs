//! Figures: sums that never overflow, and users by how they stand.

use ledger::{Credits, Seq, Status, Time, WalletId};
use store::figures::{self, Month, MonthOf, Move, Opened, Search};
use store::users::{self, NewUser};
use store::{Db, Error, Page};

use crate::scratch::{NOW, database, read, write};

const WALLET: WalletId = WalletId::from_number(7);

fn opened() -> Opened {
    Opened { wallet: WALLET, user: 1, seq: Seq::from_number(7) }
}

#[tokio::test]
async fn months_add_up_beyond_any_one_integer_of_micro_credits() {
    let (_scratch, db) = database();
    let of = MonthOf { wallet: WALLET, month: NOW };
    let mut month = Month { transactions: 9_000, ..Month::default() };
    for _ in 0..9_000 {
        month.added.add(Credits::MAX);
        month.spent.add(Credits::from_micros(999_999));
    }
    for _ in 0..3 {
        write!(db, |tx| figures::add(tx, [(of, month)]).await).unwrap();
    }
    let found = read!(db, |tx| figures::find_month(tx, of).await).unwrap();
    assert_eq!(found.added.micros(), 27_000 * i128::from(Credits::MAX.micros()));
    assert_eq!(found.spent.micros(), 27_000 * 999_999);
    assert_eq!((found.removed.micros(), found.transactions), (0, 27_000));
    let other = MonthOf { month: Time::from_micros(0), ..of };
    assert_eq!(read!(db, |tx| figures::find_month(tx, other).await).unwrap(), Month::default());
}

#[tokio::test]
async fn a_wallet_that_was_not_opened_does_not_move() {
    let (_scratch, db) = database();
    let left = Move { posted: Credits::MAX, at: NOW, seq: Seq::from_number(9) };
    let moved = write!(db, |tx| figures::move_all(tx, &[(WALLET, left)]).await);
    assert!(matches!(moved, Err(Error::NotOneRow { rows: 0, .. })));
    write!(db, |tx| {
        figures::open_all(tx, &[opened()]).await?;
        figures::move_all(tx, &[(WALLET, left)]).await?;
        tx.exec(figures::set_status(WALLET, Status::Paused)).await?.expect_one()
    })
    .unwrap();
    let found = read!(db, |tx| figures::find_standing(tx, WALLET).await).unwrap().unwrap();
    assert_eq!((found.posted, found.status), (Credits::MAX, Status::Paused));
    assert_eq!(found.last_transaction_at, Some(NOW));
}

async fn user(db: &Db, email: &'static str, name: &'static str) -> i64 {
    let (role, external_id, password_hash, created_at) = ("customer", None, None, NOW);
    let user = NewUser { email, name, role, external_id, password_hash, created_at };
    write!(db, |tx| tx.one(users::insert(&user)).await).unwrap()
}

#[tokio::test]
async fn users_without_a_wallet_stand_as_those_who_have_nothing() {
    let (_scratch, db) = database();
    user(&db, "ada@example.com", "Ada").await;
    user(&db, "bob@example.com", "Bob").await;
    write!(db, |tx| figures::open_all(tx, &[opened()]).await).unwrap();
    let page = Page::numbered(1, 10);
    let all = read!(db, |tx| tx.all(figures::list_standings(page)).await).unwrap();
    let seen: Vec<_> = all.iter().map(|one| (one.id, one.wallet, one.status)).collect();
    assert_eq!(seen, [(2, None, Status::Active), (1, Some(WALLET), Status::Active)]);
    // Opened by the ledger, not yet noted beside the user: counted once.
    assert_eq!(read!(db, |tx| tx.one(figures::count_walletless()).await).unwrap(), 1);
    let search = Search { text: "ADA", status: Some(Status::Active) };
    assert_eq!(read!(db, |tx| tx.one(figures::count_found(search)).await).unwrap(), 1);
    let found = read!(db, |tx| tx.all(figures::list_found(search, page)).await).unwrap();
    assert_eq!(found.iter().map(|one| one.id).collect::<Vec<_>>(), [1]);
}
