//! Top-ups: one open a user, and what counts against caps.

use ledger::{Credits, Seq, Time, WalletId};
use store::top_ups::{self, Last, New, Terms};
use store::{Constraint, Db, Error};

use crate::scratch::{NOW, database, read, write};

const USER: i64 = 1;

fn terms() -> Terms {
    Terms {
        user_id: USER,
        wallet_id: WalletId::from_number(7),
        threshold: Credits::from_micros(50),
        quantity: Credits::from_micros(1_000),
        day_cap: 100,
        month_cap: 500,
        currency: "USD".to_owned(),
        cool_down_s: 60,
        payment_method: "pm_1".to_owned(),
        consent_text: "2026-11".to_owned(),
        consent_by: "user:1".to_owned(),
        consent_at: NOW,
    }
}

fn new(purchase_id: i64) -> New {
    New {
        purchase_id,
        user_id: USER,
        agreement: 1,
        cents: 40,
        currency: "USD".to_owned(),
        created_at: NOW,
    }
}

const ROWS: &str = "INSERT INTO users (id, email, email_folded, name, role, created_at, updated_at)
    VALUES (1, 'ada', 'ada', 'ada', 'customer', 1, 1);
    INSERT INTO purchases VALUES (1, 1, 7, 'a', NULL, 1, 40, 'USD', NULL, '{}', NULL, x'01',
        'pi_1', NULL, NULL, 'done', 1, 9, 1, 1);
    INSERT INTO purchases VALUES (2, 1, 7, 'a', NULL, 1, 40, 'USD', NULL, '{}', NULL, x'02',
        NULL, NULL, NULL, 'paying', 1, NULL, 1, 1);
    INSERT INTO purchases VALUES (3, 1, 7, 'a', NULL, 1, 40, 'USD', NULL, '{}', NULL, x'03',
        NULL, NULL, NULL, 'paying', 1, NULL, 1, 1);";

async fn begin(db: &Db, purchase: i64) -> Result<(), Error> {
    let new = new(purchase);
    write!(db, |tx| tx.exec(top_ups::begin(&new)).await?.expect_one())
}

/// What is open, what brought credits last, and what counts.
async fn state(db: &Db) -> (Option<i64>, Option<Last>, Vec<(Time, i64)>) {
    let found = read!(db, |tx| {
        let open = tx.opt(top_ups::open(USER)).await?.map(|open| open.purchase_id);
        let last = tx.opt(top_ups::last(USER)).await?;
        Ok((open, last, tx.all(top_ups::spent(USER, NOW, "USD")).await?))
    });
    found.unwrap()
}

async fn put(db: &Db) {
    let terms = terms();
    write!(db, |tx| tx.exec(top_ups::put(&terms)).await?.expect_one()).unwrap();
}

async fn watched(db: &Db, at: Time) -> usize {
    let [others, all] = [vec![2, 4], (0..32).collect()].map(|wallets: Vec<i64>| {
        wallets.into_iter().map(WalletId::from_number).collect::<Vec<_>>()
    });
    assert_eq!(read!(db, |tx| tx.all(top_ups::watched(&others, at)).await).unwrap(), []);
    let all = read!(db, |tx| tx.all(top_ups::watched(&all, at)).await).unwrap();
    all.len()
}

async fn stop(db: &Db, agreement: i64) -> bool {
    let stopped = write!(db, |tx| {
        tx.exec(top_ups::stop((USER, agreement), "declined", NOW)).await?.at_most_one()
    });
    stopped.unwrap()
}

#[tokio::test]
async fn one_is_open_at_a_time_and_what_failed_counts_no_more() {
    let (scratch, db) = database();
    scratch.raw().execute_batch(ROWS).unwrap();
    begin(&db, 1).await.unwrap();
    let second = begin(&db, 2).await;
    assert!(matches!(second, Err(Error::Constraint(Constraint::TopUpOpen))), "{second:?}");
    write!(db, |tx| tx.exec(top_ups::done(1, NOW)).await?.expect_one()).unwrap();
    begin(&db, 2).await.unwrap();
    let last = Some(Last { created_at: NOW, seq: Some(Seq::from_number(9)) });
    assert_eq!(state(&db).await, (Some(2), last, vec![(NOW, 40)]));
    let failed = write!(db, |tx| tx.exec(top_ups::fail(2, "declined", NOW)).await?.at_most_one());
    assert!(failed.unwrap());
    assert_eq!(state(&db).await, (None, last, vec![(NOW, 40)]));
    begin(&db, 3).await.unwrap();
}

async fn withdrawn(db: &Db) -> bool {
    read!(db, |tx| tx.opt(top_ups::withdrawn(1)).await).unwrap().is_some()
}

#[tokio::test]
async fn what_is_being_bought_is_looked_at_by_its_own_job_and_ends_with_its_agreement() {
    let (scratch, db) = database();
    scratch.raw().execute_batch(ROWS).unwrap();
    put(&db).await;
    begin(&db, 1).await.unwrap();
    assert_eq!((watched(&db, NOW).await, withdrawn(&db).await), (0, false));
    let of = read!(db, |tx| {
        let (ours, other) = (top_ups::of_payment("pi_1"), top_ups::of_payment("pi_2"));
        Ok::<_, Error>((tx.opt(ours).await?, tx.opt(other).await?))
    });
    assert_eq!(of.unwrap(), (Some(1), None));
    put(&db).await;
    assert!(withdrawn(&db).await, "another agreement");
    write!(db, |tx| tx.exec(top_ups::done(1, NOW)).await?.expect_one()).unwrap();
    assert_eq!(watched(&db, NOW).await, 1);
    write!(db, |tx| tx.exec(top_ups::turn_off(USER, NOW)).await?.expect_one()).unwrap();
    assert!(withdrawn(&db).await);
}

#[tokio::test]
async fn it_is_watched_while_it_is_on_and_stops_only_what_was_agreed_to() {
    let (scratch, db) = database();
    scratch.raw().execute_batch(ROWS).unwrap();
    let later = NOW.plus(1);
    assert_eq!(read!(db, |tx| tx.one(top_ups::highest()).await).unwrap(), None);
    put(&db).await;
    let highest = read!(db, |tx| tx.one(top_ups::highest()).await).unwrap();
    assert_eq!((watched(&db, NOW).await, highest), (1, Some(terms().threshold)));
    write!(db, |tx| tx.exec(top_ups::wait(USER, later)).await?.expect_one()).unwrap();
    assert_eq!((watched(&db, NOW).await, watched(&db, later).await), (0, 1));
    assert!(!stop(&db, 2).await);
    assert!(stop(&db, 1).await);
    assert_eq!(watched(&db, later).await, 0);
    let found = read!(db, |tx| tx.opt(top_ups::find(USER)).await).unwrap().unwrap();
    assert_eq!((found.state.as_str(), found.stopped.as_deref()), ("stopped", Some("declined")));
    assert_eq!((found.not_before, found.terms), (None, terms()));
    put(&db).await;
    let off = write!(db, |tx| tx.exec(top_ups::turn_off(USER, NOW)).await?.at_most_one());
    assert!(off.unwrap());
    assert_eq!(watched(&db, later).await, 0);
}
