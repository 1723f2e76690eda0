//! The trial balance, kept by a consumer of the journal: what every account has
//! been debited and credited.

use std::collections::BTreeSet;
use std::sync::Arc;

use ledger::{Partition, Record, Seq, Totals};
use store::{Error, Tx, Work, cursors, totals};

use crate::consumer::{Consumer, Parts, Records};

/// Every account's turnover at a place in the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrialBalance {
    /// The last record that is counted.
    pub as_of: Seq,
    /// The lines. They balance, or the book is broken: `totals.balance()`.
    pub totals: Totals,
}

/// Counts postings into the table of totals.
pub(super) struct Counter;

impl Consumer for Counter {
    const NAME: &'static str = "totals";

    type Part = Records;

    fn parts(&self, step: Records, _: i64) -> Parts<Records> {
        Parts::whole(step)
    }

    fn consume<'t>(&'t self, tx: &'t mut Tx, records: &'t Records) -> Work<'t, (), Error> {
        Box::pin(count(tx, records))
    }
}

/// Adds what the records move to the accounts they name, and writes those.
async fn count(tx: &mut Tx, records: &[Arc<Record>]) -> Result<(), Error> {
    let mut totals = totals::list(tx).await?;
    let mut moved = BTreeSet::new();
    for record in records {
        moved.extend(totals.count(record).into_iter().flatten());
    }
    let moved: Vec<_> = moved.into_iter().collect();
    totals::put(tx, &totals, &moved).await
}

/// The trial balance as far as it is counted.
pub(super) async fn read(tx: &mut Tx) -> Result<TrialBalance, Error> {
    let cursor = tx.opt(cursors::find(Counter::NAME, Partition::FIRST)).await?.unwrap_or_default();
    Ok(TrialBalance { as_of: cursor.seq, totals: totals::list(tx).await? })
}
