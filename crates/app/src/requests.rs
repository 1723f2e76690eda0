//! Idempotency of what is not a ledger command: the key stands in a row of the
//! mutation's transaction, with the answer.

use domain::IdempotencyKey;
use ledger::Fingerprint;
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::Tx;
use store::requests::RequestKey;

use crate::directory::Act;
use crate::error::Error;
use crate::ledger::How;
use crate::prepared::Answer;

/// A keyed mutation beside the ledger.
#[derive(Clone)]
pub(crate) struct Keyed {
    pub(crate) operation: &'static str,
    pub(crate) key: IdempotencyKey,
    pub(crate) fingerprint: Fingerprint,
}

impl Keyed {
    pub(crate) fn row<'a>(&'a self, scope: &'a str) -> RequestKey<'a> {
        RequestKey { scope, operation: self.operation, key: self.key.as_str() }
    }
}

/// Notes a request; if its key was used before, what was answered then.
pub(crate) async fn begin<T: DeserializeOwned>(
    tx: &mut Tx,
    act: &Act,
    keyed: Option<&Keyed>,
) -> Result<Option<T>, Error> {
    let Some(keyed) = keyed else { return Ok(None) };
    let scope = act.actor.to_string();
    let row = keyed.row(&scope);
    let begin = store::requests::begin(row, &keyed.fingerprint.0, act.at);
    if tx.exec(begin).await?.at_most_one()? {
        return Ok(None);
    }
    let answered = find(tx, act, keyed).await?;
    answered.map(Some).ok_or_else(|| Error::internal("a request is noted and not there"))
}

/// What a request was answered with, if its key was used before. For who has to ask
/// others first; whoever comes at the same moment is told by [`begin`].
pub(crate) async fn find<T: DeserializeOwned>(
    tx: &mut Tx,
    act: &Act,
    keyed: &Keyed,
) -> Result<Option<T>, Error> {
    let scope = act.actor.to_string();
    let Some(seen) = tx.opt(store::requests::find(keyed.row(&scope))).await? else {
        return Ok(None);
    };
    if seen.fingerprint != keyed.fingerprint.0 {
        return Err(Error::KeyReused);
    }
    // A request and its answer are one transaction: it is done or not there.
    let answer = seen.answer.ok_or_else(|| Error::internal("a request has no answer"))?;
    serde_json::from_str(&answer).map(Some).map_err(Error::internal)
}

/// Keeps the answer of a request.
pub(crate) async fn finish<T: Serialize + Sync>(
    tx: &mut Tx,
    act: &Act,
    keyed: Option<&Keyed>,
    answer: &T,
) -> Result<(), Error> {
    let Some(keyed) = keyed else { return Ok(()) };
    let scope = act.actor.to_string();
    let text = serde_json::to_string(answer).map_err(Error::internal)?;
    tx.exec(store::requests::finish(keyed.row(&scope), &text)).await?.expect_one()?;
    Ok(())
}

/// Keeps that something with no other answer was done.
pub(crate) async fn done(
    tx: &mut Tx,
    act: &Act,
    keyed: Option<&Keyed>,
) -> Result<Answer<()>, Error> {
    finish(tx, act, keyed, &()).await?;
    Ok(Answer { value: (), how: How::Applied })
}

/// The answer to what was done before and has no other.
pub(crate) const DONE_BEFORE: Answer<()> = Answer { value: (), how: How::Replayed };
