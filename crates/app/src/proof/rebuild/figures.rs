//! The figures counted anew, by their own consumer, where they are wrong.

use ledger::{Partition, Seq};
use store::{Db, Error, Tx, cursors, figures, journal, rows};
use tokio::sync::watch;

use super::{RebuildError, TableChanges};
use crate::consumer::{Consumer, ConsumerError, Consumers};
use crate::figures::Counter;
use crate::proof::verify::figures_are_right;

/// Sets the figures right if they are wrong.
pub(super) async fn recount(db: &Db) -> Result<TableChanges, RebuildError> {
    let (rows, right) = db.read::<_, Error, _>(|tx| Box::pin(check(tx))).await?;
    let mut changes = TableChanges::none("figures");
    changes.rows = u64::try_from(rows).unwrap_or(u64::MAX);
    if !right {
        changes.different = 1;
        db.repair::<_, Error, _>(|tx| Box::pin(begin_anew(tx))).await?;
        count(db).await?;
    }
    Ok(changes)
}

/// How many rows there must be, and whether they are there.
async fn check(tx: &mut Tx) -> Result<(usize, bool), Error> {
    let cursor = tx.opt(cursors::find(Counter::NAME, Partition::FIRST)).await?;
    // None where nobody has begun to count.
    figures_are_right(tx, cursor.unwrap_or_default()).await
}

async fn begin_anew(tx: &mut Tx) -> Result<(), Error> {
    figures::clear(tx).await?;
    // No row is hit where nobody has begun to count.
    tx.exec(rows::set_cursor(Counter::NAME, Seq::ZERO)).await?.at_most_one().map(drop)
}

/// Counts up to the head. A server at work on the file does the same; every
/// record counts once.
async fn count(db: &Db) -> Result<(), RebuildError> {
    let head = db.read::<_, Error, _>(|tx| Box::pin(journal::head(tx))).await?;
    let head = head.map_or(Seq::ZERO, |head| head.seq);
    let heads = watch::Sender::new(head);
    let consumers = Consumers::new(db.clone(), heads.subscribe());
    let reading = consumers.start(Counter::on(db)).await?;
    let reached = reading.reach(head).await;
    consumers.close().await;
    Ok(reached?)
}

impl From<ConsumerError> for RebuildError {
    fn from(error: ConsumerError) -> Self {
        match error {
            ConsumerError::Store(error) => Self::Store(error),
            ConsumerError::Journal { seq, source } => Self::Journal { seq, source },
            ended => Self::Store(Error::Stopped(ended.to_string())),
        }
    }
}
