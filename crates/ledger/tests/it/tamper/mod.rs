//! What a verifier finds in a journal that someone changed: bytes, rows, and
//! records that break a rule under hashes that fit.

mod forged;
mod rows;

use ledger::{Fault, Hash, Seq, Verifier, chain};

use crate::book::Book;

/// A row of the journal as stored.
pub(super) type Row = (Seq, Vec<u8>, Hash);

pub(super) fn rows(book: &Book) -> Vec<Row> {
    let row = |sealed: &ledger::Sealed| (sealed.record.seq, sealed.body.clone(), sealed.hash);
    book.journal.iter().map(row).collect()
}

pub(super) fn verify(rows: &[Row]) -> Result<Verifier, Fault> {
    let mut verifier = Verifier::default();
    for (seq, body, hash) in rows {
        verifier.next(*seq, body, *hash)?;
    }
    verifier.finish()?;
    Ok(verifier)
}

pub(super) fn seq(number: usize) -> Seq {
    Seq::from_number(i64::try_from(number).expect("small"))
}

/// The place of the first fault; a sound journal fails the test.
pub(super) fn found(rows: &[Row]) -> Seq {
    match verify(rows) {
        Ok(_) => panic!("nothing was found"),
        Err(fault) => fault.seq,
    }
}

/// Bodies under hashes that fit them.
pub(super) fn chained(bodies: Vec<Vec<u8>>) -> Vec<Row> {
    let mut hash = Hash::ZERO;
    let mut rows = Vec::new();
    for (place, body) in bodies.into_iter().enumerate() {
        hash = chain(hash, &body);
        rows.push((seq(place + 1), body, hash));
    }
    rows
}
