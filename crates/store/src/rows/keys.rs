//! Rows of used keys.

use ledger::{KeyEntry, KeyId, Partition};

use super::{Datum, Projection, Table, WholeRow, whole};
use crate::projections::key_era;
use crate::query::{Column, Sql};

const FROM: Sql = Sql::both(
    "keys.whole_from",
    "SELECT partition_id, era, key, fingerprint, seq
    FROM used_keys
    WHERE (partition_id, era, key) >= ($1, $2, $3)
    ORDER BY partition_id, era, key
    LIMIT $4",
);

const TAKE: Sql = Sql::both(
    "keys.whole_take",
    "DELETE FROM used_keys
    WHERE partition_id = $1 AND era = $2 AND key = $3
    RETURNING partition_id, era, key, fingerprint, seq",
);

const PUT: Sql = Sql::both(
    "keys.whole_put",
    "INSERT INTO used_keys (partition_id, era, key, fingerprint, seq)
    VALUES ($1, $2, $3, $4, $5)",
);

const COLUMNS: &[Column] = &[
    Column::i64("partition_id"),
    Column::i64("era"),
    Column::bytes("key"),
    Column::bytes("fingerprint"),
    Column::i64("seq"),
];

/// Every key that was used.
pub static KEYS: Projection = Projection {
    table: Table {
        name: "used_keys",
        columns: COLUMNS,
        first: &[Datum::I64(i64::MIN), Datum::I64(i64::MIN), Datum::Bytes(Vec::new())],
        from: &FROM,
        read: whole::<5>,
    },
    take: &TAKE,
    put: &PUT,
};

/// The row of a key.
pub fn key(id: KeyId, entry: KeyEntry) -> WholeRow {
    let (era, fingerprint) = (key_era(entry.seq), &entry.fingerprint);
    let (place, seq) = (Partition::FIRST.into(), entry.seq.into());
    WholeRow::of([place, era.into(), (&id).into(), fingerprint.into(), seq])
}
