//! Privileged actions beside the ledger: who did what to whom, and why. Rows are
//! only ever added. This module must not know what an action means.

use ledger::Time;

use crate::error::Error;
use crate::page::Page;
use crate::query::{Change, Query, Sql};
use crate::row::Row;

const INSERT: Sql = Sql::both(
    "audit.insert",
    "INSERT INTO audit (at, actor, action, subject, reason, before, after, request_id)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
);

const LIST: Sql = Sql::both(
    "audit.list",
    "SELECT id, at, actor, action, subject, reason, before, after, request_id
    FROM audit
    ORDER BY id DESC
    LIMIT $1 OFFSET $2",
);

const BY_SUBJECT: Sql = Sql::both(
    "audit.by_subject",
    "SELECT id, at, actor, action, subject, reason, before, after, request_id
    FROM audit
    WHERE subject = $1
    ORDER BY id DESC
    LIMIT $2 OFFSET $3",
);

/// The statements of this module.
pub const ALL: &[&Sql] = &[&INSERT, &LIST, &BY_SUBJECT];

/// One action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: Time,
    /// Who: `user:7`, `key:worker`, `system`.
    pub actor: String,
    /// What: `api_keys.revoke`.
    pub action: String,
    /// To whom or what: `user:12`.
    pub subject: String,
    /// Why, in their words.
    pub reason: Option<String>,
    /// What it was, as JSON.
    pub before: Option<String>,
    /// What it became, as JSON.
    pub after: Option<String>,
    /// The request that did it.
    pub request_id: Option<String>,
}

/// An action with its place in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// Counts up.
    pub id: i64,
    /// The action.
    pub entry: Entry,
}

impl Logged {
    fn read(row: &mut Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            id: row.get()?,
            entry: Entry {
                at: row.get()?,
                actor: row.get()?,
                action: row.get()?,
                subject: row.get()?,
                reason: row.get()?,
                before: row.get()?,
                after: row.get()?,
                request_id: row.get()?,
            },
        })
    }
}

/// Adds an action, in the transaction that does it.
pub fn insert(entry: &Entry) -> Change<'_> {
    INSERT.change([
        entry.at.into(),
        entry.actor.as_str().into(),
        entry.action.as_str().into(),
        entry.subject.as_str().into(),
        entry.reason.as_deref().into(),
        entry.before.as_deref().into(),
        entry.after.as_deref().into(),
        entry.request_id.as_deref().into(),
    ])
}

/// Actions, newest first.
pub fn list(page: Page) -> Query<'static, Logged> {
    LIST.rows([page.limit.into(), page.offset.into()], Logged::read)
}

/// What was done to one subject, newest first.
pub fn by_subject(subject: &str, page: Page) -> Query<'_, Logged> {
    BY_SUBJECT.rows([subject.into(), page.limit.into(), page.offset.into()], Logged::read)
}
