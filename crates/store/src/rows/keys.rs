//! Rows of used keys.

use ledger::{KeyEntry, KeyId, Partition};

use super::{Datum, Projection, Table, WholeRow, whole};
use crate::query::{Column, Sql};

const FROM: Sql = Sql::both(
    "keys.whole_from",
    "SELECT partition_id, key, fingerprint, seq
    FROM keys
    WHERE (partition_id, key) >= ($1, $2)
    ORDER BY partition_id, key
    LIMIT $3",
);

const TAKE: Sql = Sql::both(
    "keys.whole_take",
    "DELETE FROM keys
    WHERE partition_id = $1 AND key = $2
    RETURNING partition_id, key, fingerprint, seq",
);

const PUT: Sql = Sql::both(
    "keys.whole_put",
    "INSERT INTO keys (partition_id, key, fingerprint, seq)
    VALUES ($1, $2, $3, $4)",
);

const COLUMNS: &[Column] = &[
    Column::i64("partition_id"),
    Column::bytes("key"),
    Column::bytes("fingerprint"),
    Column::i64("seq"),
];

/// Every key that was used.
pub static KEYS: Projection = Projection {
    table: Table {
        name: "keys",
        columns: COLUMNS,
        first: &[Datum::I64(i64::MIN), Datum::Bytes(Vec::new())],
        from: &FROM,
        read: whole::<4>,
    },
    take: &TAKE,
    put: &PUT,
};

/// The row of a key.
pub fn key(id: KeyId, entry: KeyEntry) -> WholeRow {
    let fingerprint = &entry.fingerprint;
    WholeRow::of([Partition::FIRST.into(), (&id).into(), fingerprint.into(), entry.seq.into()])
}
