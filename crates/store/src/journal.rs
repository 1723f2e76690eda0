//! The journal: rows of canonical bytes, only ever added.
//!
//! SQL never looks inside a body. An append is the head, the records and their
//! words, and nothing else, so that a commit costs little more than its fsync.
//! This module must not know how tables are folded from it.

use std::borrow::Borrow;
use std::sync::Arc;

use ledger::{Event, Hash, Head, Partition, Sealed, Seq};

use crate::constraint::{Constraint, OnConstraint as _};
use crate::error::Error;
use crate::query::{Change, Column, Rows, Sql};
use crate::row::Row as Columns;
use crate::tx::Tx;
use crate::value::Value;
use crate::words;

const HEAD: Sql = Sql::both(
    "heads.find",
    "SELECT seq, hash, at
    FROM heads
    WHERE partition_id = $1",
);

const BEGIN: Sql = Sql::both(
    "heads.begin",
    "INSERT INTO heads (partition_id, seq, hash, at, fence)
    VALUES ($1, $2, $3, $4, 0)
    ON CONFLICT (partition_id) DO NOTHING",
);

const ADVANCE: Sql = Sql::both(
    "heads.advance",
    "UPDATE heads
    SET seq = $1, hash = $2, at = $3
    WHERE partition_id = $4 AND seq = $5 AND hash = $6",
);

/// Writes nothing new, but nobody else moves the head until the transaction ends.
const LOCK: Sql = Sql::both(
    "heads.lock",
    "UPDATE heads
    SET seq = seq
    WHERE partition_id = $1
    RETURNING seq, hash, at, fence",
);

/// The same, and no append that was sent before it can happen behind it.
const FENCE: Sql = Sql::both(
    "heads.fence",
    "UPDATE heads
    SET fence = fence + 1
    WHERE partition_id = $1
    RETURNING seq, hash, at, fence",
);

const APPEND: Sql = Sql::bulk(
    "journal.append",
    "journal",
    &[
        Column::i64("partition_id"),
        Column::i64("seq"),
        Column::bytes("body"),
        Column::bytes("hash"),
    ],
    "",
);

const FIND: Sql = Sql::both(
    "journal.find",
    "SELECT seq, body, hash
    FROM journal
    WHERE partition_id = $1 AND seq = $2",
);

const RANGE: Sql = Sql::both(
    "journal.range",
    "SELECT seq, body, hash
    FROM journal
    WHERE partition_id = $1 AND seq > $2
    ORDER BY seq
    LIMIT $3",
);

/// The statements of this module.
pub const ALL: &[&Sql] = &[&HEAD, &LOCK, &FENCE, &BEGIN, &ADVANCE, &APPEND, &FIND, &RANGE];

/// What is appended behind an end of the journal.
#[derive(Clone, Debug)]
pub struct Appending {
    /// The end that it follows.
    pub head: Head,
    /// The head's fence: where it was raised, the append does nothing. The embedded
    /// engine, with its one writer, does not look at it.
    pub fence: i64,
    /// The records, in order.
    pub sealed: Vec<Arc<Sealed>>,
}

/// A head that stays where it is until the transaction ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Locked {
    /// The end of the journal.
    pub head: Head,
    /// Its fence.
    pub fence: i64,
}

/// A row of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its place.
    pub seq: Seq,
    /// The record's canonical bytes.
    pub body: Vec<u8>,
    /// The chain up to it.
    pub hash: Hash,
}

impl Row {
    fn read(row: &mut Columns<'_>) -> Result<Self, Error> {
        Ok(Self { seq: row.get()?, body: row.get()?, hash: row.get()? })
    }
}

fn read_head(row: &mut Columns<'_>) -> Result<Head, Error> {
    Ok(Head { seq: row.get()?, hash: row.get()?, at: row.get()? })
}

/// The end of the journal, once there is a first record.
pub async fn head(tx: &mut Tx) -> Result<Option<Head>, Error> {
    tx.opt(HEAD.rows([Partition::FIRST.into()], read_head)).await
}

fn read_locked(row: &mut Columns<'_>) -> Result<Locked, Error> {
    Ok(Locked { head: read_head(row)?, fence: row.get()? })
}

/// The end of the journal, which stays where it is until the transaction ends.
pub async fn lock_head(tx: &mut Tx) -> Result<Locked, Error> {
    tx.one(LOCK.rows([Partition::FIRST.into()], read_locked)).await
}

/// The same with its fence raised: an append that nobody knows the end of has happened,
/// or never will once this transaction has.
pub async fn fence_head(tx: &mut Tx) -> Result<Locked, Error> {
    tx.one(FENCE.rows([Partition::FIRST.into()], read_locked)).await
}

/// Appends records behind `head`, with their words, and deletes the words that
/// an erasure among them names. [`Error::HeadMoved`] if the head is elsewhere.
pub async fn append<S>(tx: &mut Tx, head: Head, sealed: &[S]) -> Result<(), Error>
where
    S: Borrow<Sealed> + Sync,
{
    let Some(last) = sealed.last().map(Borrow::borrow) else { return Ok(()) };
    if head == Head::START {
        begin(tx).await?;
    }
    let after = Head { seq: last.record.seq, hash: last.hash, at: last.record.at };
    let records = Rows::new(&APPEND, sealed.iter().map(Borrow::borrow).map(journal_row));
    let words = words::rows(sealed);
    // COMMIT is not among them: it waits until each has said how many rows it hit.
    let counts = tx.burst(advance(&head, &after), &[records, words]).await;
    let counts = counts.on(Constraint::Journal, || Error::HeadMoved)?;
    if !counts[0].at_most_one()? {
        return Err(Error::HeadMoved);
    }
    expect(counts[1].rows(), sealed.len())?;
    for one in sealed {
        if let Event::Erase { of } = one.borrow().record.event {
            words::erase(tx, of).await?;
        }
    }
    Ok(())
}

fn journal_row(sealed: &Sealed) -> [Value<'_>; 4] {
    [
        Partition::FIRST.into(),
        sealed.record.seq.into(),
        sealed.body.as_slice().into(),
        (&sealed.hash).into(),
    ]
}

async fn begin(tx: &mut Tx) -> Result<(), Error> {
    let Head { seq, hash, at } = Head::START;
    let row = [Partition::FIRST.into(), seq.into(), (&hash).into(), at.into()];
    // Where there is a head already, moving it on from the start fails.
    tx.exec(BEGIN.change(row)).await?.at_most_one().map(drop)
}

fn advance<'a>(from: &'a Head, to: &'a Head) -> Change<'a> {
    let [at, partition] = [to.at.into(), Partition::FIRST.into()];
    let [seq, hash] = [from.seq.into(), (&from.hash).into()];
    ADVANCE.change([to.seq.into(), (&to.hash).into(), at, partition, seq, hash])
}

fn expect(rows: u64, sealed: usize) -> Result<(), Error> {
    if u64::try_from(sealed) == Ok(rows) {
        return Ok(());
    }
    Err(Error::NotOneRow { statement: APPEND.name(), rows })
}

/// The record at a place.
pub async fn find(tx: &mut Tx, seq: Seq) -> Result<Option<Row>, Error> {
    tx.opt(FIND.rows([Partition::FIRST.into(), seq.into()], Row::read)).await
}

/// The records after a place, in order, at most so many.
pub async fn range(tx: &mut Tx, after: Seq, limit: i64) -> Result<Vec<Row>, Error> {
    let args = [Partition::FIRST.into(), after.into(), limit.into()];
    tx.all(RANGE.rows(args, Row::read)).await
}
