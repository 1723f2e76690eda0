//! Changed, removed, swapped and rewritten rows.

use ledger::{Hash, Kind, Verifier, chain, decode};

use super::{chained, found, rows, seq, verify};
use crate::book::Book;
use crate::story::everything;

#[test]
fn a_sound_journal_has_no_fault_and_every_kind_of_record() {
    let (book, wallet) = everything();
    let verifier = verify(&rows(&book)).expect("it is sound");
    for kind in Kind::ALL {
        let there = book.journal.iter().any(|sealed| sealed.record.event.kind() == *kind);
        assert!(there, "no {kind:?}");
    }
    assert_eq!(verifier.wallet(wallet), Some(book.wallet(wallet)));
    assert!(verifier.totals().balance());
}

#[test]
fn a_changed_byte_anywhere_is_found_in_its_row() {
    let (book, _) = everything();
    let mut verifier = Verifier::default();
    for (seq, body, hash) in rows(&book) {
        for place in 0..body.len() {
            let mut changed = body.clone();
            changed[place] ^= 1;
            let fault = verifier.next(seq, &changed, hash).expect_err("a byte of the body");
            assert_eq!(fault.seq, seq);
        }
        for place in 0..hash.0.len() {
            let mut changed = hash;
            changed.0[place] ^= 0x80;
            let fault = verifier.next(seq, &body, changed).expect_err("a byte of the hash");
            assert_eq!(fault.seq, seq);
        }
        verifier.next(seq, &body, hash).expect("as it was");
    }
}

#[test]
fn a_removed_row_is_found_in_its_place() {
    let (book, _) = everything();
    let rows = rows(&book);
    for gone in 0..rows.len() - 1 {
        let mut left = rows.clone();
        left.remove(gone);
        assert_eq!(found(&left), seq(gone + 1));
    }
}

#[test]
fn a_cut_tail_shows_only_in_the_head() {
    let (book, _) = everything();
    let rows = rows(&book);
    let verifier = verify(&rows[..rows.len() - 1]).expect("what is left is sound");
    assert_eq!(verifier.head().seq, seq(rows.len() - 1));
}

#[test]
fn two_swapped_rows_are_found_at_the_first() {
    let (book, _) = everything();
    let rows = rows(&book);
    for first in 0..rows.len() - 1 {
        let mut swapped = rows.clone();
        swapped.swap(first, first + 1);
        assert_eq!(found(&swapped), seq(first + 1));
        // Under each other's places the hashes do not fit.
        (swapped[first].0, swapped[first + 1].0) = (seq(first + 1), seq(first + 2));
        assert_eq!(found(&swapped), seq(first + 1));
    }
}

#[test]
fn a_row_of_another_place_or_of_another_book_is_found() {
    let (book, _) = everything();
    let mut twice = rows(&book);
    twice.insert(3, twice[2].clone());
    assert_eq!(found(&twice), seq(4));
    let mut other = rows(&book);
    let (foreign, _) = Book::with_wallet();
    other[0] = rows(&foreign)[0].clone();
    verify(&other).expect("the same genesis");
    other[1] = (seq(2), other[1].1.clone(), Hash::ZERO);
    assert_eq!(found(&other), seq(2));
}

#[test]
fn a_record_with_something_behind_it_or_written_otherwise_is_found_under_fitting_hashes() {
    let (book, _) = everything();
    let bodies: Vec<Vec<u8>> = book.journal.iter().map(|sealed| sealed.body.clone()).collect();
    let rewrite = |place: usize, body: Vec<u8>| {
        let mut bodies = bodies.clone();
        bodies[place] = body;
        chained(bodies)
    };
    for (place, body) in bodies.iter().enumerate() {
        // A field more, of a tag that no record has, and of the last one's.
        for tag in [24, 23, 1] {
            let extra = [body.as_slice(), &[tag, 2]].concat();
            assert_eq!(found(&rewrite(place, extra)), seq(place + 1));
        }
        // The seq in a longer form that means the same: 0x80 is "more follows".
        let mut longer = body.clone();
        longer[2] |= 0x80;
        longer.insert(3, 0);
        assert_eq!(found(&rewrite(place, longer)), seq(place + 1));
        // Cut short.
        let short = body[..body.len() - 1].to_vec();
        assert_eq!(found(&rewrite(place, short)), seq(place + 1));
        // Another format, and nothing at all.
        let newer = [&[2], &body[1..]].concat();
        assert_eq!(found(&rewrite(place, newer)), seq(place + 1));
        assert_eq!(found(&rewrite(place, Vec::new())), seq(place + 1));
    }
}

#[test]
fn a_record_is_read_in_its_one_form_only() {
    let (book, _) = everything();
    for sealed in &book.journal {
        let body = &sealed.body;
        let mut longer = body.clone();
        longer[2] |= 0x80;
        longer.insert(3, 0);
        decode(&longer).expect_err("a number in a longer form");
        decode(&[body, &[24, 2][..]].concat()).expect_err("a field behind the last");
        decode(&body[..body.len() - 1]).expect_err("cut within its last field");
    }
}

#[test]
fn a_kind_of_a_later_program_stops_this_one_and_says_so() {
    let (book, _) = everything();
    let mut bodies: Vec<Vec<u8>> = book.journal.iter().map(|s| s.body.clone()).collect();
    // Format, seq (one byte), time behind its tag, then the kind behind tag 3.
    let place = 4 + bodies[2][4..].iter().position(|byte| byte & 0x80 == 0).expect("its end") + 1;
    assert_eq!(bodies[2][place], 3, "the tag of the kind");
    bodies[2][place + 1] = 126;
    let Err(fault) = verify(&chained(bodies)) else { panic!("an unknown kind") };
    assert_eq!(fault.seq, seq(3));
    assert!(fault.what.contains("use a newer program"), "{fault}");
}

#[test]
fn no_changed_byte_under_fitting_hashes_makes_a_verifier_panic() {
    let (book, _) = everything();
    let mut verifier = Verifier::default();
    for (seq, body, hash) in rows(&book) {
        for place in 0..body.len() {
            for mask in [1, 0x20, 0x80] {
                let mut changed = body.clone();
                changed[place] ^= mask;
                let hash = chain(verifier.head().hash, &changed);
                // A name may change unseen here; a checkpoint outside would show it.
                let _ = verifier.clone().next(seq, &changed, hash);
            }
        }
        verifier.next(seq, &body, hash).expect("as it was");
    }
}
