//! The scratch database beside the real one: the journal, projected anew.

use std::path::{Path, PathBuf};

use ledger::{Hash, Record, Seq, Totals, chain};
use store::journal::Row;
use store::projections::{self, Chunk};
use store::rows::{Datum, Projection, WholeRow};
use store::{Db, Error, Options, Priority, journal};

use super::{Progress, RebuildError, Settings};

/// Records folded at a time.
const PAGE: i64 = 50_000;
/// Rows of a transaction in the scratch, where nobody else waits.
const SCRATCH_ROWS: usize = 200_000;
/// Rows of a transaction in the real one: about 2 ms of the writer.
const SLICE_ROWS: usize = 512;

/// The projections as they must be after some record.
pub(super) struct Beside {
    db: Db,
    path: PathBuf,
    at: Seq,
    hash: Hash,
    totals: Totals,
}

impl Beside {
    /// An empty one. Another rebuild must not be at work on the same file.
    pub(super) async fn create(settings: &Settings) -> Result<Self, RebuildError> {
        let path = settings.scratch.clone();
        let open = || {
            let options = Options::serve(&path, settings.now);
            Db::open(&options).map_err(RebuildError::Scratch)
        };
        if path.exists() {
            // Whoever made it has ended, or this fails.
            open()?.close().await;
            remove_files(&path)?;
        }
        let (at, hash, totals) = (Seq::ZERO, Hash::ZERO, Totals::default());
        Ok(Self { db: open()?, path, at, hash, totals })
    }

    pub(super) async fn remove(self) -> Result<(), RebuildError> {
        self.db.close().await;
        remove_files(&self.path)
    }

    /// The last record it has.
    pub(super) fn at(&self) -> Seq {
        self.at
    }

    /// The trial balance there.
    pub(super) fn totals(&self) -> &Totals {
        &self.totals
    }

    pub(super) fn db(&self) -> &Db {
        &self.db
    }

    /// Folds what the journal has more.
    pub(super) async fn catch_up(
        &mut self,
        of: &Db,
        progress: &mut (impl FnMut(Progress) + Send),
    ) -> Result<(), RebuildError> {
        let head = of.read::<_, Error, _>(|tx| Box::pin(journal::head(tx))).await?;
        let head = head.map_or(Seq::ZERO, |head| head.seq);
        while self.at < head {
            let from = self.at;
            let page = of.read::<_, Error, _>(move |tx| Box::pin(journal::range(tx, from, PAGE)));
            let records = self.take(page.await?)?;
            if records.is_empty() {
                return Err(RebuildError::Broken(from.next()));
            }
            project(&self.db, &records, SCRATCH_ROWS).await?;
            progress(Progress { done: self.at.number(), total: head.number() });
        }
        Ok(())
    }

    /// Follows the chain: nothing is rebuilt from records that were changed.
    fn take(&mut self, page: Vec<Row>) -> Result<Vec<Record>, RebuildError> {
        let mut records = Vec::with_capacity(page.len());
        for Row { seq, body, hash } in page {
            if seq != self.at.next() || chain(self.hash, &body) != hash {
                return Err(RebuildError::Broken(self.at.next()));
            }
            let record = decode(seq, &body)?;
            self.totals.count(&record);
            (self.at, self.hash) = (seq, hash);
            records.push(record);
        }
        Ok(records)
    }

    /// Projects into the real database what its projector has not yet, so that
    /// no row there is behind this one. Rows that are further stay.
    pub(super) async fn project_behind(&self, into: &Db) -> Result<(), RebuildError> {
        let mut from = into.read::<_, Error, _>(|tx| Box::pin(projections::projected(tx))).await?;
        while from < self.at {
            let most = PAGE.min(self.at.number() - from.number());
            let page = into.read::<_, Error, _>(move |tx| Box::pin(journal::range(tx, from, most)));
            let records = page.await?.into_iter().map(|row| decode(row.seq, &row.body));
            let records = records.collect::<Result<Vec<_>, _>>()?;
            let Some(last) = records.last().map(|record| record.seq) else { return Ok(()) };
            project(into, &records, SLICE_ROWS).await?;
            let set = into.write::<_, Error, _>(Priority::Mark, move |tx| {
                Box::pin(projections::set_projected(tx, last))
            });
            set.await?;
            from = last;
        }
        Ok(())
    }

    /// The rows of some keys; `None` where there is none.
    pub(super) async fn rows(
        &self,
        projection: &'static Projection,
        keys: Vec<Vec<Datum>>,
    ) -> Result<Vec<Right>, Error> {
        let rows = self.db.read::<_, Error, _>(move |tx| {
            Box::pin(async move {
                let mut rows = Vec::with_capacity(keys.len());
                for key in keys {
                    let row = tx.all(projection.table.rows_from(Some(&key), 1)).await?.pop();
                    let row = row.filter(|row| projection.table.key(row) == key);
                    rows.push(Right { key, row });
                }
                Ok(rows)
            })
        });
        rows.await
    }
}

/// What a key's row must be.
pub(super) struct Right {
    pub(super) key: Vec<Datum>,
    pub(super) row: Option<WholeRow>,
}

pub(super) fn decode(seq: Seq, body: &[u8]) -> Result<Record, RebuildError> {
    ledger::decode(body).map_err(|source| RebuildError::Journal { seq, source })
}

async fn project(db: &Db, records: &[Record], rows: usize) -> Result<(), Error> {
    for slice in Chunk::of(records).slices(rows) {
        slice.put(db).await?;
    }
    Ok(())
}

/// A database is its file, its log, their index, and its lock.
fn remove_files(path: &Path) -> Result<(), RebuildError> {
    for suffix in ["-wal", "-shm", "", ".lock"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        let path = PathBuf::from(name);
        match std::fs::remove_file(&path) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                return Err(RebuildError::Leftover { path, source });
            }
            _ => {}
        }
    }
    Ok(())
}
