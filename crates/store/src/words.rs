//! Descriptions and metadata, beside the journal so that they can be erased.
//! This module must not know what a text says.

use std::borrow::Borrow;

use ledger::{Partition, Sealed, Seq, Words};

use crate::error::Error;
use crate::query::{Column, Query, Rows, Sql};
use crate::row::Row;
use crate::tx::Tx;

const APPEND: Sql = Sql::bulk(
    "words.append",
    "words",
    &[Column::i64("partition_id"), Column::i64("seq"), Column::bytes("salt"), Column::text("text")],
    "",
);

const FIND: Sql = Sql::both(
    "words.find",
    "SELECT salt, text
    FROM words
    WHERE partition_id = $1 AND seq = $2",
);

const OF_EACH: Sql = Sql::each(
    "words.of_each",
    "SELECT seq, text
    FROM words
    WHERE partition_id = $1 AND seq = ANY($2)",
);

const RANGE: Sql = Sql::both(
    "words.range",
    "SELECT seq, salt, text
    FROM words
    WHERE partition_id = $1 AND seq > $2
    ORDER BY seq
    LIMIT $3",
);

const ERASE: Sql = Sql::both(
    "words.erase",
    "DELETE FROM words
    WHERE partition_id = $1 AND seq = $2",
);

/// The statements of this module.
pub const ALL: &[&Sql] = &[&APPEND, &FIND, &OF_EACH, &RANGE, &ERASE];

fn read(row: &mut Row<'_>) -> Result<Words, Error> {
    Ok(Words { salt: row.get()?, text: row.get()? })
}

/// The words of a record, unless it has none or they were erased.
pub async fn find(tx: &mut Tx, seq: Seq) -> Result<Option<Words>, Error> {
    tx.opt(FIND.rows([Partition::FIRST.into(), seq.into()], read)).await
}

/// What each of these records says, but those without words, or whose words were erased.
pub fn of_each(records: impl IntoIterator<Item = Seq>) -> Query<'static, (Seq, String)> {
    let read = |row: &mut Row<'_>| Ok((row.get()?, row.get()?));
    OF_EACH.rows_of_each([Partition::FIRST.into()], records.into_iter().map(Seq::number), read)
}

/// The words of the records after a place, in order, at most so many.
pub async fn range(tx: &mut Tx, after: Seq, limit: i64) -> Result<Vec<(Seq, Words)>, Error> {
    let args = [Partition::FIRST.into(), after.into(), limit.into()];
    tx.all(RANGE.rows(args, |row| Ok((row.get()?, read(row)?)))).await
}

/// The words of records, to be written with them.
pub(crate) fn rows<S: Borrow<Sealed>>(sealed: &[S]) -> Rows<'_> {
    let rows = sealed.iter().map(Borrow::borrow).filter_map(|sealed| {
        let words = sealed.words.as_ref()?;
        let seq = sealed.record.seq;
        Some([
            Partition::FIRST.into(),
            seq.into(),
            (&words.salt).into(),
            words.text.as_str().into(),
        ])
    });
    Rows::new(&APPEND, rows)
}

/// Deletes the words of a record, in the transaction that says so. They may be
/// gone already.
pub(crate) async fn erase(tx: &mut Tx, seq: Seq) -> Result<(), Error> {
    let erased = ERASE.change([Partition::FIRST.into(), seq.into()]);
    tx.exec(erased).await?.at_most_one().map(drop)
}
