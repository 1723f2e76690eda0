//! Used keys, for ever: which record has a key's outcome.
//!
//! They are random, so they lie in eras: a new one goes among the last 262 144, whose
//! pages are in memory, whatever there is before. Who looks for one begins with the
//! last era, where nearly all that is asked again is found.

use ledger::{KeyEntry, KeyId, Partition, Seq};

use crate::error::Error;
use crate::query::{Column, Sql};
use crate::row::Row;
use crate::tx::Tx;
use crate::value::Value;

/// Records of an era; the schema says so too.
const ERA: i64 = 1 << 18;

/// The eras are counted down one by one until the key is found. Its era is one value, and a
/// look into each one too: PostgreSQL would join whole tables, where it knows little of them.
const FIND: Sql = Sql::both(
    "keys.find",
    "WITH RECURSIVE eras (era) AS (
        SELECT seq / 262144 FROM heads WHERE partition_id = $1
        UNION ALL
        SELECT era - 1 FROM eras WHERE era > 0
    )
    SELECT k.fingerprint, k.seq, j.body
    FROM used_keys k
    JOIN journal j ON j.partition_id = $1 AND j.seq = k.seq
    WHERE k.partition_id = $1 AND k.key = $2 AND k.era = (
        SELECT era
        FROM eras
        WHERE (
            SELECT u.seq
            FROM used_keys u
            WHERE u.partition_id = $1 AND u.era = eras.era AND u.key = $2
        ) IS NOT NULL
        LIMIT 1
    )",
);

/// One outcome a key: the first stays.
const MAKE: Sql = Sql::bulk(
    "keys.make",
    "used_keys",
    &[
        Column::i64("partition_id"),
        Column::i64("era"),
        Column::bytes("key"),
        Column::bytes("fingerprint"),
        Column::i64("seq"),
    ],
    "ON CONFLICT (partition_id, era, key) DO NOTHING",
);

const AFTER: Sql = Sql::both(
    "keys.after",
    "SELECT era, key
    FROM used_keys
    WHERE partition_id = $1 AND (era, key) > ($2, $3)
    ORDER BY era, key
    LIMIT $4",
);

pub(super) const ALL: &[&Sql] = &[&FIND, &MAKE, &AFTER];

/// The era of a key that a record used.
pub const fn key_era(seq: Seq) -> i64 {
    seq.number() / ERA
}

pub(super) async fn make(tx: &mut Tx, keys: &[(KeyId, KeyEntry)]) -> Result<(), Error> {
    // A row that is there already is not hit.
    tx.bulk(&MAKE, keys.iter().map(cells)).await.map(drop)
}

/// As [`make`], where none of them should be there.
pub(super) async fn add(tx: &mut Tx, keys: &[(KeyId, KeyEntry)]) -> Result<(), Error> {
    tx.add(&MAKE, keys.iter().map(cells)).await
}

fn cells((id, entry): &(KeyId, KeyEntry)) -> [Value<'_>; 5] {
    let (era, seq) = (key_era(entry.seq).into(), entry.seq.into());
    [Partition::FIRST.into(), era, id.into(), (&entry.fingerprint).into(), seq]
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

/// A place among the used keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyPlace {
    era: i64,
    /// The key there.
    pub key: KeyId,
}

/// The used keys behind a place, in order, at most so many.
pub async fn keys_after(
    tx: &mut Tx,
    after: Option<KeyPlace>,
    limit: i64,
) -> Result<Vec<KeyPlace>, Error> {
    // Before the first is an era that never was.
    let KeyPlace { era, key } = after.unwrap_or(KeyPlace { era: -1, key: KeyId([0; 16]) });
    let args = [Partition::FIRST.into(), era.into(), (&key).into(), limit.into()];
    let read = |row: &mut Row<'_>| Ok(KeyPlace { era: row.get()?, key: KeyId(row.get()?) });
    tx.all(AFTER.rows(args, read)).await
}
