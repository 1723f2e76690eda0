//! The answer to a keyed change that changed nothing. It leaves no record, so
//! its key stands in a row of its own: one outcome a key, for ever.

use domain::{Actor, Status, Text, Time, UserId};
use serde::{Deserialize, Serialize};
use store::Tx;
use store::requests::{self, RequestKey};

use super::{StatusChange, StatusView};
use crate::error::Error;
use crate::prepared::Keyed;

/// What is answered once more.
#[derive(Deserialize, Serialize)]
struct Kept {
    status: String,
    reason: Option<String>,
}

/// Who asked what, and of whom: what a key is unique in, as in the ledger.
pub(super) struct Asked {
    scope: String,
    operation: String,
    user: UserId,
}

impl Asked {
    pub(super) fn new(actor: &Actor, user: UserId, change: StatusChange) -> Self {
        let scope = format!("{actor} of user:{user}");
        Self { scope, operation: format!("credits.{}", change.as_str()), user }
    }

    fn row<'a>(&'a self, key: &'a Text) -> RequestKey<'a> {
        RequestKey { scope: &self.scope, operation: &self.operation, key: key.as_str() }
    }
}

/// What an earlier use of the key was answered.
pub(super) async fn find(
    tx: &mut Tx,
    asked: &Asked,
    keyed: &Keyed,
) -> Result<Option<StatusView>, Error> {
    let Some((key, fingerprint)) = keyed else { return Ok(None) };
    let row = asked.row(key);
    let Some(seen) = tx.opt(requests::find(row)).await? else { return Ok(None) };
    if seen.fingerprint != fingerprint.0 {
        return Err(Error::KeyReused);
    }
    let answer = seen.answer.ok_or_else(|| Error::internal("a request has no answer"))?;
    let kept: Kept = serde_json::from_str(&answer).map_err(Error::internal)?;
    let status = Status::parse(&kept.status);
    let status = status.ok_or_else(|| Error::internal("a stored status is not one of ours"))?;
    Ok(Some(StatusView { user: asked.user, status, was_so: true, reason: kept.reason }))
}

/// Keeps an answer, where there is a key to keep it for.
pub(super) async fn keep(
    tx: &mut Tx,
    (asked, at): (&Asked, Time),
    keyed: &Keyed,
    view: &StatusView,
) -> Result<(), Error> {
    let Some((key, fingerprint)) = keyed else { return Ok(()) };
    let row = asked.row(key);
    tx.exec(requests::begin(row, &fingerprint.0, at)).await?.expect_one()?;
    let kept = Kept { status: view.status.as_str().to_owned(), reason: view.reason.clone() };
    let text = serde_json::to_string(&kept).map_err(Error::internal)?;
    tx.exec(requests::finish(row, &text)).await?.expect_one()?;
    Ok(())
}
