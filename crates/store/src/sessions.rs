//! Sessions, by the digest of their token. This module must not know how a
//! token is made or hashed, nor how long a session lasts.

use ledger::{Time, WalletId};

use crate::error::Error;
use crate::query::{Change, Query, Sql};
use crate::row::{Row, only};

const INSERT: Sql = Sql::both(
    "sessions.insert",
    "INSERT INTO sessions (user_id, digest, created_at, expires_at, last_seen_at)
    VALUES ($1, $2, $3, $4, $3)
    RETURNING id",
);

const LIVE_BY_DIGEST: Sql = Sql::both(
    "sessions.live_by_digest",
    "SELECT s.id, s.expires_at, s.last_seen_at, u.id, u.role, u.wallet_id
    FROM sessions s
    JOIN users u ON u.id = s.user_id
    WHERE s.digest = $1 AND s.revoked_at IS NULL",
);

const TOUCH: Sql = Sql::both(
    "sessions.touch",
    "UPDATE sessions
    SET last_seen_at = $1
    WHERE id = $2 AND last_seen_at < $1",
);

const REVOKE: Sql = Sql::both(
    "sessions.revoke",
    "UPDATE sessions
    SET revoked_at = $1
    WHERE digest = $2 AND revoked_at IS NULL",
);

const REVOKE_OTHERS: Sql = Sql::both(
    "sessions.revoke_others",
    "UPDATE sessions
    SET revoked_at = $1
    WHERE user_id = $2 AND digest <> $3 AND revoked_at IS NULL",
);

const REVOKE_ALL: Sql = Sql::both(
    "sessions.revoke_all",
    "UPDATE sessions
    SET revoked_at = $1
    WHERE user_id = $2 AND created_at <= $1 AND revoked_at IS NULL",
);

const PRUNE: Sql = Sql::both(
    "sessions.prune",
    "DELETE FROM sessions
    WHERE expires_at <= $1",
);

/// The statements of this module.
pub const ALL: &[&Sql] =
    &[&INSERT, &LIVE_BY_DIGEST, &TOUCH, &REVOKE, &REVOKE_OTHERS, &REVOKE_ALL, &PRUNE];

/// A session that was not revoked, with what its user may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Counts up from 1.
    pub id: i64,
    /// Not valid from then on.
    pub expires_at: Time,
    /// About when it was used last.
    pub last_seen_at: Time,
    /// Whose it is.
    pub user_id: i64,
    /// What they are now.
    pub role: String,
    /// Theirs, once the ledger has opened it.
    pub wallet_id: Option<WalletId>,
}

impl Session {
    fn read(row: &mut Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            id: row.get()?,
            expires_at: row.get()?,
            last_seen_at: row.get()?,
            user_id: row.get()?,
            role: row.get()?,
            wallet_id: row.get()?,
        })
    }
}

/// A session to be made.
#[derive(Clone, Copy)]
pub struct NewSession<'a> {
    /// Whose it is.
    pub user_id: i64,
    /// Of the token.
    pub digest: &'a [u8],
    /// Now.
    pub created_at: Time,
    /// When it ends, however it is used.
    pub expires_at: Time,
}

/// Makes a session; the row is its id.
pub fn insert<'a>(session: &NewSession<'a>) -> Query<'a, i64> {
    INSERT.rows(
        [
            session.user_id.into(),
            session.digest.into(),
            session.created_at.into(),
            session.expires_at.into(),
        ],
        only,
    )
}

/// The unrevoked session of that digest.
pub fn live_by_digest(digest: &[u8]) -> Query<'_, Session> {
    LIVE_BY_DIGEST.rows([digest.into()], Session::read)
}

/// Notes that a session was used, unless a later use is noted.
pub fn touch(id: i64, at: Time) -> Change<'static> {
    TOUCH.change([at.into(), id.into()])
}

/// Ends the session of that digest, if there is one.
pub fn revoke(digest: &[u8], at: Time) -> Change<'_> {
    REVOKE.change([at.into(), digest.into()])
}

/// Ends every session of a user but the one of that digest.
pub fn revoke_others(user_id: i64, digest: &[u8], at: Time) -> Change<'_> {
    REVOKE_OTHERS.change([at.into(), user_id.into(), digest.into()])
}

/// Ends every session of a user that there was then.
pub fn revoke_all(user_id: i64, at: Time) -> Change<'static> {
    REVOKE_ALL.change([at.into(), user_id.into()])
}

/// Removes what has expired.
pub fn prune(now: Time) -> Change<'static> {
    PRUNE.change([now.into()])
}
