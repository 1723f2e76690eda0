//! What is loaded decides like what was kept, also when rows are ahead of the
//! records that are folded onto them.

use std::sync::Arc;

use ledger::{Facts, Grant, Head, Hold, Loaded, Overlay, Read, Sealed, Wallet, WalletId, Working};

use crate::book::{Book, capture, credits, hold, purchase, spend};

fn row_of(wallet: &Wallet) -> Wallet {
    let mut row = Wallet::empty(wallet.id, wallet.owner, wallet.unit.clone(), wallet.opened_at);
    (row.balances, row.seq) = (wallet.balances, wallet.seq);
    row
}

fn load(row: Wallet, grants: &[Grant], holds: &[Hold]) -> Wallet {
    Wallet::load(row, grants.iter().rev().cloned(), holds.iter().rev().cloned())
}

/// A wallet with two grants and a hold, all of them touched twice.
fn busy() -> (Book, WalletId, Grant, Hold) {
    let (mut book, wallet, grant) = Book::with_credits(10);
    book.grant(purchase(wallet, credits(10)));
    let id = book.hold(hold(wallet, credits(4)));
    book.done(capture(wallet, id, credits(1), ledger::Completion::Partial));
    book.done(capture(wallet, id, credits(3), ledger::Completion::Final));
    book.done(spend(wallet, credits(6)));
    let closed = (book.find_grant(wallet, grant).clone(), book.find_hold(wallet, id).clone());
    (book, wallet, closed.0, closed.1)
}

fn at(sealed: &Sealed) -> Head {
    Head { seq: sealed.record.seq, hash: sealed.hash, at: sealed.record.at }
}

#[test]
fn a_wallet_put_together_from_its_rows_is_the_wallet_that_was_kept() {
    let (book, id, grant, hold) = busy();
    let kept = book.wallet(id);
    let mut grants = kept.grants().to_vec();
    grants.push(grant);
    assert_eq!(&load(row_of(kept), &grants, &[hold]), kept, "closed rows are left out");
}

#[test]
fn records_that_a_row_has_already_change_nothing_in_it() {
    let (book, id, grant, hold) = busy();
    let kept = book.wallet(id);
    // All rows are as new as the journal; the tail begins at every place in turn.
    for from in 1..book.journal.len() {
        let mut working = Working::new(at(&book.journal[from - 1]));
        working.admit(Arc::new(load(row_of(kept), kept.grants(), &[])));
        let mut loaded = Loaded::new(&working);
        loaded.add(&Facts { grant: Some(Box::new(grant.clone())), ..Facts::default() });
        loaded.add(&Facts { hold: Some(Box::new(hold.clone())), ..Facts::default() });
        let mut overlay = Overlay::new(&loaded);
        for sealed in &book.journal[from..] {
            overlay.replay(&sealed.record, sealed.hash).expect("it folds");
            assert_eq!(**overlay.wallet(id).expect("it is loaded"), *kept, "from {from}");
            assert_eq!(overlay.closed_grant(grant.id), Some(&grant));
            assert_eq!(overlay.closed_hold(hold.id), Some(&hold));
        }
    }
}

#[test]
fn rows_behind_catch_up_by_the_records_they_lack() {
    let (book, id, grant, hold) = busy();
    for upto in 2..book.journal.len() {
        let mut rows = Working::new(Head::START);
        let mut overlay = Overlay::new(&rows);
        for sealed in &book.journal[..upto] {
            overlay.replay(&sealed.record, sealed.hash).expect("it folds");
        }
        let delta = overlay.into_delta();
        rows.merge(delta);
        let kept = rows.wallet(id).expect("it is open");
        let holds: Vec<Hold> = kept.holds().cloned().collect();
        let mut working = Working::new(rows.head());
        working.admit(Arc::new(load(row_of(kept), kept.grants(), &holds)));
        let mut loaded = Loaded::new(&working);
        loaded.add(&Facts {
            grant: rows.closed_grant(grant.id).cloned().map(Box::new),
            ..Facts::default()
        });
        loaded.add(&Facts {
            hold: rows.closed_hold(hold.id).cloned().map(Box::new),
            ..Facts::default()
        });
        let mut overlay = Overlay::new(&loaded);
        for sealed in &book.journal[upto..] {
            overlay.replay(&sealed.record, sealed.hash).expect("it folds");
        }
        assert_eq!(**overlay.wallet(id).expect("it is loaded"), *book.wallet(id));
    }
}

#[test]
fn a_wallet_in_use_is_not_forgotten_before_its_records_are_projected() {
    let (mut book, id, ..) = busy();
    let head = book.working.head().seq;
    let before = ledger::Seq::from_number(head.number() - 1);
    for _ in 0..3 {
        assert!(book.working.rotate(before).is_empty());
        assert!(book.working.wallet(id).is_some());
    }
    let gone = book.working.rotate(head);
    assert_eq!(gone.keys().collect::<Vec<_>>(), [&id]);
    assert!(book.working.wallet(id).is_none());
}
