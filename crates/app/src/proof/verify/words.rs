//! Words against the digests the journal has of them.

use ledger::{Erasure, Seq, Verifier, Words};
use store::Tx;
use store::rows::{self, Datum, WholeRow};

use super::compare::Scan;
use super::finding::{Finding, Stop};

/// A text that must be there, must be as its record says; one that was erased
/// must be gone.
pub(super) async fn check(tx: &mut Tx, state: &Verifier) -> Result<(), Stop> {
    let mut due = state.words().peekable();
    let mut scan = Scan::new(&rows::WORDS);
    loop {
        let page = scan.next(tx).await?;
        if page.is_empty() {
            break;
        }
        for row in page {
            let Some((seq, words)) = read(&row) else {
                return Err(found(&row, "it is not of a record").into());
            };
            while let Some((before, _, erasure)) = due.next_if(|(due, ..)| *due < seq) {
                absent(before, erasure)?;
            }
            match due.next_if(|(due, ..)| *due == seq) {
                Some((_, digest, Erasure::Kept)) if words.digest() == digest => {}
                Some((_, _, Erasure::Kept)) => {
                    return Err(found(&row, "the text is not what its record says").into());
                }
                Some((_, _, Erasure::Erased)) => {
                    return Err(found(&row, "it was erased, and is there").into());
                }
                None => return Err(found(&row, "its record has no words").into()),
            }
        }
    }
    for (seq, _, erasure) in due {
        absent(seq, erasure)?;
    }
    Ok(())
}

fn read(row: &WholeRow) -> Option<(Seq, Words)> {
    let [Datum::I64(1), Datum::I64(seq), Datum::Bytes(salt), Datum::Text(text)] = row.data() else {
        return None;
    };
    let salt = salt.as_slice().try_into().ok()?;
    Some((Seq::from_number(*seq), Words { salt, text: text.clone() }))
}

fn found(row: &WholeRow, what: &str) -> Finding {
    let key = rows::WORDS.key(row);
    Finding::row(&rows::WORDS, key, key.last().and_then(Datum::number), what)
}

fn absent(seq: Seq, erasure: Erasure) -> Result<(), Finding> {
    match erasure {
        Erasure::Erased => Ok(()),
        Erasure::Kept => {
            let key = [Datum::I64(1), Datum::I64(seq.number())];
            let what = "the row is missing, and no record erased it";
            Err(Finding::row(&rows::WORDS, &key, Some(seq.number()), what))
        }
    }
}
