//! Rebuild: folds every projection anew from the journal, and puts right what
//! differs, while servers may be at work on the same database.
//!
//! The journal is projected into a scratch database beside the real one, by the
//! statements of the projector. Rows are then compared in the order of their
//! key; those that differ are looked at again and replaced in one transaction,
//! in which nobody else writes such rows. So the schema stays as it is, byte for
//! byte, and so does every row that was right.
//!
//! A server that runs has loaded its wallets from the rows there were: after a
//! rebuild that changed something it must be started again.

mod beside;
mod compare;
mod counts;
mod figures;
mod swap;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use ledger::{DecodeError, Seq, Time};
use store::rows::{PROJECTIONS, Projection};
use store::{Db, Error, OpenError, projections, rows};

use super::Progress;
use beside::Beside;
use compare::{Position, Suspects};
use swap::Change;

/// The most rows that one transaction replaces: under a second of the writer, some
/// seconds of the projectors' on a server.
const SUSPECTS_MAX: usize = 20_000;

/// Where and when to rebuild.
#[derive(Clone, Debug)]
pub struct Settings {
    /// A file beside the database, for as long as it takes.
    pub scratch: PathBuf,
    /// What its migrations note as the time they ran.
    pub now: Time,
}

/// What a rebuild came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rebuilt {
    /// The last record that was folded.
    pub head: Seq,
    /// What it found, table by table.
    pub tables: Vec<TableChanges>,
}

/// What a rebuild found in a table, and put right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableChanges {
    /// The table.
    pub table: &'static str,
    /// Rows it must have.
    pub rows: u64,
    /// Rows it did not have.
    pub missing: u64,
    /// Rows that were not as the journal says.
    pub different: u64,
    /// Rows that no record made.
    pub surplus: u64,
}

impl Rebuilt {
    /// Whether everything was right already.
    pub fn changed_nothing(&self) -> bool {
        self.tables.iter().all(|table| table.missing + table.different + table.surplus == 0)
    }
}

impl TableChanges {
    const fn none(table: &'static str) -> Self {
        Self { table, rows: 0, missing: 0, different: 0, surplus: 0 }
    }

    fn count(&mut self, change: Change) {
        match change {
            Change::Missing => self.missing += 1,
            Change::Different => self.different += 1,
            Change::Surplus => self.surplus += 1,
        }
    }
}

/// Why a rebuild did not come to its end. What it replaced until then is right.
#[derive(Debug, thiserror::Error)]
pub enum RebuildError {
    /// The scratch database can't be used.
    #[error("the scratch database can't be used: {0}")]
    Scratch(#[source] OpenError),
    /// What an earlier rebuild left can't be removed.
    #[error("{path} can't be removed: {source}", path = .path.display())]
    Leftover {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A read or a write failed.
    #[error("the store failed")]
    Store(#[from] Error),
    /// The journal is not sound up to there: `verify` says more.
    #[error("the journal is broken at seq {0}: nothing is rebuilt from it")]
    Broken(Seq),
    /// The journal holds what this program can't read.
    #[error("the journal can't be read at seq {seq}")]
    Journal {
        /// Where.
        seq: Seq,
        /// Why.
        source: DecodeError,
    },
}

/// Rebuilds the projections, the trial balance and the figures.
pub async fn rebuild(
    db: &Db,
    settings: Settings,
    mut progress: impl FnMut(Progress) + Send,
) -> Result<Rebuilt, RebuildError> {
    let mut beside = Beside::create(&settings).await?;
    let rebuilt = rebuild_with(db, &mut beside, &mut progress).await;
    let removed = beside.remove().await;
    let rebuilt = rebuilt?;
    removed.map(|()| rebuilt)
}

async fn rebuild_with(
    db: &Db,
    beside: &mut Beside,
    progress: &mut (impl FnMut(Progress) + Send),
) -> Result<Rebuilt, RebuildError> {
    beside.catch_up(db, progress).await?;
    let mut tables = Vec::new();
    for projection in PROJECTIONS {
        tables.push(rebuild_table(db, beside, projection).await?);
    }
    tables.push(lower_projected(db, beside.at()).await?);
    tables.push(counts::recount(db, beside).await?);
    tables.push(figures::recount(db).await?);
    Ok(Rebuilt { head: beside.at(), tables })
}

/// Compares and replaces, as many rows at a time as a transaction may hold.
async fn rebuild_table(
    db: &Db,
    beside: &mut Beside,
    projection: &'static Projection,
) -> Result<TableChanges, RebuildError> {
    let mut changes = TableChanges::none(projection.table.name);
    let mut position = Position::start(projection);
    loop {
        // Both sides have every record up to here: a row that is older is wrong.
        beside.catch_up(db, &mut |_| ()).await?;
        beside.project_behind(db).await?;
        let Suspects { keys, rows } = compare::next(db, beside, &mut position).await?;
        changes.rows += rows;
        if keys.is_empty() {
            return Ok(changes);
        }
        beside.catch_up(db, &mut |_| ()).await?;
        beside.project_behind(db).await?;
        let right = beside.rows(projection, keys).await?;
        for change in swap::swap(db, beside.at(), projection, right).await? {
            changes.count(change);
        }
    }
}

/// Takes back a claim that the projections are further than the journal.
async fn lower_projected(db: &Db, at: Seq) -> Result<TableChanges, Error> {
    let lowered = db.repair::<_, Error, _>(move |tx| {
        Box::pin(async move {
            let head = store::journal::head(tx).await?.map_or(Seq::ZERO, |head| head.seq);
            if projections::projected(tx).await? <= head {
                return Ok(false);
            }
            tx.exec(rows::lower_projected(at)).await?.at_most_one()
        })
    });
    let mut changes = TableChanges { rows: 1, ..TableChanges::none("projected") };
    changes.different = u64::from(lowered.await?);
    Ok(changes)
}
