//! Mails to send: one a fact. This module must not know what they say.

use ledger::Time;

use crate::error::Error;
use crate::page::Page;
use crate::query::{Change, Query, Sql};
use crate::row::{Row, only};
use crate::value::Value;

const QUEUE: Sql = Sql::both(
    "mails.queue",
    "INSERT INTO mails (key, kind, user_id, data, state, created_at)
    VALUES ($1, $2, $3, $4, 'queued', $5)
    ON CONFLICT (key) DO NOTHING",
);

const LIST: Sql = Sql::both(
    "mails.list",
    "SELECT id, key, kind, user_id, data, created_at, sent_at
    FROM mails
    WHERE (CAST($1 AS BIGINT) IS NULL OR user_id = $1)
        AND (CAST($2 AS TEXT) IS NULL OR kind = $2)
    ORDER BY id DESC
    LIMIT $3 OFFSET $4",
);

const COUNT: Sql = Sql::both(
    "mails.count",
    "SELECT COUNT(*)
    FROM mails
    WHERE (CAST($1 AS BIGINT) IS NULL OR user_id = $1)
        AND (CAST($2 AS TEXT) IS NULL OR kind = $2)",
);

/// The statements of this module.
pub const ALL: &[&Sql] = &[&QUEUE, &LIST, &COUNT];

/// A mail to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct New {
    /// The fact it tells of.
    pub key: String,
    /// What kind it is.
    pub kind: String,
    /// To whom.
    pub user_id: i64,
    /// What it tells, as JSON.
    pub data: String,
    /// When it was queued.
    pub created_at: Time,
}

/// A mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Its id.
    pub id: i64,
    /// What it was queued as.
    pub of: New,
    /// When it was sent, if it was.
    pub sent_at: Option<Time>,
}

impl Mail {
    fn read(row: &mut Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            id: row.get()?,
            of: New {
                key: row.get()?,
                kind: row.get()?,
                user_id: row.get()?,
                data: row.get()?,
                created_at: row.get()?,
            },
            sent_at: row.get()?,
        })
    }
}

/// Which mails: all of what is said must fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filter<'a> {
    /// To that user.
    pub user: Option<i64>,
    /// Of that kind.
    pub kind: Option<&'a str>,
}

impl<'a> Filter<'a> {
    fn values(self) -> [Value<'a>; 2] {
        [self.user.into(), self.kind.into()]
    }
}

/// Queues a mail; hits no row if its fact has one.
pub fn queue(new: &New) -> Change<'_> {
    QUEUE.change([
        new.key.as_str().into(),
        new.kind.as_str().into(),
        new.user_id.into(),
        new.data.as_str().into(),
        new.created_at.into(),
    ])
}

/// Mails, newest first.
pub fn list(filter: Filter<'_>, page: Page) -> Query<'_, Mail> {
    let [user, kind] = filter.values();
    LIST.rows([user, kind, page.limit.into(), page.offset.into()], Mail::read)
}

/// How many there are.
pub fn count(filter: Filter<'_>) -> Query<'_, i64> {
    COUNT.rows(filter.values(), only)
}
