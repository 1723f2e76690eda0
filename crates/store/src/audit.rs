//! Privileged actions: who did what to whom, and why. Rows are only ever added.
//!
//! A row with a `seq` stands for that record of the journal; why it was done is
//! in the record's words. This module must not know what an action means.

use ledger::{Seq, Time};

use crate::error::Error;
use crate::page::Page;
use crate::query::{Change, Query, Sql};
use crate::row::{Row, only};
use crate::value::Value;

const INSERT: Sql = Sql::both(
    "audit.insert",
    "INSERT INTO audit (at, actor, action, subject, reason, before, after, request_id, seq)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
);

const LIST: Sql = Sql::both(
    "audit.list",
    "SELECT id, at, actor, action, subject, reason, before, after, request_id, seq
    FROM audit
    WHERE (CAST($1 AS TEXT) IS NULL OR actor = $1)
        AND (CAST($2 AS TEXT) IS NULL OR action = $2)
        AND (CAST($3 AS TEXT) IS NULL OR subject = $3)
        AND at >= $4 AND at <= $5
    ORDER BY at DESC, id DESC
    LIMIT $6 OFFSET $7",
);

const COUNT: Sql = Sql::both(
    "audit.count",
    "SELECT COUNT(*)
    FROM audit
    WHERE (CAST($1 AS TEXT) IS NULL OR actor = $1)
        AND (CAST($2 AS TEXT) IS NULL OR action = $2)
        AND (CAST($3 AS TEXT) IS NULL OR subject = $3)
        AND at >= $4 AND at <= $5",
);

const BY_SUBJECT: Sql = Sql::both(
    "audit.by_subject",
    "SELECT id, at, actor, action, subject, reason, before, after, request_id, seq
    FROM audit
    WHERE subject = $1
    ORDER BY id DESC
    LIMIT $2 OFFSET $3",
);

const AFTER: Sql = Sql::both(
    "audit.after",
    "SELECT id, at, actor, action, subject, reason, before, after, request_id, seq
    FROM audit
    WHERE id > $1
    ORDER BY id
    LIMIT $2",
);

const LAST_OF: Sql = Sql::both(
    "audit.last_of",
    "SELECT id, at, actor, action, subject, reason, before, after, request_id, seq
    FROM audit
    WHERE subject = $1 AND action IN ($2, $3, $4)
    ORDER BY id DESC
    LIMIT 1",
);

/// The statements of this module.
pub const ALL: &[&Sql] = &[&INSERT, &LIST, &COUNT, &BY_SUBJECT, &AFTER, &LAST_OF];

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
    /// Why, in their words, where no record has them.
    pub reason: Option<String>,
    /// What it was, as JSON.
    pub before: Option<String>,
    /// What it became, as JSON.
    pub after: Option<String>,
    /// The request that did it.
    pub request_id: Option<String>,
    /// The record it stands for.
    pub seq: Option<Seq>,
}

/// An action with its place in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// Counts up in the order of commits: there is one writer.
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
                seq: row.get::<Option<i64>>()?.map(Seq::from_number),
            },
        })
    }
}

/// Which actions: all of what is said must fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filter<'a> {
    /// By whom.
    pub actor: Option<&'a str>,
    /// What was done.
    pub action: Option<&'a str>,
    /// To whom or what.
    pub subject: Option<&'a str>,
    /// Not before this instant.
    pub from: Option<Time>,
    /// Not after this instant.
    pub until: Option<Time>,
}

impl<'a> Filter<'a> {
    fn values(self) -> [Value<'a>; 5] {
        let from = self.from.map_or(i64::MIN, Time::micros);
        let until = self.until.map_or(i64::MAX, Time::micros);
        let texts = [self.actor, self.action, self.subject].map(Value::from);
        let [actor, action, subject] = texts;
        [actor, action, subject, from.into(), until.into()]
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
        entry.seq.into(),
    ])
}

/// Actions, newest first.
pub fn list(filter: Filter<'_>, page: Page) -> Query<'_, Logged> {
    let [actor, action, subject, from, until] = filter.values();
    let (limit, offset) = (page.limit.into(), page.offset.into());
    LIST.rows([actor, action, subject, from, until, limit, offset], Logged::read)
}

/// How many there are.
pub fn count(filter: Filter<'_>) -> Query<'_, i64> {
    COUNT.rows(filter.values(), only)
}

/// What was done to one subject, newest first.
pub fn by_subject(subject: &str, page: Page) -> Query<'_, Logged> {
    BY_SUBJECT.rows([subject.into(), page.limit.into(), page.offset.into()], Logged::read)
}

/// The actions behind one, in the order they were written, at most so many.
pub fn after(id: i64, limit: i64) -> Query<'static, Logged> {
    AFTER.rows([id.into(), limit.into()], Logged::read)
}

/// The last of some actions on a subject.
pub fn last_of<'a>(subject: &'a str, actions: [&'a str; 3]) -> Query<'a, Logged> {
    let [one, other, third] = actions;
    LAST_OF.rows([subject.into(), one.into(), other.into(), third.into()], Logged::read)
}
