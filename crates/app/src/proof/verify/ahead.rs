//! Rows that are further than the projections claim to be: a chunk is being
//! written, or a crash came in its middle. Each must be what its own last
//! record left, so it is kept until the walk has come to that record.

use std::collections::BTreeMap;

use ledger::{Seq, Verifier};
use store::rows::WholeRow;

use super::finding::Finding;
use super::folded::{Folded, Which};

/// Rows by the record they are to be held against.
#[derive(Default)]
pub(super) struct Ahead {
    rows: BTreeMap<Seq, Vec<(Which, WholeRow)>>,
}

impl Ahead {
    /// Keeps a row if it is further than that.
    pub(super) fn keep(&mut self, which: Which, row: &WholeRow, projected: Seq) -> bool {
        let seq = row.seq().map(Seq::from_number).filter(|seq| *seq > projected);
        if let Some(seq) = seq {
            self.rows.entry(seq).or_default().push((which, row.clone()));
        }
        seq.is_some()
    }

    /// Holds the rows of the last record taken against the state it left.
    pub(super) fn check(&mut self, folded: &Folded, state: &Verifier) -> Result<(), Finding> {
        let rows = self.rows.remove(&state.head().seq).unwrap_or_default();
        for (which, row) in rows {
            let table = &which.projection().table;
            let key = table.key(&row);
            let what = match folded.row(which, key, state) {
                None => "no record of the journal made this row".to_owned(),
                Some(expected) => match table.difference(&expected, &row) {
                    None => continue,
                    Some(column) => format!("{column} is not what the journal says"),
                },
            };
            return Err(Finding::row(table, key, row.seq(), what));
        }
        Ok(())
    }

    /// No row may be left at the end of the journal.
    pub(super) fn finish(&self) -> Result<(), Finding> {
        let Some((which, row)) = self.rows.values().flatten().next() else { return Ok(()) };
        let table = &which.projection().table;
        let what = "it is further than the journal";
        Err(Finding::row(table, table.key(row), row.seq(), what))
    }
}
