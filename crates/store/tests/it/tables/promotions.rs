//! Promotions, their uses, and tags.

use ledger::{Credits, Seq, WalletId};
use store::promotions::{self, Promotion, Taken};
use store::redemptions::{self, New, State};
use store::{Constraint, Error, Page, Place, tags, users};

use crate::scratch::{NOW, database, write};

fn promotion(code: Option<&str>, max_uses: Option<i64>) -> Promotion {
    Promotion {
        id: 0,
        name: "Summer".to_owned(),
        description: None,
        code: code.map(str::to_owned),
        discount_type: "percentage".to_owned(),
        discount_value: 250_000,
        max_discount: Some(500),
        min_purchase: None,
        package_ids: None,
        user_groups: Some(r#"["vip"]"#.to_owned()),
        start_date: NOW,
        end_date: NOW.plus(10),
        is_active: true,
        max_uses,
        current_uses: 0,
        max_uses_per_user: 2,
        created_at: NOW,
        updated_at: None,
    }
}

fn redemption(promotion_id: i64, purchase_id: Option<i64>, credits: i64) -> New {
    New {
        promotion_id,
        user_id: 1,
        wallet_id: WalletId::from_number(7),
        actor: "user:1".to_owned(),
        request_id: None,
        purchase_id,
        cents: 5,
        currency: "USD".to_owned(),
        credits: Credits::from_micros(credits),
        created_at: NOW,
    }
}

#[tokio::test]
async fn a_use_is_counted_up_to_its_limits_and_given_back() {
    let (_scratch, db) = database();
    let counted = write!(db, |tx| {
        let id = tx.one(promotions::insert(&promotion(Some("A"), Some(3)))).await?;
        let mut counted = Vec::new();
        for user in [1, 1, 1, 2, 3, 3] {
            counted.push(promotions::take(tx, id, user).await?);
        }
        promotions::give_back(tx, id, 1).await?;
        counted.push(promotions::take(tx, id, 3).await?);
        let found = tx.one(promotions::by_id(id)).await?;
        let of_users = [
            tx.opt(promotions::uses(id, 1)).await?,
            tx.opt(promotions::uses(id, 3)).await?,
            tx.opt(promotions::uses(id, 4)).await?,
        ];
        Ok((counted, found.current_uses, of_users))
    });
    let (counted, uses, of_users) = counted.unwrap();
    let (yes, over) = (Taken::Yes, Taken::Exhausted);
    assert_eq!(
        counted,
        [yes, yes, Taken::UsedUp, yes, over, over, yes],
        "two a user, three in all"
    );
    assert_eq!((uses, of_users), (3, [Some(1), Some(1), None]));
}

#[tokio::test]
async fn what_is_without_a_code_is_found_while_it_holds() {
    let (_scratch, db) = database();
    let found = write!(db, |tx| {
        tx.one(promotions::insert(&promotion(Some("A"), None))).await?;
        let id = tx.one(promotions::insert(&promotion(None, None))).await?;
        let stopped = Promotion { is_active: false, ..promotion(None, None) };
        tx.one(promotions::insert(&stopped)).await?;
        let mut found = Vec::new();
        for at in [-1, 0, 9, 10] {
            found.push(tx.all(promotions::automatic(NOW.plus(at), 9)).await?.len());
        }
        let all = tx.all(promotions::list(Page { limit: 9, offset: 1 })).await?;
        let count = tx.one(promotions::count()).await?;
        Ok((found, all[0].clone(), id, count, tx.opt(promotions::by_code("A")).await?))
    });
    let (found, second, id, count, coded) = found.unwrap();
    assert_eq!((found, count), (vec![0, 1, 1, 0], 3));
    assert_eq!(second, Promotion { id, ..promotion(None, None) });
    assert_eq!(coded.map(|of| of.code), Some(Some("A".to_owned())));
}

#[tokio::test]
async fn a_promotion_changes_but_for_its_uses() {
    let (_scratch, db) = database();
    let changed = write!(db, |tx| {
        let id = tx.one(promotions::insert(&promotion(Some("A"), Some(2)))).await?;
        assert_eq!(promotions::take(tx, id, 1).await?, Taken::Yes);
        let other = Promotion {
            id,
            is_active: false,
            current_uses: 9,
            updated_at: Some(NOW),
            ..promotion(None, Some(1))
        };
        tx.exec(promotions::update(&other)).await?.expect_one()?;
        Ok((tx.one(promotions::by_id(id)).await?, other))
    });
    let (found, other) = changed.unwrap();
    assert_eq!(found, Promotion { current_uses: 1, ..other });
}

#[tokio::test]
async fn a_reservation_goes_one_way_once() {
    let (_scratch, db) = database();
    let states = write!(db, |tx| {
        let id = tx.one(promotions::insert(&promotion(Some("A"), None))).await?;
        let mut states = Vec::new();
        for (purchase, credits) in [(1, 0), (2, 5), (3, 0)] {
            let made =
                tx.one(redemptions::insert(&redemption(id, Some(purchase), credits))).await?;
            let early = tx.exec(redemptions::granted(made, Seq::from_number(9), NOW)).await?;
            let freed =
                purchase == 3 && tx.exec(redemptions::freed(made, NOW)).await?.at_most_one()?;
            let bought = tx.exec(redemptions::bought(purchase, NOW)).await?.at_most_one()?;
            let late = tx.exec(redemptions::freed(made, NOW)).await?.at_most_one()?;
            let found = tx.one(redemptions::by_purchase(purchase)).await?;
            states.push((early.rows(), freed, bought, late, found.state));
        }
        Ok(states)
    });
    let expected = [
        (0, false, true, false, State::Used),
        (0, false, true, false, State::Granting),
        (0, true, false, false, State::Freed),
    ];
    assert_eq!(states.unwrap(), expected);
}

#[tokio::test]
async fn what_is_owed_is_found_until_it_is_granted() {
    let (_scratch, db) = database();
    let id = write!(db, |tx| {
        let id = tx.one(promotions::insert(&promotion(Some("A"), None))).await?;
        tx.one(redemptions::insert(&redemption(id, None, 5))).await
    });
    let id = id.unwrap();
    let seen = write!(db, |tx| {
        let owed = tx.all(redemptions::owed(NOW, Place::START, 9)).await?;
        let early = tx.all(redemptions::owed(NOW.plus(-1), Place::START, 9)).await?;
        let first = tx.exec(redemptions::refused(id, 1, NOW)).await?.at_most_one()?;
        let again = tx.exec(redemptions::refused(id, 1, NOW)).await?.at_most_one()?;
        tx.exec(redemptions::granted(id, Seq::from_number(9), NOW)).await?.expect_one()?;
        let page = Page { limit: 9, offset: 0 };
        let of_user = tx.all(redemptions::of_user(1, page)).await?;
        let counts = (
            tx.one(redemptions::count_of_user(1)).await?,
            tx.one(redemptions::count_of_promotion(of_user[0].of.promotion_id)).await?,
        );
        assert_eq!(
            tx.all(redemptions::of_promotion(of_user[0].of.promotion_id, page)).await?,
            of_user
        );
        Ok((
            owed,
            early,
            first,
            again,
            tx.all(redemptions::owed(NOW, Place::START, 9)).await?,
            of_user,
            counts,
        ))
    });
    let (owed, early, first, again, left, of_user, counts) = seen.unwrap();
    assert_eq!((owed, early, left), (vec![Place { at: NOW, id }], vec![], vec![]));
    assert_eq!((first, again, counts), (true, false, (1, 1)));
    let found = &of_user[0];
    assert_eq!(
        (found.state, found.attempt, found.seq),
        (State::Used, 2, Some(Seq::from_number(9)))
    );
    assert_eq!(found.promotion_code.as_deref(), Some("A"));
}

#[tokio::test]
async fn who_has_one_reserved_counts_as_having_bought() {
    let (_scratch, db) = database();
    let seen = write!(db, |tx| {
        let id = tx.one(promotions::insert(&promotion(Some("A"), None))).await?;
        let before = tx.one(redemptions::has_bought(1)).await?;
        let made = tx.one(redemptions::insert(&redemption(id, Some(1), 0))).await?;
        let reserved = tx.one(redemptions::has_bought(1)).await?;
        tx.exec(redemptions::freed(made, NOW)).await?.expect_one()?;
        Ok((before, reserved, tx.one(redemptions::has_bought(1)).await?))
    });
    assert_eq!(seen.unwrap(), (false, true, false));
}

#[tokio::test]
async fn tags_take_the_place_of_those_before() {
    let (_scratch, db) = database();
    let found = write!(db, |tx| {
        let user = users::NewUser {
            email: "ada@example.com",
            name: "Ada",
            role: "customer",
            external_id: None,
            password_hash: None,
            created_at: NOW,
        };
        let user = tx.one(users::insert(&user)).await?;
        tags::set(tx, user, &["beta".to_owned(), "vip".to_owned()]).await?;
        tags::set(tx, user, &["vip".to_owned()]).await?;
        Ok((tx.all(tags::list(user)).await?, user))
    });
    let (found, user) = found.unwrap();
    assert_eq!(found, ["vip"]);
    let twice = write!(db, |tx| tags::set(tx, user, &["a".to_owned(), "a".to_owned()]).await);
    assert!(matches!(twice, Err(Error::Constraint(Constraint::UserTag))));
}
