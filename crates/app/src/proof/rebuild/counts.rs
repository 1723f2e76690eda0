//! The trial balance counted anew. It is a consumer's: rows and cursor belong
//! together, so both are replaced in one transaction, or neither.

use ledger::{Partition, Seq, Totals};
use store::cursors::{self, Cursor};
use store::rows::{clear_totals, set_cursor};
use store::{Db, Error, Tx, journal, totals};

use super::beside::{Beside, decode};
use super::{RebuildError, TableChanges};
use crate::consumer::Consumer;
use crate::proof::totals::Counter;

/// Records that are counted within the transaction, at most. A cursor further
/// away than that is not believed.
const RECORDS_MAX: i64 = 50_000;

/// Sets the trial balance right if it is wrong.
pub(super) async fn recount(db: &Db, beside: &Beside) -> Result<TableChanges, RebuildError> {
    let (at, right) = (beside.at(), beside.totals().clone());
    let rows = u64::try_from(right.lines().len()).unwrap_or(u64::MAX);
    let recounted = db.repair(move |tx| Box::pin(check(tx, at, right)));
    let different = u64::from(recounted.await?);
    Ok(TableChanges { rows, different, ..TableChanges::none("totals") })
}

/// Whether it was wrong. It is set to what is known, and read on from there.
async fn check(tx: &mut Tx, at: Seq, right: Totals) -> Result<bool, RebuildError> {
    let cursor = tx.opt(cursors::find(Counter::NAME, Partition::FIRST)).await?;
    // Nobody has begun to count.
    let Some(Cursor { seq, begun }) = cursor else { return Ok(false) };
    if begun.is_none() && is_right(tx, seq, at, &right).await? {
        return Ok(false);
    }
    tx.exec(clear_totals()).await?.rows();
    let lines: Vec<String> = right.lines().map(|(line, _)| line.to_owned()).collect();
    totals::put(tx, &right, &lines).await?;
    tx.exec(set_cursor(Counter::NAME, at)).await?.expect_one()?;
    Ok(true)
}

/// Counts whichever is behind up to the other.
async fn is_right(tx: &mut Tx, cursor: Seq, at: Seq, right: &Totals) -> Result<bool, RebuildError> {
    let between = cursor.number().saturating_sub(at.number());
    if between.saturating_abs() > RECORDS_MAX {
        return Ok(false);
    }
    let (mut there, mut right) = match totals::list(tx).await {
        Err(Error::Column { .. }) => return Ok(false),
        there => (there?, right.clone()),
    };
    let (behind, from) = if cursor < at { (&mut there, cursor) } else { (&mut right, at) };
    let rows = journal::range(tx, from, between.saturating_abs()).await?;
    let reached = rows.last().map_or(from, |row| row.seq);
    for row in rows {
        behind.count(&decode(row.seq, &row.body)?);
    }
    Ok(reached == cursor.max(at) && there == right)
}
