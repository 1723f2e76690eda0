//! Rows of what is not a projection: the journal, its head and words, how far
//! the projections are, and the trial balance.

use ledger::{Head, Partition, Turnover};

use super::{Datum, Table, WholeRow, whole};
use crate::query::{Column, Sql};

const JOURNAL_FROM: Sql = Sql::both(
    "journal.whole_from",
    "SELECT partition_id, seq, body, hash
    FROM journal
    WHERE (partition_id, seq) >= ($1, $2)
    ORDER BY partition_id, seq
    LIMIT $3",
);

const HEADS_FROM: Sql = Sql::both(
    "heads.whole_from",
    "SELECT partition_id, seq, hash, at
    FROM heads
    WHERE partition_id >= $1
    ORDER BY partition_id
    LIMIT $2",
);

const WORDS_FROM: Sql = Sql::both(
    "words.whole_from",
    "SELECT partition_id, seq, salt, text
    FROM words
    WHERE (partition_id, seq) >= ($1, $2)
    ORDER BY partition_id, seq
    LIMIT $3",
);

const PROJECTED_FROM: Sql = Sql::both(
    "projected.whole_from",
    "SELECT partition_id, seq
    FROM projected
    WHERE partition_id >= $1
    ORDER BY partition_id
    LIMIT $2",
);

const TOTALS_FROM: Sql = Sql::both(
    "totals.whole_from",
    "SELECT partition_id, line, debits, credits
    FROM totals
    WHERE (partition_id, line) >= ($1, $2)
    ORDER BY partition_id, line
    LIMIT $3",
);

/// Every record.
pub static JOURNAL: Table = Table {
    name: "journal",
    columns: &[
        Column::i64("partition_id"),
        Column::i64("seq"),
        Column::bytes("body"),
        Column::bytes("hash"),
    ],
    first: &[Datum::I64(i64::MIN), Datum::I64(i64::MIN)],
    from: &JOURNAL_FROM,
    read: whole::<4>,
};

/// The end of the journal.
pub static HEADS: Table = Table {
    name: "heads",
    columns: &[
        Column::i64("partition_id"),
        Column::i64("seq"),
        Column::bytes("hash"),
        Column::i64("at"),
    ],
    first: &[Datum::I64(i64::MIN)],
    from: &HEADS_FROM,
    read: whole::<4>,
};

/// Every description.
pub static WORDS: Table = Table {
    name: "words",
    columns: &[
        Column::i64("partition_id"),
        Column::i64("seq"),
        Column::bytes("salt"),
        Column::text("text"),
    ],
    first: &[Datum::I64(i64::MIN), Datum::I64(i64::MIN)],
    from: &WORDS_FROM,
    read: whole::<4>,
};

/// How far the projections are.
pub static PROJECTED: Table = Table {
    name: "projected",
    columns: &[Column::i64("partition_id"), Column::i64("seq")],
    first: &[Datum::I64(i64::MIN)],
    from: &PROJECTED_FROM,
    read: whole::<2>,
};

/// The lines of the trial balance.
pub static TOTALS: Table = Table {
    name: "totals",
    columns: &[
        Column::i64("partition_id"),
        Column::text("line"),
        Column::bytes("debits"),
        Column::bytes("credits"),
    ],
    first: &[Datum::I64(i64::MIN), Datum::Text(String::new())],
    from: &TOTALS_FROM,
    read: whole::<4>,
};

/// The row of a head.
pub fn head(head: &Head) -> WholeRow {
    WholeRow::of([Partition::FIRST.into(), head.seq.into(), (&head.hash).into(), head.at.into()])
}

/// The row of a line of the trial balance.
pub fn line(name: &str, turnover: &Turnover) -> WholeRow {
    WholeRow::of([
        Partition::FIRST.into(),
        name.into(),
        turnover.debits.to_be_bytes().to_vec().into(),
        turnover.credits.to_be_bytes().to_vec().into(),
    ])
}
