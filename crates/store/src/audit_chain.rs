//! The chain over the rows of the audit log: a link a row, only ever added. Its
//! end is sealed into the journal. This module must not know how a link is made.

use ledger::Hash;

use crate::error::Error;
use crate::query::{Column, Query, Sql};
use crate::row::Row;
use crate::tx::Tx;

const LAST: Sql = Sql::both(
    "audit_chain.last",
    "SELECT id, hash
    FROM audit_chain
    ORDER BY id DESC
    LIMIT 1",
);

const AFTER: Sql = Sql::both(
    "audit_chain.after",
    "SELECT id, hash
    FROM audit_chain
    WHERE id > $1
    ORDER BY id
    LIMIT $2",
);

const APPEND: Sql =
    Sql::bulk("audit_chain.append", "audit_chain", &[Column::i64("id"), Column::bytes("hash")], "");

/// The statements of this module.
pub const ALL: &[&Sql] = &[&LAST, &AFTER, &APPEND];

/// A link: the chain up to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The row.
    pub id: i64,
    /// The chain up to it.
    pub hash: Hash,
}

impl Link {
    fn read(row: &mut Row<'_>) -> Result<Self, Error> {
        Ok(Self { id: row.get()?, hash: row.get()? })
    }
}

/// The end of the chain.
pub fn last() -> Query<'static, Link> {
    LAST.rows([], Link::read)
}

/// The links behind a row, in order, at most so many.
pub fn after(id: i64, limit: i64) -> Query<'static, Link> {
    AFTER.rows([id.into(), limit.into()], Link::read)
}

/// Adds links.
pub async fn append(tx: &mut Tx, links: &[Link]) -> Result<(), Error> {
    let rows = links.iter().map(|link| [link.id.into(), (&link.hash).into()]);
    // Each row is inserted or the statement fails.
    tx.bulk(&APPEND, rows).await.map(drop)
}
