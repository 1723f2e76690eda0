//! Used keys, for ever: which record has a key's outcome.

use ledger::{KeyEntry, KeyId, Partition};

use crate::error::Error;
use crate::query::{Column, Sql};
use crate::row::Row;
use crate::tx::Tx;

const FIND: Sql = Sql::both(
    "keys.find",
    "SELECT keys.fingerprint, keys.seq, journal.body
    FROM keys
    JOIN journal ON journal.partition_id = keys.partition_id AND journal.seq = keys.seq
    WHERE keys.partition_id = $1 AND keys.key = $2",
);

/// One outcome a key: the first stays.
const MAKE: Sql = Sql::bulk(
    "keys.make",
    "keys",
    &[
        Column::i64("partition_id"),
        Column::bytes("key"),
        Column::bytes("fingerprint"),
        Column::i64("seq"),
    ],
    "ON CONFLICT (partition_id, key) DO NOTHING",
);

const AFTER: Sql = Sql::both(
    "keys.after",
    "SELECT key
    FROM keys
    WHERE partition_id = $1 AND key > $2
    ORDER BY key
    LIMIT $3",
);

pub(super) const ALL: &[&Sql] = &[&FIND, &MAKE, &AFTER];

pub(super) async fn make(tx: &mut Tx, keys: &[(KeyId, KeyEntry)]) -> Result<(), Error> {
    let rows = keys.iter().map(|(id, entry)| {
        [Partition::FIRST.into(), id.into(), (&entry.fingerprint).into(), entry.seq.into()]
    });
    // A row that is there already is not hit.
    tx.bulk(&MAKE, rows).await.map(drop)
}

/// What a key was answered with: its record says whether that was a refusal.
fn read(row: &mut Row<'_>) -> Result<KeyEntry, Error> {
    let (fingerprint, seq) = (row.get()?, row.get()?);
    let record = row.parse("a record", |body: Vec<u8>| ledger::decode(&body).ok())?;
    Ok(KeyEntry { fingerprint, seq, refusal: record.refusal() })
}

/// What became of a key.
pub async fn find_key(tx: &mut Tx, id: KeyId) -> Result<Option<KeyEntry>, Error> {
    tx.opt(FIND.rows([Partition::FIRST.into(), (&id).into()], read)).await
}

/// The used keys behind one, in order, at most so many.
pub async fn keys_after(tx: &mut Tx, after: &[u8], limit: i64) -> Result<Vec<KeyId>, Error> {
    let args = [Partition::FIRST.into(), after.into(), limit.into()];
    tx.all(AFTER.rows(args, |row| Ok(KeyId(row.get()?)))).await
}
