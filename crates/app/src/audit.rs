//! The audit log: privileged actions beside the ledger, each in the
//! transaction that does it. What the ledger records needs no entry here.

use serde::Serialize;
use store::Tx;
use store::audit::Entry;

use crate::directory::Act;
use crate::error::Error;

/// What was done to what.
pub(crate) struct Deed<'a, T> {
    /// `users.create`.
    pub(crate) action: &'static str,
    /// `user:7`.
    pub(crate) subject: String,
    /// What it was.
    pub(crate) before: Option<&'a T>,
    /// What it became.
    pub(crate) after: Option<&'a T>,
}

/// Adds an entry.
pub(crate) async fn note<T: Serialize + Sync>(
    tx: &mut Tx,
    act: &Act,
    deed: Deed<'_, T>,
) -> Result<(), Error> {
    let entry = Entry {
        at: act.at,
        actor: act.actor.to_string(),
        action: deed.action.to_owned(),
        subject: deed.subject,
        reason: None,
        before: deed.before.map(json).transpose()?,
        after: deed.after.map(json).transpose()?,
        request_id: act.request.as_ref().map(ToString::to_string),
    };
    tx.exec(store::audit::insert(&entry)).await?.expect_one()?;
    Ok(())
}

fn json(value: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(Error::internal)
}
