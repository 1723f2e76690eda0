//! Appends that are sent one behind the other, and what stands in their way.

use std::sync::Arc;

use ledger::{
    Actor, Command, Event, Head, Mode, Order, Overlay, Owner, Sealed, Seq, Text, Working, command,
};
use store::journal::{self, Appending};
use store::{Db, Error, Priority};
use tokio::sync::oneshot;

use crate::server::{NOW, Scratch};

/// A journal of a genesis and so many wallets, cut into appends of one record.
fn records(count: i64) -> Vec<(Head, Arc<Sealed>)> {
    let empty = Working::new(Head::START);
    let mut overlay = Overlay::new(&empty);
    let event = Event::Genesis { book: [7; 16], mode: Mode::Test, format: 1, public_key: [9; 32] };
    ledger::genesis(&mut overlay, NOW, event).unwrap();
    for user in 1..=count {
        let (owner, unit) = (Owner::User(user), Text::parse("credit").unwrap());
        let open = Command::Open(command::Open { owner, unit });
        ledger::apply(&mut overlay, NOW, &Order::bare(Actor::System, open)).unwrap();
    }
    let sealed = overlay.sealed().iter().cloned().map(Arc::new);
    let mut head = Head::START;
    sealed
        .map(|one| {
            let from = head;
            head = Head { seq: one.record.seq, hash: one.hash, at: one.record.at };
            (from, one)
        })
        .collect()
}

/// A database with the genesis, and the records behind it.
async fn begun(count: i64) -> (Scratch, Db, Vec<(Head, Arc<Sealed>)>) {
    let scratch = Scratch::new().await;
    let db = scratch.serve().await;
    let mut records = records(count);
    let (head, genesis) = records.remove(0);
    db.write::<_, Error, _>(Priority::Append, move |tx| {
        Box::pin(async move { journal::append(tx, head, &[genesis]).await })
    })
    .await
    .unwrap();
    (scratch, db, records)
}

type Done = oneshot::Receiver<Result<(), Error>>;

/// Asks for an append; what becomes of it.
fn append(db: &Db, head: Head, fence: i64, sealed: Vec<Arc<Sealed>>) -> Done {
    let (tell, told) = oneshot::channel();
    let prepare = move || Some(Appending { head, fence, sealed });
    db.append(prepare, || {}, |done| drop(tell.send(done))).unwrap();
    told
}

async fn count(db: &Db) -> usize {
    let rows = db.read::<_, Error, _>(|tx| Box::pin(journal::range(tx, Seq::ZERO, 100))).await;
    rows.unwrap().len()
}

async fn raise(db: &Db) -> i64 {
    let raised = db.write::<_, Error, _>(Priority::Append, |tx| Box::pin(journal::fence_head(tx)));
    raised.await.unwrap().fence
}

#[tokio::test]
async fn an_append_is_sent_before_the_one_in_front_is_answered() {
    let (_scratch, db, records) = begun(20).await;
    let ends: Vec<Done> =
        records.iter().map(|(head, one)| append(&db, *head, 0, vec![Arc::clone(one)])).collect();
    for end in ends {
        end.await.unwrap().unwrap();
    }
    assert_eq!(count(&db).await, 21);
    let (_, last) = records.last().unwrap();
    let head = Head { seq: last.record.seq, hash: last.hash, at: last.record.at };
    append(&db, head, 0, Vec::new()).await.unwrap().unwrap();
    db.close().await;
}

#[tokio::test]
async fn what_was_decided_on_an_append_that_failed_does_not_happen() {
    let (_scratch, db, records) = begun(3).await;
    let [(at, first), (next, second), (_, third)] = &records[..] else { panic!() };
    // Another server is at the same place, with another record.
    let elsewhere = Head { hash: ledger::Hash([1; 32]), ..*at };
    let failed = append(&db, elsewhere, 0, vec![Arc::clone(first)]);
    let behind = append(&db, *next, 0, vec![Arc::clone(second)]);
    assert!(matches!(failed.await.unwrap(), Err(Error::HeadMoved)));
    assert!(matches!(behind.await.unwrap(), Err(Error::HeadMoved)));
    assert_eq!(count(&db).await, 1);
    // A place alone does not do: what is there must be what it was decided on.
    append(&db, *at, 0, vec![Arc::clone(first)]).await.unwrap().unwrap();
    let forged = Head { hash: ledger::Hash([2; 32]), ..*next };
    let forged = append(&db, forged, 0, vec![Arc::clone(third)]).await.unwrap();
    assert!(matches!(forged, Err(Error::HeadMoved)));
    assert!(matches!(append(&db, *at, 0, Vec::new()).await.unwrap(), Err(Error::HeadMoved)));
    assert_eq!(count(&db).await, 2);
    db.close().await;
}

#[tokio::test]
async fn an_append_that_was_sent_before_the_fence_was_raised_never_happens() {
    let (_scratch, db, records) = begun(2).await;
    let (head, first) = &records[0];
    assert_eq!(raise(&db).await, 1);
    let late = append(&db, *head, 0, vec![Arc::clone(first)]).await.unwrap();
    assert!(matches!(late, Err(Error::HeadMoved)), "{late:?}");
    assert_eq!(count(&db).await, 1);
    append(&db, *head, 1, vec![Arc::clone(first)]).await.unwrap().unwrap();
    assert_eq!(count(&db).await, 2);
    db.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_append_that_waits_for_the_head_finds_the_fence_raised_behind_it() {
    let (_scratch, db, records) = begun(1).await;
    let (head, first) = records[0].clone();
    let (asked, ready) = oneshot::channel();
    let waiting = db.clone();
    // The head is locked while the append is sent: it waits, and then sees the fence.
    let fence = db
        .write::<_, Error, _>(Priority::Append, move |tx| {
            Box::pin(async move {
                let fence = journal::fence_head(tx).await?.fence;
                let _ = asked.send(append(&waiting, head, 0, vec![first]));
                Ok(fence)
            })
        })
        .await
        .unwrap();
    assert_eq!(fence, 1);
    let late = ready.await.unwrap().await.unwrap();
    assert!(matches!(late, Err(Error::HeadMoved)), "{late:?}");
    assert_eq!(count(&db).await, 1);
    db.close().await;
}

#[tokio::test]
async fn words_go_with_their_records_and_those_erased_in_one_flight_are_never_written() {
    let (_scratch, db, _) = begun(0).await;
    let (head, sealed) = worded_and_erased();
    append(&db, head, 0, sealed).await.unwrap().unwrap();
    let words = db.read::<_, Error, _>(|tx| Box::pin(store::words::range(tx, Seq::ZERO, 10)));
    let words = words.await.unwrap();
    assert_eq!(words.len(), 1);
    assert_eq!(words[0].1.text, "kept");
    db.close().await;
}

/// Two wallets with words behind the genesis, and an erasure of the first one's.
fn worded_and_erased() -> (Head, Vec<Arc<Sealed>>) {
    let (_, genesis) = &records(0)[0];
    let start = Head { seq: genesis.record.seq, hash: genesis.hash, at: genesis.record.at };
    let working = Working::new(start);
    let mut overlay = Overlay::new(&working);
    for (user, text) in [(1, "gone"), (2, "kept")] {
        let (owner, unit) = (Owner::User(user), Text::parse("credit").unwrap());
        let open = Command::Open(command::Open { owner, unit });
        let words = Some(ledger::Words { salt: [3; 16], text: text.to_owned() });
        let order = Order { words, ..Order::bare(Actor::System, open) };
        ledger::apply(&mut overlay, NOW, &order).unwrap();
    }
    let of = overlay.sealed()[0].record.seq;
    let erase = Order::bare(Actor::System, Command::Erase(of));
    ledger::apply(&mut overlay, NOW, &erase).unwrap();
    (start, overlay.sealed().iter().cloned().map(Arc::new).collect())
}
