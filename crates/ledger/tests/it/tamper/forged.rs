//! Records that break a rule, under hashes that were made to fit: what a
//! verifier finds without any checkpoint.

use std::sync::Arc;

use ledger::{Account, Credits, Event, HoldStatus, Kind, Record, Seq, Status, encode};

use super::{Row, chained, found, seq, verify};
use crate::book::{Book, credits, micros, purchase, spend};
use crate::story::everything;

/// The journal with one record forged, and every hash made to fit.
fn forged(book: &Book, place: usize, forge: impl FnOnce(&mut Record)) -> Vec<Row> {
    let mut records: Vec<Record> =
        book.journal.iter().map(|sealed| Record::clone(&sealed.record)).collect();
    forge(&mut records[place]);
    chained(records.iter().map(encode).collect())
}

type Figure = (&'static str, fn(&mut Record) -> Vec<&mut Credits>);

/// Every amount that records carry.
const FIGURES: [Figure; 15] = [
    ("posted", |r| r.after.iter_mut().map(|after| &mut after.posted).collect()),
    ("held", |r| r.after.iter_mut().map(|after| &mut after.held).collect()),
    ("frozen", |r| r.after.iter_mut().map(|after| &mut after.frozen).collect()),
    ("debt", |r| r.after.iter_mut().map(|after| &mut after.debt).collect()),
    ("posting", |r| r.posting.iter_mut().map(|posting| &mut posting.amount).collect()),
    ("granted", |r| {
        r.grants.iter_mut().filter_map(|g| g.made.as_mut()).map(|made| &mut made.amount).collect()
    }),
    ("remaining", |r| r.grants.iter_mut().map(|grant| &mut grant.state.remaining).collect()),
    ("held of a grant", |r| r.grants.iter_mut().map(|grant| &mut grant.state.held).collect()),
    ("expired", |r| r.grants.iter_mut().map(|grant| &mut grant.state.expired).collect()),
    ("hold", |r| r.holds.iter_mut().map(|hold| &mut hold.state.amount).collect()),
    ("captured", |r| r.holds.iter_mut().map(|hold| &mut hold.state.captured).collect()),
    ("captured by children", |r| {
        r.holds.iter_mut().map(|hold| &mut hold.state.captured_by_children).collect()
    }),
    ("released", |r| r.holds.iter_mut().map(|hold| &mut hold.state.released).collect()),
    ("reserved by children", |r| {
        r.holds.iter_mut().map(|hold| &mut hold.state.reserved_by_children).collect()
    }),
    ("reserve", |r| {
        let holds = r.holds.iter_mut().flat_map(|hold| &mut hold.state.reserves);
        holds.map(|reserve| &mut reserve.amount).collect()
    }),
];

#[test]
fn no_amount_in_any_record_can_be_forged_by_a_micro_credit() {
    let (book, _) = everything();
    let mut tried = 0;
    for (name, figures) in FIGURES {
        for (place, sealed) in book.journal.iter().enumerate() {
            let count = figures(&mut Record::clone(&sealed.record)).len();
            for (nth, step) in (0..count).flat_map(|nth| [(nth, 1), (nth, -1)]) {
                let rows = forged(&book, place, |record| {
                    let mut figures = figures(record);
                    *figures[nth] = micros(figures[nth].micros() + step);
                });
                let Err(fault) = verify(&rows) else {
                    panic!("{name} {step:+} of {:?} was not found", sealed.record)
                };
                assert_eq!(fault.seq, seq(place + 1), "{name} {step:+}: {fault}");
                tried += 1;
            }
        }
    }
    assert!(tried > 500, "{tried}");
}

#[test]
fn in_a_wallet_too_large_to_be_added_up_each_time_a_forged_figure_is_found_in_its_place() {
    let (mut book, wallet) = Book::with_wallet();
    for _ in 0..100 {
        book.grant(purchase(wallet, credits(1)));
    }
    let id = book.hold(crate::book::hold(wallet, credits(2)));
    book.done(spend(wallet, credits(3)));
    book.done(crate::book::release(wallet, id));
    let grant = book.grant(purchase(wallet, credits(1)));
    book.done(ledger::Command::Freeze(wallet, grant));
    book.done(spend(wallet, credits(3)));
    let loose = book.grant(purchase(wallet, credits(1)));
    for grant in [grant, loose] {
        book.done(crate::book::clawback(wallet, grant, (1, 2), ledger::Shortfall::Owe));
    }
    // What is only found at the end is found at the last record.
    book.done(spend(wallet, credits(1)));
    for (name, figures) in &FIGURES[..8] {
        for place in 2..book.journal.len() {
            if figures(&mut Record::clone(&book.journal[place].record)).is_empty() {
                continue;
            }
            let rows = forged(&book, place, |record| {
                let mut figures = figures(record);
                *figures[0] = micros(figures[0].micros() - 1);
            });
            assert_eq!(found(&rows), seq(place + 1), "{name}");
        }
    }
}

/// The place of the last record of a kind.
fn last(book: &Book, kind: Kind) -> usize {
    let kinds: Vec<Kind> = book.journal.iter().map(|s| s.record.event.kind()).collect();
    kinds.iter().rposition(|found| *found == kind).expect("there is one")
}

/// Forges the last record of a kind; what the verifier says about it.
fn forged_last(kind: Kind, forge: impl FnOnce(&mut Record)) -> String {
    let (book, _) = everything();
    let place = last(&book, kind);
    let Err(fault) = verify(&forged(&book, place, forge)) else { panic!("nothing was found") };
    assert_eq!(fault.seq, seq(place + 1), "{fault}");
    fault.what
}

#[test]
fn an_account_seq_that_skips_one_is_found() {
    let what = forged_last(Kind::Spend, |record| {
        let after = record.after.as_mut().unwrap();
        after.account_seq += 1;
    });
    assert!(what.contains("L3"), "{what}");
}

#[test]
fn a_time_that_does_not_increase_is_found() {
    for step in [0, -1] {
        let (book, _) = everything();
        let place = last(&book, Kind::Remove);
        let before = book.journal[place - 1].record.at;
        let what = forged_last(Kind::Remove, |record| record.at = before.plus(step));
        assert!(what.contains("L3"), "{what}");
    }
}

#[test]
fn a_time_of_effect_behind_the_record_is_found() {
    forged_last(Kind::Expire, |record| record.effective_at = Some(record.at.plus(1)));
}

#[test]
fn a_key_used_twice_is_found() {
    let (book, _) = everything();
    let first = book.journal.iter().find(|sealed| sealed.record.event == Event::Spend);
    let first = Arc::clone(&first.expect("a keyed one").record);
    // The same caller's key on the refusal of another spend.
    let what = forged_last(Kind::Refuse, |record| {
        (record.key, record.actor) = (first.key.clone(), first.actor.clone());
    });
    assert!(what.contains("I1"), "{what}");
}

#[test]
fn a_refund_of_more_than_was_spent_is_found() {
    let (mut book, wallet) = everything();
    let first = book.done(spend(wallet, credits(1)));
    let second = book.done(spend(wallet, credits(2)));
    book.done(crate::book::refund(&second, credits(2)));
    let place = book.journal.len() - 1;
    let rows = forged(&book, place, |record| {
        record.event = Event::Refund { of: first.seq, refunded: credits(2) };
    });
    let Err(fault) = verify(&rows) else { panic!("it was not found") };
    assert_eq!(fault.seq, seq(place + 1));
    assert!(fault.what.contains("R1"), "{fault}");
}

#[test]
fn a_refund_of_a_refund_of_nothing_and_of_another_wallets_spend_is_found() {
    let (mut book, wallet) = everything();
    let other = book.open(2);
    book.grant(purchase(other, credits(9)));
    let elsewhere = book.done(spend(other, credits(9))).seq;
    let spent = book.done(spend(wallet, credits(2)));
    let refunded = book.done(crate::book::refund(&spent, credits(2)));
    let place = book.journal.len() - 1;
    for of in [refunded.seq, Seq::from_number(2), Seq::from_number(999), elsewhere] {
        let rows = forged(&book, place, |record| {
            record.event = Event::Refund { of, refunded: credits(2) };
        });
        let Err(fault) = verify(&rows) else { panic!("{of} was not found") };
        assert_eq!(fault.seq, seq(place + 1));
        assert!(fault.what.contains("R1"), "{fault}");
    }
}

#[test]
fn a_second_genesis_a_missing_one_and_a_wallet_opened_rich_are_found() {
    let (book, _) = everything();
    let genesis = book.journal[0].record.event.clone();
    let rows = forged(&book, 1, |record| {
        (record.event, record.wallet, record.after) = (genesis, None, None);
    });
    assert_eq!(found(&rows), seq(2));
    assert_eq!(found(&forged(&book, 0, |record| record.event = Event::Spend)), seq(1));
    let owing = |record: &mut Record| record.after.as_mut().unwrap().debt = credits(1);
    assert_eq!(found(&forged(&book, 1, owing)), seq(2));
    let paused = |record: &mut Record| record.after.as_mut().unwrap().status = Status::Paused;
    assert_eq!(found(&forged(&book, 1, paused)), seq(2));
}

#[test]
fn a_draw_out_of_turn_is_found() {
    let (mut book, wallet) = Book::with_wallet();
    let old = book.grant(purchase(wallet, credits(5)));
    let young = book.grant(purchase(wallet, credits(5)));
    book.done(spend(wallet, credits(2)));
    let place = book.journal.len() - 1;
    assert_eq!(book.journal[place].record.grants[0].id, old);
    let rows = forged(&book, place, |record| record.grants[0].id = young);
    let Err(fault) = verify(&rows) else { panic!("it was not found") };
    assert!(fault.what.contains("L5"), "{fault}");
}

#[test]
fn a_draw_on_a_grant_past_its_expiry_is_found() {
    let (mut book, wallet) = Book::with_wallet();
    let end = book.now.plus(crate::book::DAY);
    let terms = purchase(wallet, credits(5));
    book.grant(ledger::command::Grant { expires_at: Some(end), ..terms });
    book.done(spend(wallet, credits(2)));
    let place = book.journal.len() - 1;
    let Err(fault) = verify(&forged(&book, place, |record| record.at = end)) else {
        panic!("it was not found")
    };
    assert!(fault.what.contains("L2"), "{fault}");
}

#[test]
fn credits_sent_to_another_account_are_found() {
    for (kind, account) in [
        (Kind::Spend, Account::Adjustment),
        (Kind::Capture, Account::Revenue(None)),
        (Kind::Remove, Account::Expired),
        (Kind::Expire, Account::Debt),
        (Kind::Repay, Account::Clawback),
        (Kind::Owe, Account::Debt),
    ] {
        let what = forged_last(kind, |record| record.posting.as_mut().unwrap().credit = account);
        assert!(what.contains("L1"), "{what}");
    }
    forged_last(Kind::Grant, |record| {
        record.posting.as_mut().unwrap().debit = Account::Issuance(ledger::Source::Admin);
    });
}

#[test]
fn a_posting_that_is_missing_or_too_many_is_found() {
    forged_last(Kind::Spend, |record| record.posting = None);
    let (book, _) = everything();
    let posting = book.journal[last(&book, Kind::Spend)].record.posting.clone();
    for kind in [Kind::Extend, Kind::Freeze, Kind::Erase, Kind::Refuse, Kind::SetStatus, Kind::Seal]
    {
        forged_last(kind, |record| record.posting.clone_from(&posting));
    }
}

#[test]
fn a_hold_settled_twice_is_found() {
    let (mut book, wallet) = everything();
    let id = book.hold(crate::book::hold(wallet, credits(3)));
    book.done(crate::book::release(wallet, id));
    let other = book.hold(crate::book::hold(wallet, credits(3)));
    book.done(crate::book::release(wallet, other));
    let place = book.journal.len() - 1;
    let rows = forged(&book, place, |record| record.holds[0].id = id);
    let Err(fault) = verify(&rows) else { panic!("it was not found") };
    assert_eq!(fault.seq, seq(place + 1));
    assert!(fault.what.contains("H1"), "{fault}");
}

#[test]
fn a_hold_closed_otherwise_than_its_kind_does_is_found() {
    for status in [HoldStatus::Open, HoldStatus::Captured, HoldStatus::Expired] {
        let what = forged_last(Kind::Release, |record| record.holds[0].state.status = status);
        assert!(what.contains("H1"), "{what}");
    }
}

#[test]
fn a_status_that_changes_by_the_way_is_found() {
    forged_last(Kind::Spend, |record| record.after.as_mut().unwrap().status = Status::Paused);
}

#[test]
fn a_grant_or_hold_that_comes_from_nowhere_is_found() {
    let (book, _) = everything();
    let grant = book.journal[last(&book, Kind::Grant)].record.grants[0].clone();
    let hold = book.journal[last(&book, Kind::Authorize)].record.holds[0].clone();
    for kind in [Kind::Extend, Kind::Freeze, Kind::SetStatus, Kind::Spend] {
        forged_last(kind, |record| record.grants.push(grant.clone()));
        forged_last(kind, |record| record.holds.push(hold.clone()));
    }
    forged_last(Kind::Grant, |record| record.grants[0].id.ordinal = 2);
    forged_last(Kind::Grant, |record| record.grants.clear());
    forged_last(Kind::Authorize, |record| record.holds[0].made = None);
}

#[test]
fn a_record_about_no_wallet_or_another_is_found() {
    let (mut book, wallet) = everything();
    let other = book.open(2);
    book.grant(purchase(wallet, credits(5)));
    let place = book.journal.len() - 1;
    for id in [None, Some(other), Some(ledger::WalletId::from_number(999))] {
        let rows = forged(&book, place, |record| record.wallet = id);
        assert_eq!(found(&rows), seq(place + 1));
    }
}
