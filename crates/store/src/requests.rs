//! Idempotency keys of mutations that are not ledger commands. The row is made
//! in the mutation's first transaction; a retry finds it and resumes or repeats
//! its answer. This module must not know what an answer looks like.

use ledger::Time;

use crate::error::Error;
use crate::query::{Change, Query, Sql};
use crate::row::Row;

const BEGIN: Sql = Sql::both(
    "requests.begin",
    "INSERT INTO requests (scope, operation, key, fingerprint, state, created_at)
    VALUES ($1, $2, $3, $4, 'started', $5)
    ON CONFLICT (scope, operation, key) DO NOTHING",
);

const FIND: Sql = Sql::both(
    "requests.find",
    "SELECT fingerprint, answer, created_at
    FROM requests
    WHERE scope = $1 AND operation = $2 AND key = $3",
);

const FINISH: Sql = Sql::both(
    "requests.finish",
    "UPDATE requests
    SET state = 'done', answer = $1
    WHERE scope = $2 AND operation = $3 AND key = $4 AND state = 'started'",
);

/// The statements of this module.
pub const ALL: &[&Sql] = &[&BEGIN, &FIND, &FINISH];

/// What a key is unique in, and the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestKey<'a> {
    /// Who called, and for whom.
    pub scope: &'a str,
    /// What was asked.
    pub operation: &'a str,
    /// The caller's word for this one request.
    pub key: &'a str,
}

/// A request as it was first seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Of what was asked; another one under the same key is refused.
    pub fingerprint: Vec<u8>,
    /// What was answered, once it was.
    pub answer: Option<String>,
    /// When it was first asked.
    pub created_at: Time,
}

impl Request {
    fn read(row: &mut Row<'_>) -> Result<Self, Error> {
        Ok(Self { fingerprint: row.get()?, answer: row.get()?, created_at: row.get()? })
    }
}

/// Notes a request; hits no row if the key was seen before.
pub fn begin<'a>(key: RequestKey<'a>, fingerprint: &'a [u8], at: Time) -> Change<'a> {
    BEGIN.change([
        key.scope.into(),
        key.operation.into(),
        key.key.into(),
        fingerprint.into(),
        at.into(),
    ])
}

/// The request of that key.
pub fn find(key: RequestKey<'_>) -> Query<'_, Request> {
    FIND.rows([key.scope.into(), key.operation.into(), key.key.into()], Request::read)
}

/// Keeps the answer; hits no row if there is one.
pub fn finish<'a>(key: RequestKey<'a>, answer: &'a str) -> Change<'a> {
    FINISH.change([answer.into(), key.scope.into(), key.operation.into(), key.key.into()])
}
