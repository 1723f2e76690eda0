//! Purchases, step by step.

use ledger::{Credits, Seq, WalletId};
use store::purchases::{self, New, Purchase, State};
use store::{Constraint, Error, Place};

use crate::scratch::{NOW, database, read, write};

fn new(reference: u8, intent: Option<&str>) -> New {
    New {
        user_id: 1,
        wallet_id: WalletId::from_number(7),
        actor: "user:1".to_owned(),
        request_id: None,
        credits: Credits::from_micros(1),
        cents: 50,
        currency: "USD".to_owned(),
        description: Some("More".to_owned()),
        breakdown: "{}".to_owned(),
        quote_expires_at: None,
        payment_reference: [reference; 16],
        payment_intent: intent.map(str::to_owned),
        request_scope: Some("user:1".to_owned()),
        request_key: Some(format!("key-{reference}")),
        created_at: NOW,
    }
}

#[tokio::test]
async fn a_purchase_goes_from_step_to_step_once() {
    let (_scratch, db) = database();
    let id = write!(db, |tx| tx.one(purchases::insert(&new(1, None))).await).unwrap();
    for (step, hit) in [("early", false), ("paid", true), ("again", false)] {
        let moved = write!(db, |tx| {
            let change = match step {
                "early" => purchases::done(id, Seq::from_number(9), NOW),
                _ => purchases::paid(id, "pi_1", NOW),
            };
            tx.exec(change).await?.at_most_one()
        });
        assert_eq!(moved.unwrap(), hit, "{step}");
    }
    let refused = write!(db, |tx| {
        let first = tx.exec(purchases::refused(id, 1, NOW)).await?.at_most_one()?;
        Ok((first, tx.exec(purchases::refused(id, 1, NOW)).await?.at_most_one()?))
    });
    assert_eq!(refused.unwrap(), (true, false));
    let done = write!(db, |tx| {
        tx.exec(purchases::done(id, Seq::from_number(9), NOW)).await?.expect_one()?;
        tx.one(purchases::by_id(id)).await
    });
    let of = New { description: None, ..new(1, Some("pi_1")) };
    let seq = Some(Seq::from_number(9));
    let expected = Purchase { id, of, state: State::Done, attempt: 2, seq };
    assert_eq!(done.unwrap(), expected);
    let found = read!(db, |tx| {
        let by_request = tx.opt(purchases::by_request("user:1", "key-1")).await?;
        Ok((tx.opt(purchases::by_intent("pi_1")).await?, by_request))
    });
    assert_eq!(found.unwrap(), (Some(expected.clone()), Some(expected)));
}

#[tokio::test]
async fn open_purchases_come_oldest_first_and_a_payment_is_for_one() {
    let (_scratch, db) = database();
    let later = New { created_at: NOW.plus(1), ..new(2, None) };
    let ids = write!(db, |tx| {
        let later = tx.one(purchases::insert(&later)).await?;
        Ok((tx.one(purchases::insert(&new(1, Some("pi_1")))).await?, later))
    });
    let (first, second) = ids.unwrap();
    let open = read!(db, |tx| {
        let soon = tx.all(purchases::open((NOW.plus(1), NOW), Place::START, 9)).await?;
        let behind = tx.all(purchases::open((NOW.plus(1), NOW), soon[0], 9)).await?;
        Ok((tx.all(purchases::open((NOW, NOW), Place::START, 9)).await?, soon, behind))
    });
    let (now, soon, behind) = open.unwrap();
    let [one, two] = [Place { at: NOW, id: first }, Place { at: NOW.plus(1), id: second }];
    assert_eq!((now, soon, behind), (vec![one], vec![one, two], vec![two]));
    let taken = write!(db, |tx| tx.exec(purchases::paid(second, "pi_1", NOW)).await);
    assert!(matches!(taken, Err(Error::Constraint(Constraint::PurchaseIntent))));
}
