//! Replacing rows, in one transaction in which nobody else writes any.
//!
//! What they must be is known up to some record. What the journal has more by
//! now is projected on top, here, so that no row falls back behind one that the
//! projector wrote meanwhile.

use ledger::{Record, Seq};
use store::projections::Chunk;
use store::rows::{Projection, WholeRow};
use store::{Db, Error, Tx, journal};

use super::RebuildError;
use super::beside::{Right, decode};

/// How a row was wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Missing,
    Different,
    Surplus,
}

/// A row that was taken away, further than the one put in its place: it was
/// right if it is what its own last record left.
struct Further {
    seq: Seq,
    row: WholeRow,
}

/// Puts `right`, the rows as they must be after `at`, in the place of those of
/// their keys. Answers how those were wrong that were.
pub(super) async fn swap(
    db: &Db,
    at: Seq,
    projection: &'static Projection,
    right: Vec<Right>,
) -> Result<Vec<Change>, RebuildError> {
    let swapped = db.repair(move |tx| {
        Box::pin(async move {
            let later = records_after(tx, at).await?;
            let head = later.last().map_or(at, |record| record.seq);
            let (mut changes, further) = replace(tx, projection, right, at..=head).await?;
            let wrong = project(tx, projection, &later, further).await?;
            changes.extend(std::iter::repeat_n(Change::Different, wrong));
            Ok(changes)
        })
    });
    swapped.await
}

async fn records_after(tx: &mut Tx, at: Seq) -> Result<Vec<Record>, RebuildError> {
    let rows = journal::range(tx, at, i64::MAX).await?;
    rows.into_iter().map(|row| decode(row.seq, &row.body)).collect()
}

type Replaced = (Vec<Change>, Vec<Further>);

/// Every old row goes before a new one comes: two may claim the same owner.
async fn replace(
    tx: &mut Tx,
    projection: &'static Projection,
    right: Vec<Right>,
    later: std::ops::RangeInclusive<Seq>,
) -> Result<Replaced, Error> {
    let (mut changes, mut further) = (Vec::new(), Vec::new());
    for Right { key, row } in &right {
        let old = tx.opt(projection.take(key)).await?;
        let seq = old.as_ref().and_then(WholeRow::seq).map(Seq::from_number);
        let seq = seq.filter(|seq| seq > later.start() && seq <= later.end());
        match (old, row) {
            (Some(old), Some(row)) if old == *row => {}
            (Some(old), _) if let Some(seq) = seq => further.push(Further { seq, row: old }),
            (Some(_), Some(_)) => changes.push(Change::Different),
            (Some(_), None) => changes.push(Change::Surplus),
            (None, Some(_)) => changes.push(Change::Missing),
            (None, None) => {}
        }
    }
    for row in right.iter().filter_map(|right| right.row.as_ref()) {
        tx.exec(projection.put(row)).await?.expect_one()?;
    }
    Ok((changes, further))
}

/// Projects the later records, and stops where a row was further to look what
/// it must have been there. Answers how many were not that.
async fn project(
    tx: &mut Tx,
    projection: &'static Projection,
    mut later: &[Record],
    mut further: Vec<Further>,
) -> Result<usize, Error> {
    further.sort_by_key(|further| further.seq);
    let mut wrong = 0;
    for Further { seq, row } in further {
        let here = later.partition_point(|record| record.seq <= seq);
        let (done, rest) = later.split_at(here);
        write(tx, done).await?;
        later = rest;
        let key = projection.table.key(&row);
        let found = tx.all(projection.table.rows_from(Some(key), 1)).await?;
        wrong += usize::from(found.first() != Some(&row));
    }
    write(tx, later).await?;
    Ok(wrong)
}

async fn write(tx: &mut Tx, records: &[Record]) -> Result<(), Error> {
    for slice in Chunk::of(records).slices(usize::MAX) {
        slice.write(tx).await?;
    }
    Ok(())
}
