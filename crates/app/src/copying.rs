//! Carrying a book from one database to another, whichever engines they are on:
//! journal, hashes, words, keys and all that is kept beside the ledger, unchanged.
//!
//! The old place is read in one transaction in which everyone else stands still.
//! The new one is filled page by page, and what makes it a book comes last, with
//! a count of every table: half a copy is never served. This module must not know
//! where the two are.

use ledger::Head;
use store::copying::{self, Table};
use store::rows::WholeRow;
use store::{Db, Error, Priority, Tx, books, journal};
use tokio::sync::mpsc;

/// Rows that are read at once, and written in one transaction.
const PAGE: i64 = 1_000;
/// Pages that wait to be written.
const PAGES: usize = 2;

/// What was carried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// The end of the journal, the same in both.
    pub head: Head,
    /// Every table with its rows.
    pub tables: Vec<TableCopied>,
}

/// A table that was carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableCopied {
    /// Its name.
    pub table: &'static str,
    /// How many rows it has, the same in both.
    pub rows: i64,
}

/// How far a copy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rows {
    /// Rows written.
    pub done: i64,
    /// Rows there are.
    pub total: i64,
}

/// Why a book was not carried.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// Storage failed.
    #[error(transparent)]
    Store(#[from] Error),
    /// There is nothing to carry.
    #[error("the database to copy from holds no book")]
    NoBook,
    /// The new place is taken.
    #[error("the database to copy to holds a book already: name one that is empty")]
    Taken,
    /// An earlier copy did not come to its end.
    #[error(
        "the database to copy to holds rows of {table} but no book, as a copy that was \
         interrupted leaves it: drop it and copy again"
    )]
    Unfinished {
        /// A table with rows.
        table: &'static str,
    },
    /// What arrived is not what was sent. The new place has not become a book.
    #[error("{table} has other rows in the copy than it had: drop the copy and try again")]
    Differs {
        /// The table.
        table: &'static str,
    },
}

/// What comes out of the old place.
enum Parcel {
    Total(i64),
    Page(&'static Table, Vec<WholeRow>),
}

/// What is written at the end.
struct Closing {
    last: Vec<(&'static Table, Vec<WholeRow>)>,
    copied: Copied,
}

/// Whether a book can be carried to there.
pub async fn check(to: &Db) -> Result<(), CopyError> {
    to.read(|tx| Box::pin(expect_empty(tx))).await
}

/// Carries the book. `told` hears how far it is.
pub async fn copy(from: &Db, to: &Db, told: impl FnMut(Rows) + Send) -> Result<Copied, CopyError> {
    check(to).await?;
    let (sender, parcels) = mpsc::channel(PAGES);
    let read = from.still::<_, CopyError, _>(move |tx| Box::pin(send(tx, sender)));
    let (read, written) = tokio::join!(read, receive(to, parcels, told));
    // If writing failed, reading only says that nobody took what it read.
    written?;
    let Closing { last, copied } = read?;
    let counts = copied.clone();
    to.write(Priority::Edit, move |tx| Box::pin(close(tx, last, counts))).await?;
    Ok(copied)
}

async fn expect_empty(tx: &mut Tx) -> Result<(), CopyError> {
    if tx.opt(books::find()).await?.is_some() {
        return Err(CopyError::Taken);
    }
    for table in copying::tables() {
        if !tx.all(table.rows_from(None, 1)).await?.is_empty() {
            return Err(CopyError::Unfinished { table: table.name() });
        }
    }
    Ok(())
}

async fn send(tx: &mut Tx, sender: mpsc::Sender<Parcel>) -> Result<Closing, CopyError> {
    tx.opt(books::find()).await?.ok_or(CopyError::NoBook)?;
    let head = journal::head(tx).await?.ok_or(CopyError::NoBook)?;
    let mut tables = Vec::new();
    for table in copying::tables() {
        tables.push(TableCopied { table: table.name(), rows: tx.one(table.count()).await? });
    }
    let total = tables.iter().zip(copying::first()).map(|(table, _)| table.rows).sum();
    hand(tx, &sender, Parcel::Total(total)).await?;
    for table in copying::first() {
        send_table(tx, &sender, table).await?;
    }
    let mut last = Vec::new();
    for table in copying::last() {
        last.push((table, tx.all(table.rows_from(None, PAGE)).await?));
    }
    Ok(Closing { last, copied: Copied { head, tables } })
}

async fn send_table(
    tx: &mut Tx,
    sender: &mpsc::Sender<Parcel>,
    table: &'static Table,
) -> Result<(), CopyError> {
    let mut rows = tx.all(table.rows_from(None, PAGE)).await?;
    while let Some(end) = rows.last().cloned() {
        hand(tx, sender, Parcel::Page(table, rows)).await?;
        rows = tx.all(table.rows_from(Some(&end), PAGE + 1)).await?;
        // The first of them was the last one before.
        rows.drain(..1.min(rows.len()));
    }
    Ok(())
}

async fn hand(tx: &mut Tx, sender: &mpsc::Sender<Parcel>, parcel: Parcel) -> Result<(), CopyError> {
    if tx.hand(sender, parcel).await { Ok(()) } else { Err(Error::Closed.into()) }
}

async fn receive(
    to: &Db,
    mut parcels: mpsc::Receiver<Parcel>,
    mut told: impl FnMut(Rows) + Send,
) -> Result<(), CopyError> {
    let mut progress = Rows { done: 0, total: 0 };
    while let Some(parcel) = parcels.recv().await {
        match parcel {
            Parcel::Total(total) => progress.total = total,
            Parcel::Page(table, rows) => {
                progress.done += i64::try_from(rows.len()).unwrap_or(i64::MAX);
                to.write(Priority::Slice, move |tx| Box::pin(put(tx, table, rows))).await?;
            }
        }
        told(progress);
    }
    Ok(())
}

async fn put(tx: &mut Tx, table: &'static Table, rows: Vec<WholeRow>) -> Result<(), CopyError> {
    let count = table.put(tx, &rows).await?;
    if u64::try_from(rows.len()) == Ok(count) {
        return Ok(());
    }
    Err(CopyError::Differs { table: table.name() })
}

/// Makes a book of what has arrived, if that is all there was.
async fn close(
    tx: &mut Tx,
    last: Vec<(&'static Table, Vec<WholeRow>)>,
    sent: Copied,
) -> Result<(), CopyError> {
    for (table, rows) in last {
        put(tx, table, rows).await?;
    }
    copying::go_on_counting(tx).await?;
    for (table, sent) in copying::tables().zip(&sent.tables) {
        if tx.one(table.count()).await? != sent.rows {
            return Err(CopyError::Differs { table: table.name() });
        }
    }
    match journal::head(tx).await? {
        Some(head) if head == sent.head => Ok(()),
        _ => Err(CopyError::Differs { table: "heads" }),
    }
}
