//! Refunds and chargebacks, and the steps that follow from them.

use ledger::{Credits, GrantId, Seq, WalletId};
use store::reversals::{self, New, Standing};
use store::{Constraint, Error, Page, Place, reversal_steps};

use crate::scratch::{NOW, database, read, write};

fn new(reference: u8) -> New {
    New {
        payment_intent: "pi_1".to_owned(),
        user_id: 1,
        wallet_id: WalletId::from_number(7),
        kind: "refund".to_owned(),
        cents: 50,
        currency: "USD".to_owned(),
        owes: true,
        reference: Some([reference; 16]),
        actor: "user:1".to_owned(),
        request_id: Some("r".to_owned()),
        reason: Some("Bought twice".to_owned()),
        request_scope: Some("user:1".to_owned()),
        request_key: Some(format!("key-{reference}")),
        created_at: NOW,
    }
}

fn standing(state: &str, provider_id: Option<&str>) -> Standing {
    Standing { state: state.to_owned(), provider_id: provider_id.map(str::to_owned) }
}

#[tokio::test]
async fn a_refund_leaves_the_state_it_stands_in_once() {
    let (_scratch, db) = database();
    let asking = standing("asking", None);
    let id = write!(db, |tx| tx.one(reversals::insert(&new(1), &asking)).await).unwrap();
    let made = standing("returned", Some("re_1"));
    for hit in [true, false] {
        let to = made.clone();
        let moved = write!(db, |tx| {
            let moved = tx.exec(reversals::go(id, "asking", &to, 50, NOW.plus(1))).await?;
            moved.at_most_one()
        });
        assert_eq!(moved.unwrap(), hit);
    }
    let late = write!(db, |tx| {
        let declined = reversals::decline(id, "late", NOW);
        tx.exec(declined).await?.at_most_one()
    });
    assert!(!late.unwrap(), "what was made is not declined any more");
    let known = read!(db, |tx| {
        let found = tx.one(reversals::by_id(id)).await?;
        let by_request = tx.opt(reversals::by_request("user:1", "key-1")).await?;
        let of_payment = tx.all(reversals::of_payment("pi_1")).await?;
        Ok((found, by_request, of_payment))
    });
    let (found, by_request, of_payment) = known.unwrap();
    assert_eq!((&found.of, &found.standing, found.updated_at), (&new(1), &made, NOW.plus(1)));
    assert_eq!((by_request, of_payment), (Some(found.clone()), vec![found]));
}

#[tokio::test]
async fn what_is_settled_is_not_looked_at_again_but_what_is_asked_for_is() {
    let (_scratch, db) = database();
    let ids = write!(db, |tx| {
        let asking = tx.one(reversals::insert(&new(1), &standing("asking", None))).await?;
        let made = standing("returned", Some("re_2"));
        let made = tx.one(reversals::insert(&new(2), &made)).await?;
        tx.exec(reversals::take(made, Credits::from_micros(9), NOW)).await?.expect_one()?;
        Ok((asking, made))
    });
    let (asking, made) = ids.unwrap();
    let place = |id| Place { at: NOW, id };
    let before = read!(db, |tx| tx.all(reversals::unsettled(NOW, Place::START, 9)).await);
    write!(db, |tx| Ok(tx.exec(reversals::settle("pi_1")).await?.rows())).unwrap();
    let after = read!(db, |tx| tx.all(reversals::unsettled(NOW, Place::START, 9)).await);
    assert_eq!(
        (before.unwrap(), after.unwrap()),
        (vec![place(asking), place(made)], vec![place(asking)])
    );
    let page = Page { limit: 9, offset: 0 };
    let listed = read!(db, |tx| {
        let refunds = tx.all(reversals::list(Some("refund"), page)).await?;
        let none = tx.one(reversals::count(Some("chargeback"))).await?;
        Ok((refunds, none, tx.one(reversals::count(None)).await?))
    });
    let (refunds, none, all) = listed.unwrap();
    let taken: Vec<_> = refunds.iter().map(|row| (row.id, row.taken.micros())).collect();
    assert_eq!((taken, none, all), (vec![(made, 9), (asking, 0)], 0, 2));
}

#[tokio::test]
async fn a_payment_has_one_planned_step_which_is_done_once() {
    let (_scratch, db) = database();
    let grant = GrantId { seq: Seq::from_number(8), ordinal: 1 };
    let made = standing("returned", Some("re_1"));
    let step = move |reversal_id, action: &str| reversal_steps::New {
        payment_intent: "pi_1".to_owned(),
        reversal_id,
        action: action.to_owned(),
        grant,
        total: Credits::from_micros(3),
        of: Credits::from_micros(4),
    };
    let id = write!(db, |tx| {
        let id = tx.one(reversals::insert(&new(1), &made)).await?;
        tx.one(reversal_steps::plan(&step(id, "take"), NOW)).await?;
        Ok(id)
    });
    let id = id.unwrap();
    let second = write!(db, |tx| tx.one(reversal_steps::plan(&step(id, "owe"), NOW)).await);
    assert!(matches!(second, Err(Error::Constraint(Constraint::ReversalStepPlanned))));
    let (seq, clawed) = (Some(Seq::from_number(9)), Some(Credits::from_micros(2)));
    let hits = write!(db, |tx| {
        let planned = tx.all(reversal_steps::of_payment("pi_1")).await?.remove(0);
        let first = tx.exec(reversal_steps::refused(planned.id, 1, NOW)).await?.at_most_one()?;
        let again = tx.exec(reversal_steps::refused(planned.id, 1, NOW)).await?.at_most_one()?;
        let done = reversal_steps::done(planned.id, seq, clawed, NOW);
        let done = tx.exec(done).await?.at_most_one()?;
        let twice = reversal_steps::done(planned.id, seq, clawed, NOW);
        Ok((first, again, done, tx.exec(twice).await?.at_most_one()?))
    });
    assert_eq!(hits.unwrap(), (true, false, true, false));
    let steps = read!(db, |tx| tx.all(reversal_steps::of_payment("pi_1")).await).unwrap();
    let [step] = steps.as_slice() else { panic!("{steps:?}") };
    assert_eq!((step.action.as_str(), step.grant, step.is_done), ("take", grant, true));
    assert_eq!((step.attempt, step.seq, step.clawed), (2, seq, clawed));
    assert_eq!((step.total.micros(), step.of.micros()), (3, 4));
}
