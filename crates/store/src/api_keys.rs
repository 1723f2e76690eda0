//! API keys, by the digest of their secret. This module must not know how a key
//! is made or hashed, nor what a scope allows.

use ledger::Time;

use crate::error::Error;
use crate::query::{Change, Query, Sql};
use crate::row::{Row, only};

const INSERT: Sql = Sql::both(
    "api_keys.insert",
    "INSERT INTO api_keys (name, digest, prefix, scopes, created_at)
    VALUES ($1, $2, $3, $4, $5)
    RETURNING id",
);

const LIVE_BY_DIGEST: Sql = Sql::both(
    "api_keys.live_by_digest",
    "SELECT id, name, prefix, scopes, created_at, revoked_at, last_used_at
    FROM api_keys
    WHERE digest = $1 AND revoked_at IS NULL",
);

const LIVE_BY_NAME: Sql = Sql::both(
    "api_keys.live_by_name",
    "SELECT id, name, prefix, scopes, created_at, revoked_at, last_used_at
    FROM api_keys
    WHERE name = $1 AND revoked_at IS NULL",
);

const LIST: Sql = Sql::both(
    "api_keys.list",
    "SELECT id, name, prefix, scopes, created_at, revoked_at, last_used_at
    FROM api_keys
    ORDER BY id DESC",
);

const REVOKE: Sql = Sql::both(
    "api_keys.revoke",
    "UPDATE api_keys
    SET revoked_at = $1
    WHERE name = $2 AND revoked_at IS NULL",
);

const TOUCH: Sql = Sql::both(
    "api_keys.touch",
    "UPDATE api_keys
    SET last_used_at = $1
    WHERE id = $2 AND (last_used_at IS NULL OR last_used_at < $1)",
);

/// The statements of this module.
pub const ALL: &[&Sql] = &[&INSERT, &LIVE_BY_DIGEST, &LIVE_BY_NAME, &LIST, &REVOKE, &TOUCH];

/// A key, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// Counts up from 1.
    pub id: i64,
    /// Who the caller is; one unrevoked key has it.
    pub name: String,
    /// The beginning of the key, to tell keys apart by.
    pub prefix: String,
    /// Scopes with commas between them.
    pub scopes: String,
    /// When it was made.
    pub created_at: Time,
    /// When it was revoked.
    pub revoked_at: Option<Time>,
    /// About when it was used last.
    pub last_used_at: Option<Time>,
}

impl ApiKey {
    fn read(row: &mut Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            id: row.get()?,
            name: row.get()?,
            prefix: row.get()?,
            scopes: row.get()?,
            created_at: row.get()?,
            revoked_at: row.get()?,
            last_used_at: row.get()?,
        })
    }
}

/// A key to be made.
#[derive(Clone, Copy)]
pub struct NewApiKey<'a> {
    /// Unique among unrevoked keys.
    pub name: &'a str,
    /// Of the secret.
    pub digest: &'a [u8],
    /// The beginning of the key.
    pub prefix: &'a str,
    /// Scopes with commas between them.
    pub scopes: &'a str,
    /// Now.
    pub created_at: Time,
}

/// Makes a key; the row is its id.
pub fn insert<'a>(key: &NewApiKey<'a>) -> Query<'a, i64> {
    INSERT.rows(
        [
            key.name.into(),
            key.digest.into(),
            key.prefix.into(),
            key.scopes.into(),
            key.created_at.into(),
        ],
        only,
    )
}

/// The unrevoked key of that digest.
pub fn live_by_digest(digest: &[u8]) -> Query<'_, ApiKey> {
    LIVE_BY_DIGEST.rows([digest.into()], ApiKey::read)
}

/// The unrevoked key of that name.
pub fn live_by_name(name: &str) -> Query<'_, ApiKey> {
    LIVE_BY_NAME.rows([name.into()], ApiKey::read)
}

/// Every key, newest first.
pub fn list() -> Query<'static, ApiKey> {
    LIST.rows([], ApiKey::read)
}

/// Revokes the unrevoked key of that name, if there is one.
pub fn revoke(name: &str, at: Time) -> Change<'_> {
    REVOKE.change([at.into(), name.into()])
}

/// Notes that a key was used, unless a later use is noted.
pub fn touch(id: i64, at: Time) -> Change<'static> {
    TOUCH.change([at.into(), id.into()])
}
