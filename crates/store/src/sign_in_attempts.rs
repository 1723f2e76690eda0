//! How often secrets were tried, by the digest of what they are for: an address's
//! passwords, a user's promotion codes. This module must not know whose they are, nor how
//! many tries are too many.

use ledger::Time;

use crate::error::Error;
use crate::query::{Change, Query, Sql};
use crate::row::Row;

const BY_ADDRESS: Sql = Sql::both(
    "sign_in_attempts.by_address",
    "SELECT attempts, last_at
    FROM sign_in_attempts
    WHERE address = $1",
);

/// The count starts anew once the last try is older than a window: so there
/// never are more than `most` in any one.
const BEGIN: Sql = Sql::both(
    "sign_in_attempts.begin",
    "INSERT INTO sign_in_attempts (address, attempts, last_at)
    VALUES ($1, 1, $2)
    ON CONFLICT (address) DO UPDATE
    SET attempts = CASE
            WHEN sign_in_attempts.last_at <= $3 THEN 1
            ELSE sign_in_attempts.attempts + 1
        END,
        last_at = excluded.last_at
    WHERE sign_in_attempts.attempts < $4 OR sign_in_attempts.last_at <= $3",
);

const FORGET: Sql = Sql::both(
    "sign_in_attempts.forget",
    "DELETE FROM sign_in_attempts
    WHERE address = $1",
);

const PRUNE: Sql = Sql::both(
    "sign_in_attempts.prune",
    "DELETE FROM sign_in_attempts
    WHERE last_at <= $1",
);

/// The statements of this module.
pub const ALL: &[&Sql] = &[&BY_ADDRESS, &BEGIN, &FORGET, &PRUNE];

/// How often an address was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempts {
    /// How often, since they were last counted from 1.
    pub count: i64,
    /// When last.
    pub last_at: Time,
}

impl Attempts {
    fn read(row: &mut Row<'_>) -> Result<Self, Error> {
        Ok(Self { count: row.get()?, last_at: row.get()? })
    }
}

/// One more try.
#[derive(Clone, Copy, Debug)]
pub struct Attempt<'a> {
    /// Of the address.
    pub address: &'a [u8],
    /// Now.
    pub at: Time,
    /// Tries until then don't count any more.
    pub since: Time,
    /// The most that are let through.
    pub most: i64,
}

/// How often that address was tried, if it was.
pub fn by_address(address: &[u8]) -> Query<'_, Attempts> {
    BY_ADDRESS.rows([address.into()], Attempts::read)
}

/// Counts a try; hits no row if there were too many.
pub fn begin<'a>(attempt: &Attempt<'a>) -> Change<'a> {
    BEGIN.change([
        attempt.address.into(),
        attempt.at.into(),
        attempt.since.into(),
        attempt.most.into(),
    ])
}

/// Forgets the tries of an address.
pub fn forget(address: &[u8]) -> Change<'_> {
    FORGET.change([address.into()])
}

/// Removes what does not count any more.
pub fn prune(since: Time) -> Change<'static> {
    PRUNE.change([since.into()])
}
